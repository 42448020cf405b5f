"""Judging a gathered body, and putting it in the old one's place where it may be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Self

from sqlalchemy.orm import Session

from appliance.audit.chain import Entry
from appliance.lists.acceptance import Change, Counts, Refused, refusal
from appliance.lists.body import Body, Known
from appliance.lists.difference import Difference, difference
from appliance.lists.gather import Gathered
from appliance.lists.subscription import Subscription
from appliance.policy.domains import Mark
from appliance.store import audit, fetches, lists, starting_lists, subscriptions
from appliance.store.lists import KeptList
from appliance.store.session import Store
from appliance.store.subscriptions import Subscribed

CHANGED: Final = "The subscription was changed while it was fetched: it is fetched anew."
_NONE: Final = Difference(0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a fetch ended. state: as in ``list_tables.FetchRow``. trouble: why it was not good."""

    state: str
    trouble: str = ""
    hashed: bool = False
    known: Known = field(default_factory=Known)
    entries: int = 0
    refused: int = 0
    first_refused: tuple[str, ...] = ()
    digest: str = ""
    change: Difference = _NONE

    @classmethod
    def failed(cls, trouble: str) -> Self:
        """Return the outcome of a fetch that gave nothing."""
        return cls(state="failed", trouble=trouble[:500])

    @classmethod
    def unchanged(cls) -> Self:
        """Return the outcome of a fetch whose source has nothing newer."""
        return cls(state="unchanged")

    @property
    def held(self) -> bool:
        """Whether somebody has to look."""
        return self.state == "held"

    def note(self, session: Session, list_id: str, at: datetime, share: float) -> None:
        """Write it down."""
        match self.state:
            case "good":
                fetches.good(
                    session, list_id, self.known, at=at, share=share, entries=self.entries,
                    refused=self.refused, first_refused=self.first_refused, digest=self.digest,
                )  # fmt: skip
            case "unchanged":
                fetches.unchanged(session, list_id, at=at, share=share)
            case "held":
                fetches.held(
                    session, list_id, self.trouble, at=at, share=share, entries=self.entries,
                    refused=self.refused, first_refused=self.first_refused, digest=self.digest,
                    come=self.change.come, gone=self.change.gone,
                    first_come=self.change.first_come, first_gone=self.change.first_gone,
                )  # fmt: skip
            case _:
                fetches.failed(session, list_id, self.trouble, at=at, share=share)


def judge(store: Store, found: Subscribed, body: Body, gathered: Gathered, at: datetime) -> Outcome:
    """Put a body in the place of the old one, if it may be; return how it went.

    Raises:
        SQLAlchemyError: the store cannot be used; the old list stays.
        OSError: the disk is full; the old list stays.
    """
    what = found.subscription
    with store.reading() as session:
        hashed = subscriptions.secret(session, what.category)
        old = next((kept for kept in lists.list_(session) if kept.id == what.list_id), None)
        same = _same(what, gathered, old, hashed=hashed)
        change = None
        if old is not None and not same and not hashed and not old.hashed:
            change = difference(lists.items_of(session, what.list_id), _marked(gathered))
    refused = None if same else _refusal(found, gathered, old, change)
    outcome = _outcome(body, gathered, refused, change, hashed=hashed)
    if outcome.state == "good":
        return _put(store, what, gathered, outcome, at, same=same)
    return outcome


def _same(what: Subscription, gathered: Gathered, old: KeptList | None, *, hashed: bool) -> bool:
    """Whether the list in force is the very one that was gathered. Never said of hidden names."""
    if old is None or old.category != what.category or old.hashed or hashed:
        return False
    return old.sha256 == gathered.sha256


def _refusal(
    found: Subscribed, gathered: Gathered, old: KeptList | None, change: Difference | None
) -> Refused | None:
    new = Counts(
        entries=gathered.entries, exceptions=gathered.exceptions, refused=gathered.refused,
        lines=gathered.lines,
    )  # fmt: skip
    before = None if old is None else Counts(entries=old.entries, exceptions=old.exceptions)
    counted = None if change is None else Change(come=change.come, gone=change.gone)
    refused = refusal(before, new, counted, found.subscription.most_change)
    accepted = bool(found.fetch.accept) and found.fetch.accept == gathered.sha256
    return None if refused is not None and refused.held and accepted else refused


def _outcome(
    body: Body, gathered: Gathered, refused: Refused | None, change: Difference | None, *,
    hashed: bool,
) -> Outcome:  # fmt: skip
    state = "good" if refused is None else "held" if refused.held else "failed"
    return Outcome(
        state=state, trouble=refused.words if refused else "", hashed=hashed,
        known=Known(etag=body.etag, modified=body.modified), entries=gathered.entries,
        refused=gathered.refused, first_refused=tuple(_refused_lines(gathered, hashed=hashed)),
        digest=gathered.sha256, change=change if change is not None and not hashed else _NONE,
    )  # fmt: skip


def _put(
    store: Store, what: Subscription, gathered: Gathered, outcome: Outcome, at: datetime, *,
    same: bool,
) -> Outcome:  # fmt: skip
    with store.session() as session:
        now = subscriptions.get(session, what.list_id)
        if now is None or _source(now.subscription) != _source(what):
            return Outcome.failed(CHANGED)
        if same:
            return outcome
        lists.put(
            session, what.list_id, what.category, gathered, source=what.address, at=at,
            hashed=outcome.hashed,
        )  # fmt: skip
        replaced = starting_lists.retire(session, what.category, what.list_id, gathered.entries)
        detail = {"entries": gathered.entries, "category": what.category}
        if replaced:
            detail["replaces"] = replaced
        audit.append(
            session,
            Entry(at=at, actor="appliance", action="subscription.updated", subject=what.list_id,
                  detail=detail),
        )  # fmt: skip
    return outcome


def _source(what: Subscription) -> tuple[str, str, str]:
    return what.address, what.format, what.category


def _marked(gathered: Gathered) -> Iterator[tuple[str, Mark]]:
    return ((key, mark) for key, mark, _ in gathered.items())


def _refused_lines(gathered: Gathered, *, hashed: bool) -> Iterator[str]:
    for bad in gathered.first_refused:
        yield f"{bad.line}: {'not shown' if hashed else bad.message}"
