"""``bellgate devices``: the register of devices that the school knows by MAC or address."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from appliance.cli import hardware
from appliance.cli.errors import InputError, warn
from appliance.cli.options import data_option, json_option
from appliance.cli.output import print_json, print_table
from appliance.policy.ids import id_of
from appliance.policy.model import Ownership, Sanction, SubjectKind
from appliance.policy.sanctioned import devices_of
from appliance.policy.snapshot import Contents
from appliance.policy.subjects import Device, is_random_mac


@click.group("devices")
def devices_command() -> None:
    """Register, list and remove devices.

    A registered device is known by its MAC or fixed address on every network of the
    school. Where a network's role is stricter than the device's, the network's holds, unless
    the network is mixed. What is not registered counts as its network says.
    """


@devices_command.command("add")
@click.argument("name")
@click.option("--id", "id_", metavar="ID", help="Its id.  [default: from the name]")
@click.option("--mac", "macs", multiple=True, metavar="MAC", help="Its MAC; may be repeated.")
@click.option("--address", "addresses", multiple=True, metavar="IP",
              help="A fixed address; may be repeated.")  # fmt: skip
@click.option("--school-owned/--personal", default=False,
              help="Whose it is.  [default: personal]")  # fmt: skip
@click.option("--ca/--no-ca", "trusts_ca", default=False,
              help="Whether it has the school's certificate.  [default: no]")  # fmt: skip
@click.option("--person", metavar="ID", help="Who uses it.")
@click.option("--role", metavar="ID", help="Its role, whoever uses it.")
@click.option("--group", "groups", multiple=True, metavar="ID", help="A group that it is in.")
@data_option
@json_option
def add(
    name: str, id_: str | None, macs: tuple[str, ...], addresses: tuple[str, ...],
    school_owned: bool, trusts_ca: bool, person: str | None, role: str | None,
    groups: tuple[str, ...], data: Path, as_json: bool,
) -> None:  # fmt: skip
    """Register a device under a NAME, or change the one with its id.

    \b
    bellgate devices add "iPad 3B-07" --mac 00:1b:63:aa:bb:cc --school-owned --ca --group 3B
    """
    from appliance.cli import storing
    from appliance.store import devices

    device = Device(
        id=id_ or slug(name), name=name, macs=tuple(hardware.mac(mac) for mac in macs),
        addresses=addresses, trusts_ca=trusts_ca, person=person, role=role, groups=groups,
        ownership=Ownership.SCHOOL if school_owned else Ownership.PERSONAL,
    )  # fmt: skip
    with storing.opened(data) as session:
        kept = devices.add(session, device)
    for mac in kept.macs:
        if is_random_mac(mac):
            warn(
                f"Note: {mac} is a randomised MAC (locally administered): the register will not "
                "raise a device that uses it above its network's default. Switch the private "
                "address off on the device, and register its own."
            )
    if as_json:
        print_json(kept)
        return
    print(f"{kept.id}: registered.")


@devices_command.command("list")
@data_option
@json_option
def list_(data: Path, as_json: bool) -> None:
    """List the registered devices."""
    from appliance.cli import storing
    from appliance.store import devices

    with storing.read(data) as session:
        found = devices.list_(session)
    if as_json:
        print_json(found)
        return
    rows = [
        (d.id, d.name, " ".join((*d.macs, *d.addresses)), d.ownership.value,
         "yes" if d.trusts_ca else "no", d.person or "", d.role or "", " ".join(d.groups))
        for d in found
    ]  # fmt: skip
    columns = ("ID", "NAME", "KNOWN BY", "OWNER", "CA", "PERSON", "ROLE", "GROUPS")
    print_table(columns, rows, "No devices are registered.")


@devices_command.command("remove")
@click.argument("id_", metavar="ID")
@data_option
@json_option
def remove(id_: str, data: Path, as_json: bool) -> None:
    """Remove a device from the register. What was recorded of it stays.

    Not while it is under a sanction itself, which would hold for nothing then.
    """
    from appliance.cli import storing
    from appliance.store import devices

    with storing.opened(data) as session:
        snapshot = storing.contents_now(session)
        ruled = _sanctioned(id_, storing.moment(snapshot), snapshot.contents)
        if not devices.remove(session, id_):
            raise InputError(f"there is no device {id_!r} (`bellgate devices list`)")
    for one in ruled:
        warn(
            f"Warning: {one.subject.id} is under {one.id}, which holds on this device no more: "
            "only where they sign in to the network by name, and on their other devices."
        )
    if as_json:
        print_json({"removed": id_})
        return
    print(f"{id_}: removed.")


def _sanctioned(id_: str, at: datetime, contents: Contents) -> list[Sanction]:
    """Return the sanctions on whoever uses a device, which are not over.

    Raises:
        InputError: the device is under one itself. Fails closed: it stays.
    """
    held = [
        one for one in contents.sanctions
        if (one.end is None or at < one.end) and id_ in devices_of(one.subject, contents)
    ]  # fmt: skip
    for one in held:
        if one.subject.kind is SubjectKind.DEVICE:
            raise InputError(
                f"{id_} is under {one.id}: lift that first (`bellgate sanctions lift {one.id}`), "
                "or the device would be free of it"
            )
    return held


def slug(name: str) -> str:
    """Return an id made of a name: ``iPad 3B-07`` becomes ``ipad-3b-07``.

    Raises:
        InputError: nothing is left of it.
    """
    made = id_of(name)
    if not made:
        raise InputError(f"no id can be made of the name {name!r}: give one with --id")
    return made
