"""The school's lists of names, each in a category, kept compressed."""

from __future__ import annotations

import hashlib
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from appliance.lists.load import load_file
from appliance.lists.parse import Parsed
from appliance.policy.names import key_of, name_of
from appliance.store import checks
from appliance.store.list_tables import ListChunk, ListRow

CHUNK: Final = 50_000  # names
__all__ = ["KeptList", "add", "enable", "keys_of", "list_", "load_file", "names_of", "remove"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptList:
    """What is known of a list. entries: names in it. refused: lines that were none."""

    id: str
    category: str
    source: str
    loaded: datetime
    entries: int
    refused: int
    sha256: str
    enabled: bool


def add(
    session: Session, id_: str, category: str, parsed: Parsed, *, source: str, at: datetime
) -> KeptList:
    """Add a list to a category, or put it in place of the one with its id.

    Raises:
        ValueError: no name in it at all, or a field is wrong; the old list stays then.
    """
    if not parsed.names:
        said = "; ".join(f"line {bad.line}: {bad.message}" for bad in parsed.first_refused[:3])
        raise ValueError(f"source: no name in {source} ({parsed.refused} bad lines; {said})")
    keys = sorted(map(key_of, parsed.names))
    digest = hashlib.sha256("\n".join(keys).encode()).hexdigest()
    old = session.get(ListRow, checks.word("id", id_))
    row = old or ListRow(id=id_, enabled=True, exceptions=0, hashed=False)
    row.category, row.source, row.loaded = checks.word("category", category), source, at
    row.entries, row.refused = len(parsed.names), parsed.refused
    changed = old is None or old.sha256 != digest
    row.sha256 = digest
    session.add(row)
    session.flush()
    if changed:
        session.execute(delete(ListChunk).where(ListChunk.list_id == id_))
        for number, start in enumerate(range(0, len(keys), CHUNK)):
            session.add(_chunk(id_, number, keys[start : start + CHUNK]))
        session.flush()
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


def keys_of(session: Session, id_: str) -> Iterator[str]:
    """Yield the keys of a list, sorted. Never holds more than their text in memory."""
    chunks = select(ListChunk.keys).where(ListChunk.list_id == id_).order_by(ListChunk.number)
    for packed in session.scalars(chunks.execution_options(yield_per=1)):
        yield from zlib.decompress(packed).decode("ascii").split("\n")


def names_of(session: Session, id_: str) -> Iterator[str]:
    """Yield the names of a list."""
    return map(name_of, keys_of(session, id_))


def _kept(row: ListRow) -> KeptList:
    return KeptList(
        id=row.id, category=row.category, source=row.source, loaded=row.loaded,
        entries=row.entries, refused=row.refused, sha256=row.sha256, enabled=row.enabled,
    )  # fmt: skip


def _chunk(id_: str, number: int, keys: list[str]) -> ListChunk:
    return ListChunk(
        list_id=id_, number=number, keys=zlib.compress("\n".join(keys).encode(), 6),
        lines=zlib.compress(array("I", bytes(4 * len(keys))).tobytes(), 6),
        marks=zlib.compress(b"b" * len(keys), 6),
    )  # fmt: skip
