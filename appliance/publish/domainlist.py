"""Domain lists of a million names as two mapped files, shared by every process that reads them.

A name is kept as its labels in reverse, each with a dot after it (``com.facebook.``), so
that every parent of a name is a prefix of it at a label boundary: one walk down a
MARISA trie finds them all, exactly. IP literals are kept as ``/addr/`` and match only
themselves. The ids file says for each key of the trie, by its number, which lists name it.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import sys
from array import array
from collections.abc import Callable, Iterable, Iterator
from heapq import merge
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Final

import marisa_trie
import msgspec

from appliance.policy.domains import ListMatch
from appliance.policy.names import key_of, name_of
from appliance.publish.files import BadSnapshotError, ListFiles, replace, sync_directory

_TYPES: Final = ("B", "H", "I")  # of one entry of the ids file: one, two or four bytes
_CHUNK: Final = 1 << 20

Source = tuple[str, str]  # category, list id


class _Head(msgspec.Struct, frozen=True):
    """First line of the ids file. sets: what an entry stands for."""

    byteorder: str
    type: str
    count: int
    sets: tuple[tuple[Source, ...], ...]


class DomainLists:
    """The lists of a snapshot, mapped. Implements ``policy.domains.ListIndex``."""

    __slots__ = ("_ids", "_prefixes", "_sets", "_trie")

    def __init__(self, trie: Path, ids: Path) -> None:
        """Map two files that are known to be whole.

        Raises:
            BadSnapshotError: they do not fit each other or this machine.
        """
        self._trie = marisa_trie.Trie().mmap(str(trie))
        self._prefixes: Callable[[str], Iterator[tuple[str, int]]]
        self._prefixes = self._trie.iter_prefixes_with_ids
        with ids.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        end = mapped.find(b"\n") + 1
        head = msgspec.json.decode(mapped[:end], type=_Head)
        size = array(head.type).itemsize * head.count
        start = -(-end // 8) * 8
        fits = head.byteorder == sys.byteorder and head.count == len(self._trie)
        if not fits or start + size != len(mapped):
            raise BadSnapshotError(f"{ids} does not belong to {trie} on this machine")
        self._ids = memoryview(mapped)[start:].cast(head.type)  # type: ignore[call-overload]
        self._sets = head.sets

    def __len__(self) -> int:
        """How many different names the lists hold."""
        return len(self._trie)

    def find(self, host: str) -> tuple[ListMatch, ...]:
        """Return every match of a canonical host or a parent of it, longest entry first."""
        found = [*self._prefixes(key_of(host))]
        if not found:
            return ()
        return tuple(
            ListMatch(category, list_id, name_of(key))
            for key, number in reversed(found)
            for category, list_id in self._sets[self._ids[number]]
        )


def opened(directory: Path, files: ListFiles) -> DomainLists:
    """Map the list files of a snapshot, once their checksums are seen to fit.

    Raises:
        BadSnapshotError: damaged or cut short.
        OSError: missing or unreadable.
    """
    trie, ids = (directory / name for name in files.names())
    for path, checksum in ((trie, files.trie), (ids, files.ids)):
        if digest(path) != checksum:
            raise BadSnapshotError(f"{path} is damaged: its checksum does not fit")
    return DomainLists(trie, ids)


def build(
    directory: Path, key: str, lists: Callable[[], Iterable[tuple[Source, Iterable[str]]]]
) -> ListFiles:
    """Write the list files and return their names; neither is in force before a snapshot is.

    lists: gives each list's source and its keys (``key_of``), sorted and without repeats.
    It is called twice, so that no process ever holds a million names as Python objects.

    Raises:
        OSError: the disk is full or cannot be written; nothing has changed then.
    """
    trie = marisa_trie.Trie(name for name, _ in _merged(lists()))
    numbers: dict[tuple[Source, ...], int] = {}
    ids = array("I", bytes(4 * len(trie)))
    for name, sources in _merged(lists()):
        ids[trie.key_id(name)] = numbers.setdefault(sources, len(numbers))
    draft = directory / f"lists-{key[:16]}.{os.getpid()}.new"
    try:
        trie.save(str(draft))
        _sync(draft)
        files = ListFiles(key, digest(draft), _write_ids(directory, ids, tuple(numbers)))
        draft.replace(directory / files.names()[0])
    finally:
        draft.unlink(missing_ok=True)
    sync_directory(directory)
    return files


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


def _merged(
    lists: Iterable[tuple[Source, Iterable[str]]],
) -> Iterator[tuple[str, tuple[Source, ...]]]:
    """Yield each key once, with all the lists that name it."""
    flows = [_named(source, keys) for source, keys in lists]
    for name, entries in groupby(merge(*flows), key=itemgetter(0)):
        yield name, tuple(source for _, source in entries)


def _named(source: Source, keys: Iterable[str]) -> Iterator[tuple[str, Source]]:
    return ((key, source) for key in keys)


def _write_ids(directory: Path, ids: array[int], sets: tuple[tuple[Source, ...], ...]) -> str:
    type_ = next(t for t in _TYPES if len(sets) <= 1 << (8 * array(t).itemsize))
    head = msgspec.json.encode(_Head(sys.byteorder, type_, len(ids), sets)) + b"\n"
    padding = b"\0" * (-len(head) % 8)  # the numbers are read where they lie: aligned
    data = head + padding + array(type_, ids).tobytes()
    checksum = hashlib.sha256(data).hexdigest()
    replace(directory / ListFiles("", "", checksum).names()[1], data)
    return checksum


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
