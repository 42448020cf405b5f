"""How far the set-up has got. Kept in the store, so that a closed browser loses nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy.orm import Session

from appliance.accounts import setup_code
from appliance.store import web_settings

_KEY: Final = "setup"


class Step(NamedTuple):
    """One step of the wizard. Its page is the endpoint ``setup.NAME``."""

    name: str
    title: str
    hint: str


STEPS: Final = (
    Step("school", "Your school", "Its name, and whom people ask"),
    Step("technician", "The first technician", "Your own account, with a second factor"),
    Step("people", "Who is responsible", "Headteacher, safeguarding leads, governor"),
    Step("policy", "The policy", "One of five published policies to start from"),
    Step("timetable", "Bells and terms", "When lessons and breaks are"),
    Step("networks", "Networks", "Whom the gate serves, and what it stands behind"),
    Step("certificate", "The school’s certificate", "So that devices can show the block page"),
    Step("emergency", "The emergency account", "For the day nobody else can sign in"),
    Step("trial", "Try it out", "The gate is asked as pupils and staff would"),
)
TOTAL: Final = len(STEPS) + 1  # the code is the first
BEFORE_TECHNICIAN: Final = frozenset({"school", "technician"})


@dataclass(frozen=True, slots=True)
class Progress:
    """done: names of steps. trial: what the last try-out found. finished: the set-up is over."""

    done: frozenset[str]
    trial: dict[str, Any]
    finished: bool

    @property
    def next(self) -> str:
        """The first step that is not done; the last one when all are."""
        return next((step.name for step in STEPS if step.name not in self.done), STEPS[-1].name)


def load(session: Session) -> Progress:
    """Return how far it has got."""
    kept = web_settings.get(session, _KEY)
    done = set(kept.get("done", ())) - {"technician"}
    if not setup_code.needed(session):
        done.add("technician")
    return Progress(frozenset(done), dict(kept.get("trial", {})), bool(kept.get("finished")))


def mark(session: Session, name: str) -> None:
    """Note that a step is done."""
    kept = web_settings.get(session, _KEY)
    kept["done"] = sorted({*kept.get("done", ()), name})
    web_settings.put(session, _KEY, kept)


def keep_trial(session: Session, found: dict[str, Any]) -> None:
    """Keep what a try-out found, in place of the one before."""
    web_settings.put(session, _KEY, {**web_settings.get(session, _KEY), "trial": found})


def finish(session: Session, at: datetime) -> None:
    """Note that the set-up is over: the wizard is closed from now on."""
    kept = web_settings.get(session, _KEY)
    web_settings.put(session, _KEY, {**kept, "finished": at.isoformat()})


def number(name: str) -> int:
    """Return the number of a step as people count them."""
    return [step.name for step in STEPS].index(name) + 2


def following(name: str) -> str:
    """Return the step after another."""
    names = [step.name for step in STEPS]
    return names[min(names.index(name) + 1, len(names) - 1)]


def preceding(name: str) -> str | None:
    """Return the step before another; None: it is the first after the code."""
    place = [step.name for step in STEPS].index(name)
    return STEPS[place - 1].name if place else None
