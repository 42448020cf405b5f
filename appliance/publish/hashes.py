"""Lists that keep their names to themselves: sorted keyed digests in one mapped file.

The host and each parent of it are digested with the same secret and looked for: 256 bits each, so
what is found is listed. The file says nothing to whoever has not got the secret, and even
with it only whether a name that one already knows is listed.

A line of JSON (``Head``), spaces up to a boundary of eight bytes; then how many digests
begin with a byte up to 0, 1, ... 255 (four bytes each); the digests; a number each.
"""

from __future__ import annotations

import mmap
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from appliance.policy.hashed import digest_of
from appliance.publish.files import BadSnapshotError
from appliance.publish.shard import Named

FANS: Final = 256
SIZE: Final = 32  # bytes of a digest: two names with the same one are not to be found
SECRET: Final = 32  # bytes


class Head(msgspec.Struct, frozen=True):
    """First line. sets: what a number stands for."""

    byteorder: str
    count: int
    sets: tuple[tuple[Named, ...], ...]


class Hashes:
    """The digests of a snapshot, mapped."""

    __slots__ = ("_digests", "_fan", "_numbers", "_secret", "_sets")

    def __init__(self, hashes: Path, secret: Path) -> None:
        """Map a file that is known to be whole, and read its secret.

        Raises:
            BadSnapshotError: they are not for this machine, or the secret is none.
            OSError: missing or unreadable.
        """
        self._secret = secret.read_bytes()
        with hashes.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        start = mapped.find(b"\n") + 1
        head = msgspec.json.decode(mapped[:start], type=Head)
        ends = (start + 4 * FANS, start + 4 * FANS + SIZE * head.count)
        whole = len(mapped) == ends[1] + 4 * head.count
        if head.byteorder != sys.byteorder or not whole or len(self._secret) != SECRET:
            raise BadSnapshotError(f"{hashes} is not for this machine, or its secret is none")
        view = memoryview(mapped)
        self._fan = view[start : ends[0]].cast("I")
        self._digests, self._numbers = view[ends[0] : ends[1]], view[ends[1] :].cast("I")
        self._sets = head.sets

    def __len__(self) -> int:
        """How many different names the lists hold."""
        return len(self._numbers)

    def along(self, key: str) -> list[tuple[str, tuple[Named, ...]]]:
        """Return the keys that are a prefix of one and listed, longest first, and by whom."""
        found = []
        for prefix in _prefixes(key):
            at = self._place(bytes.fromhex(digest_of(self._secret, prefix)))
            if at >= 0:
                found.append((prefix, self._sets[self._numbers[at]]))
        return found

    def _place(self, wanted: bytes) -> int:
        low = self._fan[wanted[0] - 1] if wanted[0] else 0
        high = self._fan[wanted[0]]
        while low < high:
            middle = (low + high) // 2
            held = bytes(self._digests[middle * SIZE : (middle + 1) * SIZE])
            if held == wanted:
                return middle
            low, high = (middle + 1, high) if held < wanted else (low, middle)
        return -1


def _prefixes(key: str) -> Iterator[str]:
    """Yield a key and those of all parents: ``com.a.b.``, ``com.a.``, ``com.``."""
    if key.startswith("/"):  # an address has no parent
        yield key
        return
    end = len(key)
    while end > 0:
        yield key[:end]
        end = key.rfind(".", 0, end - 1) + 1
