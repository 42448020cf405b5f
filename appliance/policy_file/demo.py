"""The demo school on loopback: addresses that anyone can try on one machine."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from appliance.policy.model import Ownership, StandingPermission, Subject, SubjectKind
from appliance.policy.snapshot import Contents
from appliance.policy.subjects import Network
from appliance.policy_file.build_timed import ALWAYS

STAFF_WIFI: Final = "staff_wifi"
PERMITTED: Final = "demo-staff-wifi"


def networks() -> tuple[Network, ...]:
    """Return the demo school's networks, in the order people try them."""
    return (
        Network(
            id="demo-pupils", name="Demo: pupils", prefixes=("127.0.10.0/24",), role="pupil",
            ownership=Ownership.SCHOOL, trusts_ca=True,
        ),
        Network(
            id="demo-staff", name="Demo: staff", prefixes=("127.0.20.0/24",), role="staff",
            trusts_ca=True,
        ),
        Network(
            id="demo-visitors", name="Demo: visitors", prefixes=("127.0.30.0/24",), role="visitor",
        ),
        Network(
            id=PERMITTED, name="Demo: staff with Wi-Fi permission", prefixes=("127.0.40.0/24",),
            role="staff", trusts_ca=True,
        ),
        Network(
            id="demo-this-computer", name="Demo: this computer",
            prefixes=("127.0.0.0/8", "::1/128"), role="visitor",
        ),
    )  # fmt: skip


def permissions(at: datetime) -> tuple[StandingPermission, ...]:
    """Return the headteacher's Wi-Fi permission, held since ``at`` by one demo network."""
    return (
        StandingPermission(
            name=STAFF_WIFI, subject=Subject(SubjectKind.NETWORK, PERMITTED),
            permitted=True, controls_applied=True, start=at,
        ),
    )  # fmt: skip


def demo_school(contents: Contents) -> Contents:
    """Return contents with the demo school beside what they hold, which comes first."""
    taken = {network.id for network in contents.networks}
    known = {role.id for role in contents.roles}
    strictest = max(contents.roles, key=lambda role: role.rank).id
    added = tuple(
        network if network.role in known else replace(network, role=strictest)
        for network in networks()
        if network.id not in taken
    )
    held = tuple(p for p in permissions(ALWAYS) if p not in contents.permissions)
    return replace(
        contents,
        networks=contents.networks + added,
        permissions=contents.permissions + held,
    )
