"""How wide a network may be, and what it shares addresses with."""

from __future__ import annotations

import pytest

from appliance.policy.prefixes import overlapping, too_wide
from appliance.policy.subjects import Network

ROOMS = Network(id="rooms", name="Rooms", prefixes=("10.1.0.0/16", "fd00:1::/64"), role="pupil")
STAFF = Network(id="staff", name="Staff", prefixes=("10.2.0.0/16",), role="staff")


@pytest.mark.parametrize(
    ("prefix", "refused"),
    [
        ("10.0.0.0/8", False),
        ("192.168.0.0/16", False),
        ("127.0.0.0/8", False),
        ("fd00::/8", False),
        ("fe80::/10", False),
        ("198.51.0.0/16", False),
        ("198.51.100.0/24", False),
        ("2001:db8::/32", False),
        ("0.0.0.0/0", True),
        ("::/0", True),
        ("8.0.0.0/9", True),
        ("192.0.0.0/8", True),
        ("2000::/3", True),
        ("2001:d00::/24", True),
        ("nonsense", False),
        (" 8.0.0.0/8 ", True),
    ],
)
def test_only_what_a_school_may_have(prefix: str, refused: bool) -> None:
    assert bool(too_wide(prefix)) is refused


@pytest.mark.parametrize(
    ("prefix", "with_"),
    [
        ("10.1.0.0/16", ["rooms"]),
        ("10.1.7.0/24", ["rooms"]),
        ("10.0.0.0/8", ["rooms", "staff"]),
        ("10.3.0.0/16", []),
        ("fd00:1::/80", ["rooms"]),
        ("fd00:2::/64", []),
        ("::/0", ["rooms"]),
        ("nonsense", []),
    ],
)
def test_what_shares_addresses(prefix: str, with_: list[str]) -> None:
    assert [network.id for network in overlapping(prefix, (ROOMS, STAFF))] == with_
