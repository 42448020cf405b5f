"""Names that resemble a service, put before the technician; what is decided of them.

Open ones that resemble a platform closely are kept as a list of the category
``unclassified_social`` too: until somebody has classified them they follow the policy's
setting of that name (policy DP 2). A name that was classified goes into the school's own
list of that category.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from appliance.lists.parse import Parsed
from appliance.policy.domains import Mark
from appliance.policy.model import CategoryClass
from appliance.store import lists
from appliance.store.known import vocabulary
from appliance.store.list_tables import ListRow
from appliance.store.look_alike_tables import LookAlikeRow

HELD: Final = "look-alikes"  # the list of what nobody has classified yet
UNCLASSIFIED: Final = "unclassified_social"
OWN: Final = "own-"  # before a category: the school's own list of it
SOURCE: Final = "decided by the technician"
MOST_OPEN: Final = 500  # that wait: whoever makes up names by the thousand floods nobody
MOST_NAMES: Final = 5  # hosts of one site that are kept
LONGEST: Final = 500  # characters of a note


class State(StrEnum):
    """What became of a name."""

    OPEN = "open"
    DISMISSED = "dismissed"
    CLASSIFIED = "classified"


class DecidedMeanwhileError(ValueError):
    """Somebody else has decided of it already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAlike:
    """A name before the technician; the fields are those of ``LookAlikeRow``."""

    site: str
    names: tuple[str, ...]
    first_seen: datetime
    last_seen: datetime
    clients: int
    score: int
    service: str
    reasons: tuple[str, ...]
    held: bool
    state: State
    category: str
    entries: tuple[str, ...]
    decided: datetime | None
    decided_by: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was found of a site: see ``LookAlikeRow``."""

    site: str
    names: tuple[str, ...]
    clients: int
    score: int
    service: str
    reasons: tuple[str, ...]
    held: bool


def put(session: Session, seen: Seen, at: datetime) -> bool:
    """Put a site before the technician, or add to what is known of it; True when it is new.

    What was decided of it stays decided. While ``MOST_OPEN`` wait, nothing new is put up.
    """
    row = session.get(LookAlikeRow, seen.site)
    if row is None and count_open(session) >= MOST_OPEN:
        return False
    if row is None:
        session.add(
            LookAlikeRow(
                site=seen.site, names=seen.names[:MOST_NAMES], first_seen=at, last_seen=at,
                clients=seen.clients, score=seen.score, service=seen.service,
                reasons=seen.reasons, held=seen.held, state=State.OPEN.value, category="",
                entries=(), decided=None, decided_by="", note="",
            )
        )  # fmt: skip
        session.flush()
        return True
    row.last_seen, row.clients = max(at, row.last_seen), max(row.clients, seen.clients)
    row.names = tuple(dict.fromkeys((*row.names, *seen.names)))[:MOST_NAMES]
    if seen.score >= row.score:
        row.score, row.service, row.reasons = seen.score, seen.service, seen.reasons
    row.held = row.held or seen.held
    session.flush()
    return False


def list_(session: Session, state: State | None = None, limit: int = 500) -> tuple[LookAlike, ...]:
    """Return the names in a state (None: all), what resembles most first."""
    query = select(LookAlikeRow).order_by(LookAlikeRow.score.desc(), LookAlikeRow.site)
    if state is not None:
        query = query.where(LookAlikeRow.state == state.value)
    return tuple(_kept(row) for row in session.scalars(query.limit(limit)))


def get(session: Session, site: str) -> LookAlike | None:
    """Return what is known of a site, if it was put before the technician."""
    row = session.get(LookAlikeRow, site)
    return None if row is None else _kept(row)


def count_open(session: Session) -> int:
    """Return how many names wait."""
    query = select(func.count()).where(LookAlikeRow.state == State.OPEN.value)
    return session.scalar(query) or 0


def classify(
    session: Session, site: str, category: str, *, by: str, at: datetime, note: str = "",
    names_alone: bool = False,
) -> LookAlike:  # fmt: skip
    """Put a site, or only the names of it that show it, into a category of the policy.

    Raises:
        ValueError: no such name or category, or one that takes no names from here.
        DecidedMeanwhileError: it is not open any more.
    """
    row = _open(session, site)
    _takes_names(session, category)
    entries = row.names if names_alone else (row.site,)
    _into(session, category, entries, at)
    row.category, row.entries = category, entries
    return _decided(session, row, State.CLASSIFIED, by, at, note)


def dismiss(session: Session, site: str, *, by: str, at: datetime, note: str = "") -> LookAlike:
    """Say that a name is fine: it leaves the unclassified ones and is not put up again.

    Raises:
        ValueError: no such name. DecidedMeanwhileError: it is not open any more.
    """
    return _decided(session, _open(session, site), State.DISMISSED, by, at, note)


def reopen(session: Session, site: str, *, by: str, at: datetime, note: str = "") -> LookAlike:
    """Undo what was decided: the name is open again, and out of the category it was put into.

    Raises:
        ValueError: no such name. DecidedMeanwhileError: it is open already.
    """
    row = _row(session, site)
    if row.state == State.OPEN.value:
        raise DecidedMeanwhileError(f"site: {site} is open already")
    if row.entries:
        _out_of(session, row.category, row.entries, at)
    row.category, row.entries = "", ()
    return _decided(session, row, State.OPEN, by, at, note)


def hold(session: Session, at: datetime) -> bool:
    """Make the list of what is held what it has to be; True when that changed it."""
    query = select(LookAlikeRow).where(LookAlikeRow.state == State.OPEN.value, LookAlikeRow.held)
    wanted = {name for row in session.scalars(query) for name in row.names}
    there = session.get(ListRow, HELD)
    if wanted == (set(lists.names_of(session, HELD)) if there else set()):
        return False
    if wanted:
        parsed = Parsed(tuple(sorted(wanted)))
        lists.add(session, HELD, UNCLASSIFIED, parsed, source="names that look alike", at=at)
    else:
        lists.remove(session, HELD)
    return True


def categories(session: Session) -> tuple[tuple[str, str], ...]:
    """Return the categories (id, name) that a name can be put into, by name."""
    known = vocabulary(session)
    found = () if known is None else known.categories
    fit = [(c.id, c.name) for c in found if c.kind is not CategoryClass.ILLEGAL]
    return tuple(sorted(fit, key=lambda one: one[1]))


def _takes_names(session: Session, category: str) -> None:
    fit = [id_ for id_, _ in categories(session)]
    if category not in fit:
        raise ValueError(f"category: {category!r} takes no names (there are {', '.join(fit)})")


def _into(session: Session, category: str, names: Iterable[str], at: datetime) -> None:
    id_ = OWN + category
    there = session.get(ListRow, id_)
    held: set[str] = set()
    if there is not None:
        if there.category != category or there.hashed or not there.enabled:
            raise ValueError(f"category: the list {id_} is switched off, or not of this category")
        if any(mark is not Mark.BELOW for _, mark in lists.items_of(session, id_)):
            raise ValueError(f"category: the list {id_} has exceptions: change it by file")
        held = set(lists.names_of(session, id_))
    parsed = Parsed(tuple(sorted(held.union(names))))
    lists.add(session, id_, category, parsed, source=SOURCE, at=at)


def _out_of(session: Session, category: str, names: Iterable[str], at: datetime) -> None:
    id_ = OWN + category
    there = session.get(ListRow, id_)
    if there is None or there.hashed:
        return  # somebody removed the list: the names are out of it
    left = set(lists.names_of(session, id_)).difference(names)
    if left:
        parsed = Parsed(tuple(sorted(left)))
        lists.add(session, id_, there.category, parsed, source=there.source, at=at)
    else:
        lists.remove(session, id_)


def _row(session: Session, site: str) -> LookAlikeRow:
    row = session.get(LookAlikeRow, site)
    if row is None:
        raise ValueError(f"site: {site!r} was never put before the technician")
    return row


def _open(session: Session, site: str) -> LookAlikeRow:
    row = _row(session, site)
    if row.state != State.OPEN.value:
        raise DecidedMeanwhileError(f"site: {site} was decided already, by {row.decided_by}")
    return row


def _decided(
    session: Session, row: LookAlikeRow, state: State, by: str, at: datetime, note: str
) -> LookAlike:
    row.state, row.decided, row.decided_by, row.note = state.value, at, by, note.strip()[:LONGEST]
    session.flush()
    hold(session, at)
    return _kept(row)


def _kept(row: LookAlikeRow) -> LookAlike:
    return LookAlike(
        site=row.site, names=row.names, first_seen=row.first_seen, last_seen=row.last_seen,
        clients=row.clients, score=row.score, service=row.service, reasons=row.reasons,
        held=row.held, state=State(row.state), category=row.category, entries=row.entries,
        decided=row.decided, decided_by=row.decided_by, note=row.note,
    )  # fmt: skip
