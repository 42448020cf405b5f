"""The school's lists of names, each in a category, kept compressed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from appliance.lists.gather import Gathered
from appliance.lists.packing import Tally, packed
from appliance.lists.parse import BadLine, Parsed
from appliance.policy.domains import Mark
from appliance.policy.names import key_of, name_of
from appliance.store import checks, list_bodies
from appliance.store.list_bodies import secret
from appliance.store.list_tables import ListRow

__all__ = [
    "KeptList", "add", "enable", "items_of", "keys_of", "line_of", "list_", "names_of", "put",
    "remove", "secret",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptList:
    """What is known of a list.

    entries: names it closes. exceptions: names it leaves open. refused: lines that were
    none. pages: lines that named one page of a site, left out. hashed: it keeps its names to
    itself.
    """

    id: str
    category: str
    source: str
    loaded: datetime
    entries: int
    exceptions: int
    refused: int
    pages: int
    sha256: str
    enabled: bool
    hashed: bool


def put(
    session: Session,
    id_: str,
    category: str,
    gathered: Gathered,
    *,
    source: str,
    at: datetime,
    hashed: bool = False,
) -> KeptList:
    """Put a list that was gathered into a category, in place of the one with its id.

    hashed: each name becomes a keyed digest (``policy.hashed``), and no name is kept. (While
    it is sorted a list longer than one run is in a nameless file; ``lists.spill``.)
    Nothing but this one transaction changes: whoever reads has the old list until it ends.

    Raises:
        ValueError: it closes nothing at all, or a field is wrong; the old list stays then.
        OSError: the disk is full or cannot be read.
    """
    if not gathered.entries:
        raise _nothing(source, gathered.refused, () if hashed else gathered.first_refused)
    row = _row(session, id_, category, source, at)
    row.entries, row.exceptions = gathered.entries, gathered.exceptions
    row.refused, row.pages, row.hashed = gathered.refused, gathered.pages, hashed
    row.sha256 = gathered.sha256
    session.add(row)
    session.flush()
    if not hashed:
        list_bodies.write(session, id_, gathered.chunks)
    else:
        tally = Tally()
        with list_bodies.hashed(session, gathered.items(), gathered.spill) as items:
            list_bodies.write(session, id_, packed(items, tally))
        row.sha256 = tally.sha256
        session.flush()
    return _kept(row)


def add(
    session: Session, id_: str, category: str, parsed: Parsed, *, source: str, at: datetime
) -> KeptList:
    """Add a short list that was read whole, or put it in place of the one with its id.

    Raises:
        ValueError: no name in it at all, or a field is wrong; the old list stays then.
    """
    if not parsed.names:
        raise _nothing(source, parsed.refused, parsed.first_refused)
    keys = sorted(map(key_of, parsed.names))
    row = _row(session, id_, category, source, at)
    row.entries, row.exceptions, row.pages, row.hashed = len(keys), 0, 0, False
    row.refused = parsed.refused
    tally = Tally()
    tally.count(keys, [Mark.BELOW] * len(keys))
    row.sha256 = tally.sha256
    session.add(row)
    session.flush()
    list_bodies.write(session, id_, packed((key, Mark.BELOW, 0) for key in keys))
    return _kept(row)


def list_(session: Session) -> tuple[KeptList, ...]:
    """Return every list, by id."""
    return tuple(_kept(row) for row in session.scalars(select(ListRow).order_by(ListRow.id)))


def enable(session: Session, id_: str, *, enabled: bool) -> bool:
    """Switch a list on or off; False when there is none."""
    row = session.get(ListRow, id_)
    if row is None:
        return False
    row.enabled = enabled
    session.flush()
    return True


def remove(session: Session, id_: str) -> bool:
    """Remove a list; False when there was none."""
    row = session.get(ListRow, id_)
    if row is None:
        return False
    session.delete(row)
    session.flush()
    return True


def items_of(session: Session, id_: str) -> Iterator[tuple[str, Mark]]:
    """Yield the keys of a list with their marks, sorted; of a hashed list digests in hex.

    Never holds more than one chunk in memory.

    Raises:
        ValueError: what is kept of it is damaged.
    """
    for chunk in list_bodies.chunks_of(session, id_):
        yield from zip(chunk.keys_in(), chunk.marks_in(), strict=True)


def keys_of(session: Session, id_: str) -> Iterator[str]:
    """Yield the keys of a list, sorted; of a hashed list digests in hex."""
    for chunk in list_bodies.chunks_of(session, id_):
        yield from chunk.keys_in()


def names_of(session: Session, id_: str) -> Iterator[str]:
    """Return the names of a list, exceptions too.

    Raises:
        ValueError: the list keeps its names to itself.
    """
    if _is_hashed(session, id_):
        raise ValueError(f"{id_}: this list keeps its names to itself: digests alone are stored")
    return map(name_of, keys_of(session, id_))


def line_of(session: Session, id_: str, entry_name: str) -> int | None:
    """Return the line of a list's source that gave a name, the first if several did.

    None: the list does not hold it, keeps its names to itself, nobody knows the line, or
    what is kept of it is damaged: an explanation is given without it.
    """
    if _is_hashed(session, id_):
        return None
    try:
        return list_bodies.line_of(session, id_, key_of(entry_name))
    except ValueError:
        return None


def _is_hashed(session: Session, id_: str) -> bool:
    return bool(session.scalar(select(ListRow.hashed).where(ListRow.id == id_)))


def _row(session: Session, id_: str, category: str, source: str, at: datetime) -> ListRow:
    row = session.get(ListRow, checks.word("id", id_)) or ListRow(id=id_, enabled=True)
    row.category, row.source, row.loaded = checks.word("category", category), source, at
    return row


def _nothing(source: str, refused: int, first: tuple[BadLine, ...]) -> ValueError:
    said = "".join(f"; line {bad.line}: {bad.message}" for bad in first[:3])
    return ValueError(f"source: no name in {source} ({refused} bad lines{said})")


def _kept(row: ListRow) -> KeptList:
    return KeptList(
        id=row.id, category=row.category, source=row.source, loaded=row.loaded,
        entries=row.entries, exceptions=row.exceptions, refused=row.refused, pages=row.pages,
        sha256=row.sha256, enabled=row.enabled, hashed=row.hashed,
    )  # fmt: skip
