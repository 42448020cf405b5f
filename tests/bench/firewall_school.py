"""A thousand devices and fifty services that have addresses of their own, for the benchmark."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from appliance.firewall.settings import Known, Range
from appliance.policy.model import Service
from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import Device, Group, Person
from tests import builders
from tests.appliance.firewall.little_school import KNOWN

PREFIXES = 10  # of each service


@dataclass(frozen=True)
class BigSchool:
    """Its snapshot, its facts, and who is seen where: MAC by address."""

    snapshot: Snapshot
    known: Known
    neighbours: dict[str, str]


def big_school(devices: int, services: int, *, apart: int = 0) -> BigSchool:
    """Return a school of thirty classes. apart: so many devices have a grant of their own."""
    groups = tuple(Group(id=f"class-{n}", name=f"Class {n}") for n in range(30))
    people = tuple(
        Person(id=f"p{n}", name=f"P {n}", role="pupil", groups=(groups[n % 30].id,))
        for n in range(devices)
    )
    registered = tuple(
        Device(id=f"d{n}", name=f"D {n}", macs=(mac(n),), person=f"p{n}", trusts_ca=n % 2 == 0)
        for n in range(devices)
    )
    made = tuple(
        Service(id=f"s{n}", name=f"S {n}", categories=("microblogs",),
                domains=(f"s{n}.example", f"cdn-s{n}.example"))
        for n in range(services)
    )  # fmt: skip
    more: dict[str, Any] = {"groups": groups, "people": people, "devices": registered}
    more["grants"] = tuple(
        builders.grant(f"service:s{n % services}", f"device:d{n}", id=f"G{n}") for n in range(apart)
    )
    snapshot = builders.snapshot(services=(*builders.SERVICES, *made), **more)
    ranges = tuple(
        Range(f"s{n}", (f"s{n}",), tuple(prefix(n, part) for part in range(PREFIXES)))
        for n in range(services)
    )
    return BigSchool(snapshot, replace(KNOWN, ranges=ranges), neighbours(devices))


def neighbours(devices: int) -> dict[str, str]:
    """Return an IPv4 and an IPv6 address of each device."""
    four = {f"10.1.{n // 250 + 1}.{n % 250 + 1}": mac(n) for n in range(devices)}
    return four | {f"fd00:1::{n + 0x1000:x}": mac(n) for n in range(devices)}


def mac(number: int) -> str:
    """Return the MAC of a device."""
    return f"00:16:3e:00:{number // 256:02x}:{number % 256:02x}"


def prefix(service: int, part: int) -> str:
    """Return one of the prefixes of a service."""
    return f"11.{service}.{part * 16}.0/20"
