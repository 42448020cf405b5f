"""What waits for somebody: requests that they may answer, and questions put to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from admin_ui.gate import gate
from admin_ui.requests.answers import case_of
from admin_ui.requests.cards import Card, card
from admin_ui.requests.states import Action, Shown
from appliance.store import requests
from appliance.store.accounts import Account


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for one person, what is due first at the top."""

    cards: tuple[Card, ...]

    @property
    def number(self) -> int:
        """How many there are."""
        return len(self.cards)

    @property
    def overdue(self) -> int:
        """How many of them should have been answered by now."""
        return sum(one.overdue for one in self.cards)


def waiting(session: Session, account: Account, at: datetime) -> Waiting:
    """Return what waits for an account at an instant of the gate's time."""
    snapshot = gate().view().snapshot
    found = []
    for request in requests.waiting(session):
        case = case_of(session, request, account, snapshot.contents)
        shown = card(request, at, snapshot)
        lapsed = shown.state is Shown.LAPSED
        wanted = (Action.REFUSE,) if lapsed else (Action.REVIEW, Action.AUTHORISE, Action.ANSWER)
        if any(case.may(action) for action in wanted):
            found.append(shown)
    return Waiting(tuple(found))
