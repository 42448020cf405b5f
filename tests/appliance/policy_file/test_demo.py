"""The demo school: loopback ranges that anyone can try."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from appliance.policy.model import Ownership
from appliance.policy.snapshot import Contents, Snapshot
from appliance.policy_file import build, load, template
from appliance.policy_file.demo import demo_school

BUILT = datetime(2026, 11, 1, tzinfo=UTC)


def built(text: str | None = None) -> Contents:
    document = template("duffield-meadows") if text is None else load(text, "p.yaml")
    return build.contents(document, version=1, built_at=BUILT)


@pytest.mark.parametrize(
    ("address", "role", "ownership", "trusts_ca"),
    [
        ("127.0.10.7", "pupil", Ownership.SCHOOL, True),
        ("127.0.20.7", "staff", Ownership.PERSONAL, True),
        ("127.0.30.7", "visitor", Ownership.PERSONAL, False),
        ("127.0.40.7", "staff", Ownership.PERSONAL, True),
        ("127.0.0.1", "visitor", Ownership.PERSONAL, False),
        ("127.0.41.1", "visitor", Ownership.PERSONAL, False),
        ("::1", "visitor", Ownership.PERSONAL, False),
    ],
)
def test_addresses_are_roles(
    address: str, role: str, ownership: Ownership, trusts_ca: bool
) -> None:
    client = Snapshot(demo_school(built())).register.resolve(address)
    assert (client.role, client.ownership, client.trusts_ca) == (role, ownership, trusts_ca)


def test_only_one_network_has_the_permission() -> None:
    (held,) = demo_school(built()).permissions
    assert (held.name, held.subject.id) == ("staff_wifi", "demo-staff-wifi")
    assert held.permitted
    assert held.controls_applied


def test_adding_it_twice_is_adding_it_once() -> None:
    once = demo_school(built())
    assert demo_school(once) == once


def test_the_schools_own_networks_stay_and_unknown_roles_become_the_strictest() -> None:
    contents = demo_school(
        built(
            "policy: {id: a, name: A, short: A, school: A}\n"
            "roles: {guest: {name: G, rank: 3}, adult: {name: A, rank: 1}}\n"
            "networks: {own: {name: Own, prefixes: 10.0.0.0/8, role: adult}}\n"
        )
    )
    assert contents.networks[0].id == "own"
    assert {network.role for network in contents.networks[1:]} == {"guest"}
