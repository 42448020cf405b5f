"""The figures that ship, and a school's own on top of them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.circumvention.signals import Signal
from appliance.circumvention.weights import changed, of_school, shipped
from appliance.policy.names import canonical


def test_every_sign_has_figures_and_no_weak_one_can_be_likely_alone() -> None:
    weights = shipped()
    assert set(weights.signals) == set(Signal)
    alone = {s for s, w in weights.signals.items() if w.most >= weights.likely}
    assert alone == {Signal.DNS_TUNNEL}
    assert all(w.weight <= w.most for w in weights.signals.values())
    assert weights.signals[Signal.CANARY_NAME].most == 0
    assert all(canonical(name) == name for name in weights.ordinary)


def test_a_school_changes_what_it_wants() -> None:
    ours = changed(shipped(), {"vpn_name": 2, "vpn_name.most": 6, "likely": 9.5, "days": 7})
    assert (ours.signals[Signal.VPN_NAME].weight, ours.signals[Signal.VPN_NAME].most) == (2, 6)
    assert (ours.likely, ours.window.days) == (9.5, 7)
    assert ours.signals[Signal.TOR_NAME] == shipped().signals[Signal.TOR_NAME]
    assert ours.ordinary == shipped().ordinary
    assert changed(shipped(), ours.figures()) == ours


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"vpn": 1}, "vpn: there is no such figure"),
        ({"vpn_name.least": 1}, "no such figure"),
        ({"likely": "9"}, "likely: '9' is not a number"),
        ({"likely": True}, "is not a number"),
        ({"likely": float("nan")}, "is not a number"),
        ({"vpn_name": -1}, "vpn_name: -1 is not between 0 and 1000"),
        ({"days": 0}, "days: 0 is not between 1 and 1000"),
        ({"likely": 1}, "likely: must not be below worth_a_look"),
        ({"again": 2}, "again: "),
        ({"days": 10**400}, "days: 1000"),
        ({"half_life_hours": 1e-300}, "not between 1 and"),
        ({"likely": None}, "not a number"),
    ],
)
def test_what_cannot_be_is_named(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        changed(shipped(), changes)


ODD = st.one_of(st.none(), st.text(), st.integers(), st.floats(), st.lists(st.integers()))


@given(st.one_of(ODD, st.dictionaries(st.sampled_from([*shipped().figures(), "x"]), ODD)))
def test_a_damaged_setting_hides_nothing(setting: object) -> None:
    found = of_school(setting)
    assert found.likely >= found.worth_a_look > 0
    assert set(found.signals) == set(Signal)
