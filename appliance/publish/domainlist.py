"""The lists of a snapshot, as the faces ask them: which lists cover a host, and by what.

Names lie in shards (``shard``), those that are kept as digests alone in ``hashes``. An
exception of a list takes out what lies at or below it, from that list and no other, unless
the list has a longer entry for it; an exact entry covers its own name alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from appliance.policy.domains import ListMatch, Mark
from appliance.policy.names import key_of, name_of
from appliance.publish.files import HashFiles, ListFiles, ShardFiles
from appliance.publish.hashes import Hashes
from appliance.publish.shard import Named, Shard, checked

_BELOW: Final = Mark.BELOW.value
_EXCEPT: Final = Mark.EXCEPT.value


class DomainLists:
    """The lists of a snapshot, mapped. Implements ``policy.domains.ListIndex``."""

    __slots__ = ("_hashes", "_shards", "_starts", "parts")

    def __init__(self, parts: dict[ShardFiles | HashFiles, Shard | Hashes]) -> None:
        """Take what is open, shards in the order of their start; parts: by their files."""
        self.parts = parts
        self._shards = [one for one in parts.values() if isinstance(one, Shard)]
        self._hashes = [one for one in parts.values() if isinstance(one, Hashes)]
        self._starts = [shard.start for shard in self._shards]

    def __len__(self) -> int:
        """How many different names the lists hold, exceptions included."""
        return sum(map(len, self._shards)) + sum(map(len, self._hashes))

    def find(self, host: str) -> tuple[ListMatch, ...]:
        """Return every match of a canonical host or a parent of it, longest entry first.

        Matches of lists that keep their names to themselves come before all others.
        """
        key = key_of(host)
        place = bisect_right(self._starts, key)
        found = self._shards[place - 1].along(key) if place else []
        if not found and not self._hashes:
            return ()
        kept_back = (pair for hashes in self._hashes for pair in hashes.along(key))
        return (
            *(ListMatch(category, id_, "") for category, id_, _ in _covering(kept_back, key)),
            *(ListMatch(*match) for match in _covering(found, key)),
        )

    def within(self, suffix: str, most: int) -> Iterator[tuple[str, str, str]]:
        """Yield (entry, category, list id) of what is listed at or below a canonical name.

        In no order, ``most`` at most; no exceptions, and no list that keeps its names back.
        """
        return islice(self._within(key_of(suffix)), most)

    def _within(self, prefix: str) -> Iterator[tuple[str, str, str]]:
        first = max(bisect_right(self._starts, prefix) - 1, 0)
        for shard in self._shards[first:]:
            if shard.start > prefix and not shard.start.startswith(prefix):
                return
            for key, named in shard.beginning(prefix):
                for category, list_id, marks in named:
                    if _EXCEPT not in marks:
                        yield name_of(key), category, list_id


def _covering(
    found: Iterable[tuple[str, tuple[Named, ...]]], key: str
) -> Iterator[tuple[str, str, str]]:
    """Yield (category, list id, entry) of what covers a key; found: longest entry first."""
    left_open: set[str] = set()
    for entry, named in found:
        for category, list_id, marks in named:
            if list_id in left_open:
                continue
            if _EXCEPT in marks:
                left_open.add(list_id)
            elif _BELOW in marks or entry == key:
                yield category, list_id, name_of(entry)


def opened(directory: Path, files: ListFiles, held: DomainLists | None = None) -> DomainLists:
    """Map the list files of a snapshot, once their checksums are seen to fit.

    held: what is open already; the shards that both have are not opened again.

    Raises:
        BadSnapshotError: damaged or cut short.
        OSError: missing or unreadable.
    """
    known = held.parts if held is not None else {}
    parts: dict[ShardFiles | HashFiles, Shard | Hashes] = {}
    for one in (*files.shards, *((files.hashes,) if files.hashes else ())):
        parts[one] = known[one] if one in known else _mapped(directory, one)
    return DomainLists(parts)


def _mapped(directory: Path, one: ShardFiles | HashFiles) -> Shard | Hashes:
    paths = checked(directory, one.names())
    return Shard(one.start, *paths) if isinstance(one, ShardFiles) else Hashes(*paths)
