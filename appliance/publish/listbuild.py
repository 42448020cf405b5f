"""Building the list files of a snapshot from sorted names, in one pass and little memory.

Five million names as one trie take 518 MB while they are made; cut into runs they take what
one run takes. Where a run ends is told by the names themselves (a checksum that happens to
end in zeros), so that a name more or less moves no later cut: most runs of a list that was
updated are the runs of yesterday, and neither built nor written nor loaded again.
"""

from __future__ import annotations

import os
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from heapq import merge
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Final
from zlib import crc32

import marisa_trie
import msgspec

from appliance.policy.domains import Mark
from appliance.publish import shard
from appliance.publish.files import (
    BadSnapshotError,
    HashFiles,
    ListFiles,
    ShardFiles,
    digest,
    replace,
    sync_directory,
)
from appliance.publish.hashes import FANS, SIZE
from appliance.publish.hashes import Head as HashHead
from appliance.publish.shard import Named, checked

LEAST: Final = 150_000  # names of a run, before which no cut is looked for
MOST: Final = 300_000  # names of a run that no cut was found in
CUT: Final = 0xFFFF  # bits of a name's checksum that are zero at a cut: 65,536 names further on
LAYOUT: Final = b"1"  # of both files: a change of it makes every run anew
_BLOCK: Final = 4096  # names in one piece of text: a fifth of what they take one by one

Source = tuple[str, str]  # category, list id
Items = Iterable[tuple[str, Mark]]  # keys (or digests in hex) in order, each with its mark
_Numbered = tuple[tuple[int, Mark], ...]  # numbers of sources, each with a mark


def build(
    directory: Path,
    key: str,
    lists: Sequence[tuple[Source, Items]],
    *,
    known: ListFiles | None = None,
    least: int = LEAST,
    most: int = MOST,
) -> ListFiles:
    """Write the list files and return their names; none is in force before a snapshot is.

    lists: each list's source and its keys (``key_of``), in order. known: files that may be
    there already; what is in them, and whole, is not made again.

    Raises:
        ValueError: the keys are not in order: what was built of them would not be found.
        OSError: the disk is full or cannot be written; what is in force is as before.
    """
    sources = [source for source, _ in lists]
    held = {one.made_of: one for one in known.shards} if known else {}
    runs = _Runs(least, most)
    shards = tuple(
        _written(directory, run, sources, held)
        for run in runs.of(_merged([items for _, items in lists]))
    )
    sync_directory(directory)
    return ListFiles(key, shards)


class _Run:
    """Names that become one shard. carried: those that belong to an earlier one."""

    def __init__(self, carried: Sequence[tuple[str, _Numbered]], start: str) -> None:
        self.start, self.carried = start, len(carried)
        self.numbers: dict[_Numbered, int] = {}
        self.column = array("I")
        self._text: list[str] = []
        self._block: list[str] = []
        for key, named in carried:
            self.add(key, named)

    def __len__(self) -> int:
        return len(self.column)

    def add(self, key: str, named: _Numbered) -> None:
        self._block.append(key)
        self.column.append(self.numbers.setdefault(named, len(self.numbers)))
        if len(self._block) == _BLOCK:
            self._text.append("\n".join(self._block))
            self._block = []

    def keys(self) -> Iterator[str]:
        for text in self._text:
            yield from text.split("\n")
        yield from self._block

    def made_of(self, sets: bytes) -> str:
        """Return the digest of all that the files of this run are made of."""
        found = sha256(b"%s\n%d\n%s\n" % (LAYOUT, self.carried, sets))
        for text in self._text:
            found.update(text.encode() + b"\n")
        found.update("\n".join(self._block).encode() + b"\n\n")
        found.update(self.column.tobytes())
        return found.hexdigest()


class _Runs:
    """Cuts sorted names into runs."""

    def __init__(self, least: int, most: int) -> None:
        self._least, self._most = least, most

    def of(self, names: Iterable[tuple[str, _Numbered]]) -> Iterator[_Run]:
        """Yield one run after the other; each is done with when the next is asked for."""
        run: _Run | None = None
        parents: list[tuple[str, _Numbered]] = []  # names that are a prefix of the last
        for key, named in names:
            while parents and not key.startswith(parents[-1][0]):
                parents.pop()
            if run is not None and self._ends(len(run), key):
                yield run
                run = None
            if run is None:
                run = _Run(parents, key)
            run.add(key, named)
            parents.append((key, named))
        if run is not None:
            yield run

    def _ends(self, count: int, key: str) -> bool:
        return count >= self._most or (count >= self._least and not crc32(key.encode()) & CUT)


