"""A run of listed names as two mapped files, shared by every process that reads them.

A name is kept as its labels in reverse, each with a dot after it (``com.facebook.``), so
that every parent of a name is a prefix of it at a label boundary: one walk down a MARISA
trie finds them all, exactly. IP literals are kept as ``/addr/`` and match only themselves.

The shards of a snapshot cut the sorted names into runs, so that none takes much memory to
build. What of a host's parents lies in an earlier run than the host itself is a prefix of
the run's first key too (everything sorted between a prefix and what it begins is begun by
it), so the few such names are carried: each run holds them again, and one look into one
shard finds everything.

The ids file says for each key of the trie, by its number, which lists name it and how.
"""

from __future__ import annotations

import mmap
import sys
from array import array
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import marisa_trie
import msgspec

from appliance.publish.files import BadSnapshotError, checksum_in, digest

TYPES: Final = ("B", "H", "I")  # of one entry of the ids file: one, two or four bytes
Named = tuple[str, str, str]  # category, list id, the marks of an entry in that list


class Head(msgspec.Struct, frozen=True):
    """First line of the ids file, spaces after it up to a boundary of eight bytes.

    type: of one entry, empty where all are of the one set. carried: how many names
    belong to an earlier run. sets: what an entry stands for.
    """

    byteorder: str
    type: str
    count: int
    carried: int
    sets: tuple[tuple[Named, ...], ...]


class Shard:
    """One run of names, mapped."""

    __slots__ = ("_head", "_keys", "_numbers", "_prefixes", "start")

    def __init__(self, start: str, trie: Path, ids: Path) -> None:
        """Map two files that are known to be whole.

        Raises:
            BadSnapshotError: they do not fit each other or this machine.
        """
        self.start = start
        held = marisa_trie.Trie().mmap(str(trie))
        self._prefixes: Callable[[str], Iterator[tuple[str, int]]] = held.iter_prefixes_with_ids
        self._keys: Callable[[str], Iterator[str]] = held.iterkeys
        with ids.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        end = mapped.find(b"\n") + 1
        self._head = head = msgspec.json.decode(mapped[:end], type=Head)
        size = array(head.type).itemsize * head.count if head.type else 0
        fits = head.byteorder == sys.byteorder and head.count == len(held)
        if not fits or len(mapped) - end != size:
            raise BadSnapshotError(f"{ids} does not belong to {trie} on this machine")
        self._numbers: Sequence[int] | None = None
        if head.type:
            self._numbers = memoryview(mapped)[end:].cast(head.type)  # type: ignore[call-overload]

    def __len__(self) -> int:
        """How many names begin in this run."""
        return self._head.count - self._head.carried

    def along(self, key: str) -> list[tuple[str, tuple[Named, ...]]]:
        """Return the keys that are a prefix of one, the longest first, and who names them."""
        found = [*self._prefixes(key)]
        found.reverse()
        return [(one, self._named(number)) for one, number in found]

    def beginning(self, prefix: str) -> Iterator[tuple[str, tuple[Named, ...]]]:
        """Yield this run's own keys that begin so, in no order, and who names them."""
        for key in self._keys(prefix):
            if key >= self.start:
                (*_, (_, number)) = self._prefixes(key)
                yield key, self._named(number)

    def _named(self, number: int) -> tuple[Named, ...]:
        return self._head.sets[0 if self._numbers is None else self._numbers[number]]


def checked(directory: Path, names: Sequence[str]) -> list[Path]:
    """Return the paths of list files that hold what their names promise.

    Raises:
        BadSnapshotError: damaged or cut short.
        OSError: missing or unreadable.
    """
    paths = [directory / name for name in names]
    for path in paths:
        if digest(path) != checksum_in(path.name):
            raise BadSnapshotError(f"{path} is damaged: its checksum does not fit")
    return paths
