"""Every list as the pages show it: what is kept, where it comes from, and how it fares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from admin_ui.gate import gate
from admin_ui.lists.meaning import Meaning, meanings, named
from appliance.lists.subscription import Subscription
from appliance.policy.model import CategoryClass
from appliance.store import lists, look_alikes, starting_lists, subscriptions, web_settings
from appliance.store.lists import KeptList
from appliance.store.subscriptions import Fetch, Subscribed

OLD: Final = timedelta(days=31)  # after which a list that nobody renews is looked at
ABOUT: Final = "list:"  # web_settings: name, licence and attribution of lists from files
_NEVER: Final = Fetch(state="waiting")


@dataclass(frozen=True, slots=True)
class State:
    """How a list fares: a word with its colour, and a sentence. level: ok, amber or red."""

    word: str
    colour: str
    level: str
    said: str

    @property
    def short(self) -> str:
        """Return the word as the end of a sentence."""
        return self.word[:1].lower() + self.word[1:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One list. kept: None before its first fetch. subscription: None where it came as a file.

    about: name, licence, attribution of one that came as a file.
    """

    id: str
    meaning: Meaning
    kept: KeptList | None
    subscription: Subscription | None
    fetch: Fetch
    about: dict[str, Any]
    now: datetime

    @property
    def name(self) -> str:
        """What people call it."""
        if self.subscription is not None:
            return self.subscription.name
        if self.starting:
            return f"{self.meaning.name}: the few names that come with the gate"
        return str(self.about.get("name") or self.id)

    @property
    def starting(self) -> bool:
        """Whether it came with the gate, until a subscribed list takes its place."""
        return self.kept is not None and self.kept.source == starting_lists.SOURCE

    @property
    def made_here(self) -> bool:
        """Whether its names were decided on one by one, at the school: they do not age."""
        return self.kept is not None and self.kept.source == look_alikes.SOURCE

    @property
    def licence(self) -> str:
        """Under which its makers publish it."""
        held = self.subscription
        if self.starting:
            return "MIT, as the gate itself"
        return held.licence if held else str(self.about.get("licence", ""))

    @property
    def attribution(self) -> str:
        """Whose work it is."""
        held = self.subscription
        return held.attribution if held else str(self.about.get("attribution", ""))

    @property
    def source(self) -> str:
        """Where it came from; only the last part of a path, which says nothing of the machine."""
        if self.subscription is not None:
            return self.subscription.address
        text = self.kept.source if self.kept else ""
        return text.rpartition("/")[2] if text.startswith("/") else text

    @property
    def enabled(self) -> bool:
        """Whether it is switched on; one never fetched, whether it will be."""
        return self.kept.enabled if self.kept else bool(self.subscription and self._fetched)

    @property
    def _fetched(self) -> bool:
        return self.subscription is not None and self.subscription.enabled

    @property
    def entries(self) -> int:
        """Names in it that close."""
        return self.kept.entries if self.kept else 0

    @property
    def exceptions(self) -> int:
        """Names in it that it leaves open."""
        return self.kept.exceptions if self.kept else 0

    @property
    def refused(self) -> int:
        """Lines of it that were no names."""
        return self.kept.refused if self.kept else 0

    @property
    def first_refused(self) -> tuple[str, ...]:
        """The first lines that were no names, as ``12: what is wrong``; none of illegal ones."""
        if self.illegal:
            return ()
        kept = self.about.get("first_refused", ())
        return self.fetch.first_refused if self.subscription else tuple(map(str, kept))

    @property
    def illegal(self) -> bool:
        """Whether it is of the class whose names nobody sees."""
        hashed = self.kept is not None and self.kept.hashed
        return hashed or self.meaning.kind is CategoryClass.ILLEGAL

    @property
    def running(self) -> bool:
        """Whether the core is at it, or will be at its next turn."""
        if self.subscription is None or not self.enabled:
            return False
        return self.fetch.state in (*subscriptions.BUSY, "waiting") or self.fetch.asked is not None

    @property
    def held(self) -> bool:
        """Whether an update waits for somebody to look at what it changes."""
        return self.fetch.state == "held" and not self.running

    @property
    def state(self) -> State:
        """How it fares, worst news first."""
        if not self.enabled:
            return State("Off", "grey", "amber", "None of its names count.")
        if self.running:
            return State("Being fetched", "blue", "ok", _progress(self.fetch))
        if self.held:
            return State("Update held back", "orange", "amber", self.fetch.trouble)
        if self.fetch.state == "failed":
            return self._failed()
        aged = self.subscription is None and not self.starting and not self.made_here
        if aged and self.now - self._loaded > OLD:
            words = "It does not renew itself, and is older than a month. Take in a newer file."
            return State("On, but old", "orange", "amber", words)
        words = "Its names are in use."
        if self.starting:
            words += " A ready-made list takes their place."
        elif self.subscription is None:
            words += " It does not renew itself."
        return State("On", "green", "ok", words)

    def _failed(self) -> State:
        if self.kept is None:
            said = f"{self.fetch.trouble} It names nothing yet; the gate tries again by itself."
            return State("Not there", "red", "red", said)
        words = f"{self.fetch.trouble} The list as it was stays in use. The gate tries again."
        return State("On, but not renewed", "orange", "amber", words)

    @property
    def _loaded(self) -> datetime:
        return self.kept.loaded if self.kept else self.now


def every(session: Session) -> tuple[Listed, ...]:
    """Return every list and every subscription, by name."""
    kept = {one.id: one for one in lists.list_(session)}
    taken = {one.subscription.list_id: one for one in subscriptions.list_(session)}
    known, now = meanings(session), gate().real()
    found = [
        _listed(session, id_, kept.get(id_), taken.get(id_), known, now)
        for id_ in {**kept, **taken}
    ]
    return tuple(sorted(found, key=lambda one: one.name.casefold()))


def find(session: Session, id_: str) -> Listed | None:
    """Return one list; None: there is neither a list nor a subscription of that id."""
    taken = subscriptions.get(session, id_)
    kept = next((one for one in lists.list_(session) if one.id == id_), None)
    if kept is None and taken is None:
        return None
    return _listed(session, id_, kept, taken, meanings(session), gate().real())


def _listed(
    session: Session, id_: str, kept: KeptList | None, taken: Subscribed | None,
    known: dict[str, Meaning], now: datetime,
) -> Listed:  # fmt: skip
    category = kept.category if kept else taken.subscription.category if taken else ""
    return Listed(
        id=id_, meaning=named(known, category), kept=kept, now=now,
        subscription=taken.subscription if taken else None,
        fetch=taken.fetch if taken else _NEVER,
        about={} if taken else web_settings.get(session, ABOUT + id_),
    )  # fmt: skip


def _progress(fetch: Fetch) -> str:
    if fetch.state == "fetching":
        done = f"{fetch.done / 1e6:.1f}"
        if fetch.total:
            return f"Being fetched: {done} of {fetch.total / 1e6:.1f} MB."
        return f"Being fetched: {done} MB so far."
    if fetch.state == "reading":
        return f"Fetched. Being read: {fetch.done:,} lines so far."
    return "Waiting for its turn: the gate fetches one list after the other."