def build_hashes(
    directory: Path, lists: Sequence[tuple[Source, Items]], secret: bytes
) -> HashFiles | None:
    """Write the lists that keep their names to themselves; None where none names anything.

    lists: as for ``build``, but with digests in hex in place of keys.

    Raises:
        ValueError, OSError: as ``build``.
    """
    fan, digests, column = array("I", bytes(4 * FANS)), bytearray(), array("I")
    numbers: dict[_Numbered, int] = {}
    for text, named in _merged([items for _, items in lists]):
        one = bytes.fromhex(text)
        if len(one) != SIZE:
            raise ValueError(f"a digest of {len(one)} bytes, where it has {SIZE}")
        fan[one[0]] += 1
        digests += one
        column.append(numbers.setdefault(named, len(numbers)))
    if not column:
        return None
    for place in range(1, FANS):
        fan[place] += fan[place - 1]
    sets = _sets(numbers, [source for source, _ in lists])
    head = _padded(msgspec.json.encode(HashHead(sys.byteorder, len(column), sets)))
    data = head + fan.tobytes() + bytes(digests) + column.tobytes()
    files = HashFiles(sha256(data).hexdigest(), sha256(secret).hexdigest())
    names = files.names()
    replace(directory / names[1], secret, mode=0o600)
    replace(directory / names[0], data, mode=0o600)
    return files


def _merged(lists: Sequence[Items]) -> Iterator[tuple[str, _Numbered]]:
    """Yield each key once, with the number of every list that names it and how."""
    flows = [_numbered(number, items) for number, items in enumerate(lists)]
    last = ""
    for key, entries in groupby(merge(*flows), key=itemgetter(0)):
        if key <= last:
            raise ValueError(f"a list is not in order: {key!r} comes after {last!r}")
        last = key
        yield key, tuple([named for _, named in entries])


def _numbered(number: int, items: Items) -> Iterator[tuple[str, tuple[int, Mark]]]:
    named = {mark: (number, mark) for mark in Mark}
    return ((key, named[mark]) for key, mark in items)


def _written(
    directory: Path, run: _Run, sources: Sequence[Source], held: dict[str, ShardFiles]
) -> ShardFiles:
    sets = _sets(run.numbers, sources)
    made_of = run.made_of(msgspec.json.encode(sets))
    if made_of in held:
        with suppress(OSError, BadSnapshotError):  # fails to making them again
            checked(directory, held[made_of].names())
            return held[made_of]
    trie = marisa_trie.Trie(run.keys())
    draft = directory / f"lists-{made_of[:16]}.{os.getpid()}.new"
    try:
        trie.save(str(draft))
        _sync(draft)
        checksum = digest(draft)
        files = ShardFiles(run.start, made_of, checksum, _write_ids(directory, run, trie, sets))
        draft.replace(directory / files.names()[0])
    finally:
        draft.unlink(missing_ok=True)
    return files


def _write_ids(
    directory: Path, run: _Run, trie: marisa_trie.Trie, sets: tuple[tuple[Named, ...], ...]
) -> str:
    type_, data = "", b""
    if len(sets) > 1:
        type_ = next(t for t in shard.TYPES if len(sets) <= 1 << (8 * array(t).itemsize))
        column = array(type_, bytes(array(type_).itemsize * len(run)))
        for key, number in zip(run.keys(), run.column, strict=True):
            column[trie.key_id(key)] = number
        data = column.tobytes()
    head = shard.Head(sys.byteorder, type_, len(run), run.carried, sets)
    data = _padded(msgspec.json.encode(head)) + data
    checksum = sha256(data).hexdigest()
    replace(directory / ShardFiles("", "", "", checksum).names()[1], data)
    return checksum


def _sets(numbers: Iterable[_Numbered], sources: Sequence[Source]) -> tuple[tuple[Named, ...], ...]:
    """Return who names a name, in the order of their numbers: each list once, all its marks."""
    return tuple(
        tuple(
            (*sources[number], "".join(mark.value for _, mark in marks))
            for number, marks in groupby(named, key=itemgetter(0))
        )
        for named in numbers
    )


def _padded(head: bytes) -> bytes:
    """Return a head as a line that ends at a boundary: the numbers are read where they lie."""
    return head + b" " * (-(len(head) + 1) % 8) + b"\n"


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
