"""What a new body brings and takes away, against sets."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from appliance.lists.difference import SHOWN, difference
from appliance.policy.domains import Mark
from appliance.policy.names import key_of

NAMES = st.lists(
    st.from_regex(r"[a-c]{1,2}\.example", fullmatch=True), max_size=40, unique=True
).map(lambda names: sorted(map(key_of, names)))


@given(NAMES, NAMES)
def test_it_counts_as_sets_do(old: list[str], new: list[str]) -> None:
    found = difference([(k, Mark.BELOW) for k in old], [(k, Mark.BELOW) for k in new])
    assert (found.come, found.gone) == (len(set(new) - set(old)), len(set(old) - set(new)))
    assert len(found.first_come) == min(SHOWN, found.come)
    assert {key_of(name) for name in found.first_gone} <= set(old) - set(new)


def test_a_name_that_becomes_an_exception_is_gone() -> None:
    old = [(key_of("a.example"), Mark.BELOW)]
    assert difference(old, [(key_of("a.example"), Mark.EXCEPT)]).first_gone == ("a.example",)
    assert difference(old, [(key_of("a.example"), Mark.EXACT)]).gone == 0
