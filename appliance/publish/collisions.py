"""Where lists name what must stay open: a report for people, since nothing is closed by it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from appliance.policy.model import CategoryClass
from appliance.policy.snapshot import Snapshot
from appliance.publish.domainlist import DomainLists

MOST: Final = 1000  # collisions that anybody looks through


@dataclass(frozen=True, slots=True, order=True)
class Collision:
    """An entry of a list that is passed over for a name that no list closes.

    entry: lies at or below ``name``, or above it; empty where the list keeps its names to
    itself. closed: it is a list of illegal content, and the name is one of the school's own
    choice, so that the entry counts all the same.
    """

    list_id: str
    name: str
    entry: str
    category: str
    closed: bool = False


def collisions(snapshot: Snapshot, most: int = MOST) -> tuple[Collision, ...]:
    """Return where the lists of a snapshot name what no list closes, ``most`` at most.

    Sorted by list. What a list of digests holds below a name cannot be told.
    """
    return tuple(sorted(islice(dict.fromkeys(_found(snapshot, most)), most)))


def _found(snapshot: Snapshot, most: int) -> Iterator[Collision]:
    lists, contents = snapshot.lists, snapshot.contents
    if not isinstance(lists, DomainLists):
        return
    for host in contents.sanctuary_hosts:
        for match in lists.find(host):
            yield _collision(snapshot, host, match.entry, match.category, match.list_id)
    names = (*contents.never_block, *contents.local_domains, *contents.sanctuary_domains)
    for name in dict.fromkeys(names):
        for match in lists.find(name):
            if len(match.entry) < len(name):
                yield _collision(snapshot, name, match.entry, match.category, match.list_id)
        for entry, category, list_id in lists.within(name, most):
            yield _collision(snapshot, name, entry, category, list_id)


def _collision(snapshot: Snapshot, name: str, entry: str, category: str, list_id: str) -> Collision:
    illegal = snapshot.class_of_category(category) is CategoryClass.ILLEGAL
    return Collision(list_id, name, entry, category, illegal and not snapshot.essential(name))
