"""What the door says of addresses: statements, and what the kernel makes of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.firewall.document import FAMILY, TABLE
from appliance.firewall.learned import LONGEST, forget, learn, steered
from tests.appliance.firewall.little_router import LittleRouter

MAC, SIX = "00:16:3e:11:22:33", "fd00::5"


def sets(statements: list[dict[str, dict[str, dict[str, str]]]]) -> set[str]:
    """Return the sets that statements speak of."""
    return {one[verb]["element"]["name"] for one in statements for verb in one}


@pytest.mark.parametrize(
    ("client", "address", "expected"),
    [("10.1.0.5", "192.0.2.1", {"answered4"}), (SIX, "2001:db8::1", {"answered6"}),
     (MAC, "192.0.2.1", {"answered_mac4"}), (MAC, "2001:db8::1", {"answered_mac6"}),
     ("::1:2:3:4:5", "2001:db8::1", {"answered6"}), ("1:2:3:4:5::", "2001:db8::1", {"answered6"}),
     ("10.1.0.5", "2001:db8::1", set()), (SIX, "192.0.2.1", set())],
)  # fmt: skip
def test_each_pair_goes_into_the_set_of_its_kind(
    client: str, address: str, expected: set[str]
) -> None:
    assert sets(learn("answered", [(client, address)], 60)) == expected
    assert sets(forget("answered", [(client, address)])) == expected


@pytest.mark.parametrize("pair", [("x", "192.0.2.1"), ("10.1.0.5", "x"), ("", "")])
def test_what_is_no_address_is_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match=r"."):
        learn("answered", [pair], 60)
    with pytest.raises(ValueError, match=r"."):
        steered(["x"], 60)


@given(st.integers())
def test_a_time_is_never_none_and_never_for_ever(seconds: int) -> None:
    said = str(steered(["192.0.2.1"], seconds)[-1])
    assert f"'timeout': {min(max(seconds, 1), LONGEST)}" in said


def test_nothing_is_no_statement() -> None:
    assert learn("cut", [], 60) == forget("cut", []) == steered([], 60) == []


@pytest.mark.namespaces
def test_a_time_begins_anew_and_what_was_forgotten_is_gone(router: LittleRouter) -> None:
    pairs = [("10.1.0.5", "192.0.2.1"), (MAC, "192.0.2.1"), (SIX, "2001:db8::1"),
             (MAC, "2001:db8::1"), ("10.1.0.5", "192.0.2.1")]  # fmt: skip

    def timeouts(name: str) -> list[int]:
        said = router.on_router(router.nft.listed, f"set {FAMILY} {TABLE} {name}")
        (found,) = [one["set"] for one in said if "set" in one]
        return [one["elem"]["timeout"] for one in found.get("elem", [])]

    names = ("cut4", "cut_mac4", "cut6", "cut_mac6")
    for seconds in (600, 60, 1200):
        router.apply(learn("cut", pairs, seconds))
        assert [timeouts(name) for name in names] == [[seconds]] * 4
    for _ in range(2):
        router.apply(forget("cut", pairs))
        assert [timeouts(name) for name in names] == [[]] * 4
