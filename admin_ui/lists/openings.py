"""What it opens, and for whom, when a list no longer counts; and who has to agree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from admin_ui.access import DSLS, HEADS, LEADERS
from admin_ui.lists.listing import Listed
from appliance.policy_file.effects import Effect, opens_for_pupils
from appliance.policy_file.slot_words import joined
from appliance.store import accounts
from appliance.store.accounts import Account


@dataclass(frozen=True, slots=True)
class Opening:
    """For whom the names of a list open. roles: their ids. others: of the same kind, that stay.

    who: empty where nobody notices.
    """

    who: tuple[str, ...]
    roles: frozenset[str]
    others: tuple[str, ...]

    @property
    def said(self) -> str:
        """Return it as a sentence."""
        if not self.who:
            return "Nothing opens: its kind of site is open to everybody, or it names nothing."
        words = f"The names on it open for {joined([who.lower() for who in self.who])}"
        if self.others:
            return f"{words}, except those that these name too: {joined(list(self.others))}."
        return f"{words}. No other list names sites of this kind."

    @property
    def for_pupils(self) -> bool:
        """Whether pupils are among them. Fails towards yes: see ``opens_for_pupils``."""
        return bool(self.who) and opens_for_pupils([Effect(self.said, True, self.roles, ())])


def opening(one: Listed, every: Iterable[Listed]) -> Opening:
    """Return what switching a list off, or removing it, opens.

    Fails towards asking: where the policy cannot be read, it opens for everybody.
    """
    if one.kept is None or not one.enabled or not one.entries:
        return Opening((), frozenset(), ())
    others = tuple(
        other.name for other in every
        if other.id != one.id and other.meaning.id == one.meaning.id and other.enabled
        and other.kept is not None
    )  # fmt: skip
    if not one.meaning.cells:
        return Opening(("everybody",), frozenset({"pupil"}), others)
    closed = [cell for cell in one.meaning.cells if cell.verdict != "allowed"]
    roles = frozenset(cell.role for cell in closed)
    return Opening(tuple(cell.who for cell in closed), roles, others)


def approvers(session: Session, account: int) -> tuple[Account, ...]:
    """Return who may sign what an account wants to open for pupils: the headteachers.

    Where nobody else is one, whoever leads; where nobody leads, nobody: it is done at once,
    as a change of the policy is.
    """
    others = [one for one in accounts.list_(session) if one.enabled and one.id != account]
    heads = tuple(one for one in others if HEADS & one.posts)
    return heads or tuple(one for one in others if (LEADERS | DSLS) & one.posts)
