"""Intervals against the plain way: asking every prefix about every address."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.firewall.intervals import collapsed, disjoint, version

# A small world, so that prefixes meet: 10.0.0.0 and the sixteen addresses after it.
PREFIXES = st.builds(
    lambda last, length: str(ip_network(f"10.0.0.{last}/{length}", strict=False)),
    st.integers(0, 15), st.integers(26, 32),
)  # fmt: skip
PREFIXES6 = st.builds(
    lambda last, length: str(ip_network(f"fd00::{last:x}/{length}", strict=False)),
    st.integers(0, 15), st.integers(122, 128),
)  # fmt: skip


def plainly(pairs: list[tuple[str, int]], address: str) -> int | None:
    """Return what the narrowest prefix around an address stands for; of equal ones the first."""
    ip = ip_address(address)
    around = [(ip_network(text), value) for text, value in pairs if ip in ip_network(text)]
    return max(around, key=lambda pair: pair[0].prefixlen)[1] if around else None


def among(found: list[tuple[str, str, int]], address: str) -> int | None:
    """Return the value of the one interval that holds an address."""
    ip = int(ip_address(address))
    held = [v for a, b, v in found if int(ip_address(a)) <= ip <= int(ip_address(b))]
    assert len(held) < 2
    return held[0] if held else None


@given(st.lists(st.tuples(st.one_of(PREFIXES, PREFIXES6), st.integers(1, 5)), max_size=12))
def test_the_narrowest_prefix_holds_and_none_overlap(pairs: list[tuple[str, int]]) -> None:
    four, six = disjoint(pairs, 4), disjoint(pairs, 6)
    for last in range(70):
        assert among(four, f"10.0.0.{last}") == plainly(pairs, f"10.0.0.{last}")
        assert among(six, f"fd00::{last:x}") == plainly(pairs, f"fd00::{last:x}")
    assert [int(ip_address(a)) for a, _, _ in four] == sorted(
        int(ip_address(a)) for a, _, _ in four
    )


@given(st.lists(st.one_of(PREFIXES, PREFIXES6), max_size=12))
def test_prefixes_are_joined_and_none_is_lost(texts: list[str]) -> None:
    found = [(a, b, 1) for a, b in collapsed(texts, 4)]
    for last in range(70):
        inside = any(ip_address(f"10.0.0.{last}") in ip_network(text) for text in texts)
        assert (among(found, f"10.0.0.{last}") == 1) is inside


@pytest.mark.parametrize(
    ("text", "family", "ends"),
    [("0.0.0.0/0", 4, ("0.0.0.0", "255.255.255.255")),
     ("::/0", 6, ("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")),
     ("10.1.2.3", 4, ("10.1.2.3", "10.1.2.3")),
     ("fd00::1/64", 6, ("fd00::", "fd00::ffff:ffff:ffff:ffff"))],
)  # fmt: skip
def test_the_widest_and_the_narrowest(text: str, family: int, ends: tuple[str, str]) -> None:
    assert disjoint([(text, 1)], family) == [(*ends, 1)]
    assert collapsed([text], family) == [ends]
    assert version(text) == family
    assert disjoint([(text, 1)], 10 - family) == []
    assert collapsed([text], 10 - family) == []


@pytest.mark.parametrize("text", ["", "x", "10.0.0.0/33", "10.0.0", "fe80::1%eth0/64/1"])
def test_what_is_no_prefix_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        disjoint([(text, 1)], 4)
    with pytest.raises(ValueError, match=r"."):
        version(text)
