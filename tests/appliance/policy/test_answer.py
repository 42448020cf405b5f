"""One question, and what was looked at: the last step considered is the one that answered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.policy.answer import BadMethodError, answered, considered, question
from appliance.policy.engine import STEPS
from tests.builders import PUPIL, STAFF, at, client, snapshot

WORLD = snapshot()


@pytest.mark.parametrize("who", [PUPIL, STAFF])
@pytest.mark.parametrize(
    "what", ["facebook.com", "https://x.com/home", "childline.org.uk", "vpn.example", "a.example",
             "https://wikipedia.org/?action=edit"],
)  # fmt: skip
def test_the_last_step_is_the_reason(who: str, what: str) -> None:
    query = question(what, client(who), "GET", at())
    steps = considered(query, WORLD)
    answer = answered(query, what, WORLD)
    assert [found is None for _, found in steps] == [True] * (len(steps) - 1) + [False]
    assert [name for name, _ in steps] == [s.__name__ for s in STEPS][: len(steps)]
    if query.url is not None:
        assert steps[-1][0] == answer.verdict.reason.value


@pytest.mark.parametrize("method", ["", "G T", "GET\n", "é"])
def test_what_is_no_method_is_refused(method: str) -> None:
    with pytest.raises(BadMethodError):
        question("x.com", client(STAFF), method, at())


@given(st.text(max_size=40))
def test_whatever_is_asked_is_a_question_or_refused(what: str) -> None:
    try:
        query = question(what, client(STAFF), "GET", at())
    except ValueError:
        return
    assert answered(query, what, WORLD).verdict.reason
