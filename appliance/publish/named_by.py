"""Which lists name a host, by which entry and line: what every explanation tells.

The line is in the store; while that is away it is left out, and the rest is told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session

from appliance.policy.domains import ListMatch
from appliance.policy.model import CategoryClass
from appliance.policy.snapshot import Snapshot
from appliance.policy.standing import Standing
from appliance.store import lists

PASSED_OVER: Final = MappingProxyType(
    {
        Standing.COUNTS: "",
        Standing.NEVER_BLOCK: "no list closes this site",
        Standing.OWN: "the school or the catalogue says itself what this is",
        Standing.LONGER: "another list names this more closely",
    }
)


@dataclass(frozen=True, slots=True)
class NamedBy:
    """An entry of a list that names a host.

    entry: empty where the list keeps its names to itself, or is of illegal content. line:
    of the list's source; None where nobody knows it. category: its id.
    """

    list_id: str
    category: str
    entry: str
    line: int | None
    standing: Standing

    @property
    def counts(self) -> bool:
        """Whether it says what the host is."""
        return self.standing is Standing.COUNTS

    def words(self) -> str:
        """Return it in words: ``ut1-games, line 12: b.example``, and why it does not count."""
        line = f", line {self.line:,}" if self.line else ""
        said = f"{self.list_id}{line}: {self.entry}"
        if not self.entry:
            said = f"{self.list_id}, a list that keeps its names to itself"
        return said if self.counts else f"{said}; passed over: {PASSED_OVER[self.standing]}"


def named_by(
    matches: Iterable[tuple[ListMatch, Standing]], snapshot: Snapshot, session: Session | None
) -> tuple[NamedBy, ...]:
    """Return what names a host, what counts first. session: None while the store is away.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the store failed meanwhile.
    """
    found = [_named_by(match, standing, snapshot, session) for match, standing in matches]
    return tuple(sorted(found, key=lambda one: not one.counts))


def _named_by(
    match: ListMatch, standing: Standing, snapshot: Snapshot, session: Session | None
) -> NamedBy:
    # Nobody reads out of an explanation what a list of illegal content holds.
    illegal = snapshot.class_of_category(match.category) is CategoryClass.ILLEGAL
    entry = "" if illegal else match.entry
    line = lists.line_of(session, match.list_id, entry) if session and entry else None
    return NamedBy(match.list_id, match.category, entry, line, standing)
