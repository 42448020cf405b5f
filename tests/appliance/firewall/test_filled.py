"""From one filling to another: the statements, carried out on plain sets, lead there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.firewall.filled import Filled, filled, filling, refilling
from appliance.firewall.ruleset import changes, ruleset
from appliance.firewall.settings import Gateway, Placed, Wanted
from tests.appliance.firewall.little_school import EVERY, GATEWAY, JUDGED, WANTED

ADDRESSES = st.sampled_from(["10.1.0.1", "10.1.0.2", "fd00:1::1", "fd00:1::2"])
MARKS = st.frozensets(st.integers(1, 4))


@st.composite
def wants(draw: Any) -> Wanted:
    """Return the little school with some devices here or there, and some judgement."""
    by_mark = draw(st.dictionaries(ADDRESSES, st.sampled_from([3, 4])))
    every = (
        *EVERY[:2],
        *(Placed(m, EVERY[m - 1].client, (), tuple(a for a in by_mark if by_mark[a] == m))
          for m in (3, 4)),
    )  # fmt: skip
    judged = replace(JUDGED, closed=(("fb", draw(MARKS)),), shut=draw(MARKS))
    school = tuple(draw(st.lists(st.sampled_from(["10.1.0.0/24", "10.1.1.0/24"]), unique=True)))
    return replace(WANTED, every=every, judged=judged, school=school)


def carried_out(statements: list[Any], sets: Filled) -> dict[str, list[str]]:
    """Return what sets hold after statements, which may not delete what is not there."""
    held = {name: [repr(one) for one in values.values()] for name, values in sets.items()}
    for statement in statements:
        (verb, what), = statement.items()  # fmt: skip
        (inside,) = what.values()
        found = held[inside["name"]]
        for one in map(repr, inside.get("elem", ())):
            if verb == "delete":
                found.remove(one)
            else:
                assert one not in found
                found.append(one)
        if verb == "flush":
            found.clear()
    return {name: sorted(values) for name, values in held.items()}


@given(wants(), wants())
def test_changes_lead_from_any_to_any(before: Wanted, after: Wanted) -> None:
    expected = carried_out([], filled(after))
    assert carried_out(refilling(filled(before), filled(after)), filled(before)) == expected
    nothing: Filled = {name: {} for name in filled(after)}
    assert carried_out(filling(filled(after)), nothing) == expected
    assert changes(after, after) == []


def test_one_device_is_one_element() -> None:
    device = replace(EVERY[3], addresses=(*EVERY[3].addresses, "10.1.0.44"))
    (statement,) = changes(WANTED, replace(WANTED, every=(*EVERY[:3], device)))
    assert statement["add"]["element"]["elem"] == [["10.1.0.44", EVERY[3].number]]


def test_other_settings_or_facts_are_a_new_ruleset() -> None:
    other = replace(WANTED, gateway=replace(GATEWAY, uplink="wan2"))
    assert changes(WANTED, other) == ruleset(other)
    fewer = replace(WANTED, known=replace(WANTED.known, resolvers=()))
    assert changes(WANTED, fewer) == ruleset(fewer)


@pytest.mark.parametrize(
    ("listen", "own"),
    [(("10.9.0.1", "fd00:9::1"), ("10.9.0.1", "fd00:9::1")), (("127.0.0.1", "::1"), (None, None)),
     (("127.0.0.1", "10.9.0.1", "10.9.0.2"), ("10.9.0.1", None)), ((), (None, None))],
)  # fmt: skip
def test_clients_are_led_to_the_first_address_that_packets_reach(
    listen: tuple[str, ...], own: tuple[str | None, str | None]
) -> None:
    gateway: Gateway = replace(GATEWAY, listen=listen)
    assert (gateway.own(4), gateway.own(6)) == own
