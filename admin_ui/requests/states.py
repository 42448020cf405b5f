"""The life of a request: its states, and who may move it from one to the next. Pure.

``submitted`` may go to and fro with ``question_asked``; ``reviewed`` by the technician; then
``authorised`` or ``refused`` by whoever the policy names (reference policy 7.5, appendix A).
A policy with one step has no review. What is authorised runs out by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from appliance.accounts.posts import Post


class State(StrEnum):
    """What is kept of how far a request is."""

    SUBMITTED = "submitted"
    QUESTION_ASKED = "question_asked"
    REVIEWED = "reviewed"
    AUTHORISED = "authorised"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"


class Shown(StrEnum):
    """What people are shown: time adds to what is kept."""

    SUBMITTED = "submitted"
    QUESTION_ASKED = "question_asked"
    REVIEWED = "reviewed"
    LAPSED = "lapsed"  # nobody decided before the time asked for was over
    AUTHORISED = "authorised"  # it has not begun yet
    ACTIVE = "active"
    EXPIRED = "expired"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"


class Action(StrEnum):
    """What somebody does to a request."""

    ASK = "ask"
    ANSWER = "answer"
    REVIEW = "review"
    AUTHORISE = "authorise"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    REVOKE = "revoke"


@dataclass(frozen=True, slots=True)
class Step:
    """One step that the policy asks for. does: ``review`` or ``authorise``."""

    does: str
    posts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Standing:
    """Who acts on a request. own: it was made by this very human being, or is about them."""

    posts: frozenset[str]
    asked_it: bool = False
    own: bool = False


WAITING: Final = frozenset({State.SUBMITTED, State.QUESTION_ASKED, State.REVIEWED})
STATE_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        Shown.SUBMITTED: "Submitted",
        Shown.QUESTION_ASKED: "Question asked",
        Shown.REVIEWED: "Reviewed",
        Shown.LAPSED: "Time is over",
        Shown.AUTHORISED: "Authorised",
        Shown.ACTIVE: "Active",
        Shown.EXPIRED: "Expired",
        Shown.REFUSED: "Refused",
        Shown.WITHDRAWN: "Withdrawn",
        Shown.REVOKED: "Revoked",
    }
)
# From a state by an action to the next state. What is not here cannot be done.
AFTER: Final[Mapping[tuple[State, Action], State]] = MappingProxyType(
    {
        (State.SUBMITTED, Action.ASK): State.QUESTION_ASKED,
        (State.REVIEWED, Action.ASK): State.QUESTION_ASKED,
        (State.QUESTION_ASKED, Action.ANSWER): State.SUBMITTED,
        (State.SUBMITTED, Action.REVIEW): State.REVIEWED,
        (State.SUBMITTED, Action.AUTHORISE): State.AUTHORISED,
        (State.REVIEWED, Action.AUTHORISE): State.AUTHORISED,
        (State.SUBMITTED, Action.REFUSE): State.REFUSED,
        (State.REVIEWED, Action.REFUSE): State.REFUSED,
        (State.SUBMITTED, Action.WITHDRAW): State.WITHDRAWN,
        (State.QUESTION_ASKED, Action.WITHDRAW): State.WITHDRAWN,
        (State.REVIEWED, Action.WITHDRAW): State.WITHDRAWN,
        (State.AUTHORISED, Action.REVOKE): State.REVOKED,
    }
)
ANYBODY_WHO_ENDS: Final = frozenset({Post.IT_TECHNICIAN, Post.HEADTEACHER, Post.EXECUTIVE_HEAD})


def next_step(steps: Sequence[Step], reviews: int) -> Step:
    """Return the step that a request waits for once so many reviews are done."""
    return steps[min(reviews, len(steps) - 1)]


def after(state: State, action: Action, *, reviews: int, steps: Sequence[Step]) -> State:
    """Return the state that an action leads to. reviews: how many are done after it.

    Raises:
        KeyError: the action cannot be done in this state.
    """
    reached = AFTER[state, action]
    if action in (Action.ANSWER, Action.REVIEW):  # who still has to look decides what it is called
        whole = reviews > 0 and next_step(steps, reviews).does == "authorise"
        return State.REVIEWED if whole else State.SUBMITTED
    return reached


def why_not(
    action: Action, state: State, standing: Standing, *, reviews: int, steps: Sequence[Step]
) -> str:
    """Return why somebody may not take an action, in a sentence; empty: they may.

    Fails closed: whatever no line of the table allows is refused.
    """
    if (state, action) not in AFTER:
        return "This cannot be done any more: the request has gone on meanwhile."
    if action in (Action.ANSWER, Action.WITHDRAW):
        return "" if standing.asked_it else "Only the person who asked may do this."
    if action is Action.REVOKE:
        ending = ANYBODY_WHO_ENDS | steps[-1].posts
        if standing.asked_it or standing.posts & ending:
            return ""
        return "Only the person who asked, the technician or the headteacher may end it."
    step = next_step(steps, reviews)
    if action is not Action.ASK and step.does != _does(action):
        return (
            "The review comes first."
            if step.does == "review"
            else "The review has been done already."
        )
    if not standing.posts & step.posts:
        return "The policy gives this step to somebody else."
    if standing.own:
        return "Nobody reviews or decides a request of their own, or about themselves."
    return ""


def _does(action: Action) -> str:
    return "review" if action is Action.REVIEW else "authorise"


def allowed(
    state: State, standing: Standing, *, reviews: int, steps: Sequence[Step]
) -> Collection[Action]:
    """Return every action that somebody may take now."""
    return [a for a in Action if not why_not(a, state, standing, reviews=reviews, steps=steps)]


def shown(
    state: str, *, at: datetime, ends: datetime,
    opened: tuple[datetime, datetime] | None = None, revoked: bool = False,
) -> Shown:  # fmt: skip
    """Return what a request is now. ends: as asked for. opened: the span of its grant."""
    kept = State(state)
    if kept in WAITING:
        return Shown.LAPSED if ends <= at else Shown(kept.value)
    if kept is not State.AUTHORISED:
        return Shown(kept.value)
    if revoked:
        return Shown.REVOKED
    start, end = opened or (ends, ends)
    if end <= at:
        return Shown.EXPIRED
    return Shown.AUTHORISED if at < start else Shown.ACTIVE
