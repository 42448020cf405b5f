"""The life of a request as a table: state by action by post, and what time makes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from admin_ui.requests.states import (
    AFTER,
    STATE_NAMES,
    Action,
    Shown,
    Standing,
    State,
    Step,
    after,
    allowed,
    next_step,
    shown,
    why_not,
)
from appliance.accounts.posts import Post

TWO = (
    Step("review", frozenset({Post.IT_TECHNICIAN})),
    Step("authorise", frozenset({Post.HEADTEACHER})),
)
ONE = (Step("authorise", frozenset({Post.SLT})),)
ENDING = {Post.IT_TECHNICIAN, Post.HEADTEACHER, Post.EXECUTIVE_HEAD}
AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
# From a state, who by post may do what, under the reference policy's two steps.
TECHNICIAN, HEAD = Post.IT_TECHNICIAN, Post.HEADTEACHER
MAY = {
    (State.SUBMITTED, Action.ASK): {TECHNICIAN},
    (State.SUBMITTED, Action.REVIEW): {TECHNICIAN},
    (State.REVIEWED, Action.ASK): {HEAD},
    (State.REVIEWED, Action.AUTHORISE): {HEAD},
    (State.REVIEWED, Action.REFUSE): {HEAD},
    (State.AUTHORISED, Action.REVOKE): ENDING,
}
ASKER_MAY = {
    (State.QUESTION_ASKED, Action.ANSWER), (State.SUBMITTED, Action.WITHDRAW),
    (State.QUESTION_ASKED, Action.WITHDRAW), (State.REVIEWED, Action.WITHDRAW),
    (State.AUTHORISED, Action.REVOKE),
}  # fmt: skip


def reviews(state: State) -> int:
    return 1 if state in (State.REVIEWED, State.AUTHORISED, State.REFUSED) else 0


@pytest.mark.parametrize(("state", "action", "post"), list(product(State, Action, Post)))
def test_who_may_do_what_in_which_state(state: State, action: Action, post: Post) -> None:
    stranger = Standing(frozenset({post}))
    may = not why_not(action, state, stranger, reviews=reviews(state), steps=TWO)
    assert may == (post in MAY.get((state, action), set()))


@pytest.mark.parametrize(("state", "action", "post"), list(product(State, Action, Post)))
def test_whoever_asked_never_reviews_or_decides(state: State, action: Action, post: Post) -> None:
    asker = Standing(frozenset({post}), asked_it=True, own=True)
    may = not why_not(action, state, asker, reviews=reviews(state), steps=TWO)
    assert may == ((state, action) in ASKER_MAY)


@pytest.mark.parametrize("action", [Action.ASK, Action.REVIEW, Action.AUTHORISE, Action.REFUSE])
@pytest.mark.parametrize("state", [State.SUBMITTED, State.REVIEWED])
def test_holding_every_post_makes_no_exception(action: Action, state: State) -> None:
    everything = Standing(frozenset(Post), own=True)
    assert why_not(action, state, everything, reviews=reviews(state), steps=TWO)


@pytest.mark.parametrize(("post", "may"), [(post, post is Post.SLT) for post in Post])
def test_with_one_step_it_is_authorised_without_a_review(post: Post, may: bool) -> None:
    standing = Standing(frozenset({post}))
    found = allowed(State.SUBMITTED, standing, reviews=0, steps=ONE)
    assert (Action.AUTHORISE in found) == (Action.REFUSE in found) == may
    assert Action.REVIEW not in found


@pytest.mark.parametrize(("state", "action"), sorted(AFTER))
def test_each_action_leads_to_a_state_that_people_can_read(state: State, action: Action) -> None:
    reached = after(state, action, reviews=1 if action is Action.REVIEW else 0, steps=TWO)
    assert STATE_NAMES[Shown(reached.value)]


@pytest.mark.parametrize(("state", "action"), sorted(set(product(State, Action)) - set(AFTER)))
def test_what_the_table_does_not_have_cannot_be_done(state: State, action: Action) -> None:
    with pytest.raises(KeyError):
        after(state, action, reviews=0, steps=TWO)
    everybody = Standing(frozenset(Post), asked_it=True)
    assert why_not(action, state, everybody, reviews=0, steps=TWO)


def test_an_answer_brings_it_back_to_whoever_asked() -> None:
    assert after(State.QUESTION_ASKED, Action.ANSWER, reviews=0, steps=TWO) is State.SUBMITTED
    assert after(State.QUESTION_ASKED, Action.ANSWER, reviews=1, steps=TWO) is State.REVIEWED
    assert after(State.QUESTION_ASKED, Action.ANSWER, reviews=0, steps=ONE) is State.SUBMITTED


def test_two_reviews_are_both_needed() -> None:
    steps = (TWO[0], Step("review", frozenset({Post.DSL})), TWO[1])
    assert after(State.SUBMITTED, Action.REVIEW, reviews=1, steps=steps) is State.SUBMITTED
    assert after(State.SUBMITTED, Action.REVIEW, reviews=2, steps=steps) is State.REVIEWED
    assert [next_step(steps, n) for n in range(5)] == [*steps, steps[2], steps[2]]


@pytest.mark.parametrize(
    ("state", "ends", "opened", "revoked", "expected"),
    [
        (State.SUBMITTED, HOUR, None, False, Shown.SUBMITTED),
        (State.SUBMITTED, timedelta(0), None, False, Shown.LAPSED),
        (State.QUESTION_ASKED, -HOUR, None, False, Shown.LAPSED),
        (State.REVIEWED, -HOUR, None, False, Shown.LAPSED),
        (State.AUTHORISED, HOUR, (-HOUR, HOUR), False, Shown.ACTIVE),
        (State.AUTHORISED, HOUR, (timedelta(0), HOUR), False, Shown.ACTIVE),
        (State.AUTHORISED, HOUR, (HOUR, 2 * HOUR), False, Shown.AUTHORISED),
        (State.AUTHORISED, HOUR, (-HOUR, timedelta(0)), False, Shown.EXPIRED),
        (State.AUTHORISED, HOUR, (-HOUR, timedelta(0)), True, Shown.REVOKED),
        (State.AUTHORISED, -HOUR, None, False, Shown.EXPIRED),
        (State.REFUSED, -HOUR, None, False, Shown.REFUSED),
        (State.WITHDRAWN, -HOUR, None, False, Shown.WITHDRAWN),
        (State.REVOKED, HOUR, (-HOUR, timedelta(0)), True, Shown.REVOKED),
    ],
)
def test_time_ends_what_nobody_ends(
    state: State, ends: timedelta, opened: tuple[timedelta, timedelta] | None, revoked: bool,
    expected: Shown,
) -> None:  # fmt: skip
    span = None if opened is None else (AT + opened[0], AT + opened[1])
    assert shown(state, at=AT, ends=AT + ends, opened=span, revoked=revoked) is expected
