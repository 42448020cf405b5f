"""Who and what is on the network, from a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.policy.subjects import Device, Group, Network, Person

if TYPE_CHECKING:
    from appliance.policy_file.schema import PolicyDocument


def groups(document: PolicyDocument) -> tuple[Group, ...]:
    """Return the classes, year groups and teams."""
    found = document.groups.items()
    return tuple(Group(id=id_, name=g.name, timetable=g.timetable) for id_, g in found)


def people(document: PolicyDocument) -> tuple[Person, ...]:
    """Return the people known by name."""
    found = document.people.items()
    return tuple(Person(id=id_, name=p.name, role=p.role, groups=p.groups) for id_, p in found)


def devices(document: PolicyDocument) -> tuple[Device, ...]:
    """Return the registered devices."""
    return tuple(
        Device(
            id=id_, name=d.name, macs=d.macs, addresses=d.addresses, ownership=d.ownership,
            trusts_ca=d.trusts_ca, person=d.person, role=d.role, groups=d.groups,
        )
        for id_, d in document.devices.items()
    )  # fmt: skip


def networks(document: PolicyDocument) -> tuple[Network, ...]:
    """Return the school's networks."""
    return tuple(
        Network(
            id=id_, name=n.name, prefixes=n.prefixes, role=n.role, groups=n.groups,
            ownership=n.ownership, trusts_ca=n.trusts_ca, mixed=n.mixed,
        )
        for id_, n in document.networks.items()
    )  # fmt: skip
