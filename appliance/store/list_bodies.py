"""What lists hold: their chunks in the database, and the digests of those that keep it back."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from appliance.lists.packing import Chunk, Item
from appliance.lists.spill import Sorter
from appliance.policy.domains import Mark
from appliance.policy.hashed import digest_of
from appliance.store.list_tables import ListChunk, ListSecretRow

_SECRET: Final = 32  # bytes
_ROW: Final = 1


def write(session: Session, id_: str, chunks: Iterable[Chunk]) -> None:
    """Put chunks in place of what a list held. One that is as it was is not written again."""
    number = -1
    for number, chunk in enumerate(chunks):
        row = session.get(ListChunk, (id_, number)) or ListChunk(list_id=id_, number=number)
        fields = {"keys": chunk.keys, "lines": chunk.lines, "marks": chunk.marks}
        for field, value in fields.items():
            if getattr(row, field) != value:
                setattr(row, field, value)
        session.add(row)
        session.flush()
        session.expunge(row)  # written: memory need not hold it
    beyond = (ListChunk.list_id == id_, ListChunk.number > number)
    if session.scalar(select(func.count()).select_from(ListChunk).where(*beyond)):
        session.execute(delete(ListChunk).where(*beyond))


def chunks_of(session: Session, id_: str) -> Iterator[Chunk]:
    """Yield a list's chunks in their order, one in memory at a time."""
    parts = select(ListChunk.keys, ListChunk.lines, ListChunk.marks)
    rows = parts.where(ListChunk.list_id == id_).order_by(ListChunk.number)
    for keys, lines, marks in session.execute(rows.execution_options(yield_per=1)):
        yield Chunk(keys, lines, marks)


def line_of(session: Session, id_: str, key: str) -> int | None:
    """Return the line of the source that gave a key; None: not there, or nobody knows."""
    last = session.scalar(select(func.max(ListChunk.number)).where(ListChunk.list_id == id_))
    low, high = 0, -1 if last is None else last
    while low <= high:
        middle = (low + high) // 2
        row = session.get_one(ListChunk, (id_, middle))
        chunk = Chunk(row.keys, row.lines, row.marks)
        session.expunge(row)
        keys = chunk.keys_in()
        if key < keys[0]:
            high = middle - 1
        elif key > keys[-1]:
            low = middle + 1
        else:
            place = bisect_left(keys, key)
            return (chunk.lines_in()[place] or None) if keys[place] == key else None
    return None


def secret(session: Session) -> bytes | None:
    """Return the key of the digests; None: no list was ever hashed. For the publisher alone."""
    row = session.get(ListSecretRow, _ROW)
    return None if row is None else row.secret


@contextmanager
def hashed(session: Session, items: Iterable[Item], spill: Path) -> Iterator[Iterator[Item]]:
    """Give items as digests, sorted, without lines: those would tell the order of the names.

    Raises:
        OSError: the disk is full.
    """
    key = secret(session)
    if key is None:
        key = os.urandom(_SECRET)
        session.add(ListSecretRow(id=_ROW, secret=key))
        session.flush()
    with Sorter(spill) as sorter:
        for name, mark, _ in items:
            sorter.add(f"{digest_of(key, name)}{mark}")
        yield ((record[:-1], Mark(record[-1]), 0) for record in sorter.records())
