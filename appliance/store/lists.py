"""The school's lists of names, each in a category, kept compressed."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from appliance.lists.load import load_file
from appliance.lists.parse import Parsed
from appliance.policy.names import key_of, name_of
from appliance.store import checks
from appliance.store.tables import ListBody, ListRow

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
    keys = "\n".join(sorted(map(key_of, parsed.names))).encode()
    digest = hashlib.sha256(keys).hexdigest()
    old = session.get(ListRow, checks.word("id", id_))
    row = old or ListRow(id=id_, enabled=True)
    row.category, row.source, row.loaded = checks.word("category", category), source, at
    row.entries, row.refused = len(parsed.names), parsed.refused
    if old is None:
        row.body = ListBody(list_id=id_, keys=zlib.compress(keys, 6))
        session.add(row)
    elif old.sha256 != digest:
        row.body.keys = zlib.compress(keys, 6)
    row.sha256 = digest
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
    row = session.get(ListBody, id_)
    if row is None:
        return
    text = zlib.decompress(row.keys).decode("ascii")
    session.expunge(row)  # the session would keep it for as long as it lives
    start = 0
    while (end := text.find("\n", start)) != -1:
        yield text[start:end]
        start = end + 1
    yield text[start:]


def names_of(session: Session, id_: str) -> Iterator[str]:
    """Yield the names of a list."""
    return map(name_of, keys_of(session, id_))


def _kept(row: ListRow) -> KeptList:
    return KeptList(
        id=row.id, category=row.category, source=row.source, loaded=row.loaded,
        entries=row.entries, refused=row.refused, sha256=row.sha256, enabled=row.enabled,
    )  # fmt: skip
