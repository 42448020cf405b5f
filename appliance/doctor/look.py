"""Looking at a data directory, and keeping what a self-test of its gate found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from appliance import clock
from appliance.doctor.comparing import BLOCKED, OPEN
from appliance.doctor.ground import FilterSeen, Ground
from appliance.doctor.result import Result
from appliance.policy.domains import Mark
from appliance.policy.names import name_of
from appliance.policy.snapshot import Snapshot
from appliance.publish.hold import Holder
from appliance.status.checks import Level
from appliance.status.running import Running, announced
from appliance.store import doctor, filter_checks, lists

_LOOKED_THROUGH: Final = 50  # entries of a list, for one that its category really closes
_ROOT: Final = Path("ca") / "root.pem"


class Looker:
    """Gives what holds on a data directory at the moment: files and clock, no database."""

    def __init__(self, data: Path) -> None:
        """Read the snapshot in force. Never raises: without one the closed one holds."""
        self._data = data
        self._holder = Holder(data / "snapshot")
        self._samples: tuple[tuple[str, str], ...] = ()
        self._seen: FilterSeen | None = None

    def take(self, session: Session) -> None:
        """Learn from the store what only it knows: a name of each list, the filter's answer."""
        self._holder.refresh()
        self._samples = tuple(samples(session, self._holder.snapshot))
        found = filter_checks.newest(session)
        self._seen = None if found is None else FilterSeen(found.at, found.good, found.words)

    def __call__(self) -> Ground:
        """Return what holds now."""
        self._holder.refresh()
        snapshot = self._holder.snapshot
        contents = snapshot.contents
        now = clock.now(
            contents.clock_offset, not_before=contents.built_at,
            need_synchronised=contents.need_synchronised_clock,
        )  # fmt: skip
        return Ground(
            running=announced(self._data) or Running(), snapshot=snapshot, at=now.at,
            real=clock.real(), clock_trusted=now.trusted, root=self._data / _ROOT,
            run=self._data / "run", samples=self._samples, filter_seen=self._seen,
        )  # fmt: skip


def samples(session: Session, snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """Yield a category and a name of it, of each list that shows its names.

    The first that the snapshot counts to the category; where there is none among the first
    ones, the first at all: then the list is not in force, and the self-test says so.
    """
    given: set[str] = set()
    for kept in lists.list_(session):
        if kept.hashed or not kept.enabled or kept.category in given:
            continue
        first = ""
        for number, (key, mark) in enumerate(lists.items_of(session, kept.id)):
            if number >= _LOOKED_THROUGH:
                break
            name = name_of(key)
            if mark is Mark.EXCEPT or "." not in name or ":" in name:
                continue
            first = first or name
            if any(match.category == kept.category for match in snapshot.lists.find(name)):
                first = name
                break
        if first:
            given.add(kept.category)
            yield kept.category, first


def keep(
    session: Session, results: Iterable[Result], *, at: datetime, who: str, version: int
) -> doctor.KeptRun:
    """Keep a run. at: real time; who: who asked for it."""
    kept = (doctor.KeptResult(**_fields(one)) for one in results)
    return doctor.put(session, kept, at=at, who=who, version=version)


def against_last(session: Session, results: Iterable[Result]) -> list[Result]:
    """Say what the policy opened since the last run: the gate obeys, but did somebody mean it?"""
    before: dict[tuple[str, str], dict[str, tuple[str, int]]] = {}
    found = []
    for one in results:
        key = (one.role, one.period_kind)
        if one.host and key not in before:
            before[key] = doctor.expected_before(session, *key)
        last = before.get(key, {}).get(f"{one.network} {one.host}")
        opened = one.level is Level.GOOD and one.expected == OPEN and last is not None
        if opened and last is not None and last[0] == BLOCKED:
            one = replace(one, level=Level.AMBER, todo=_MEANT, words=(
                f"{one.words} When it was tried last (self-test {last[1]}) the policy blocked it."
            ))  # fmt: skip
        found.append(one)
    return found


_MEANT: Final = (
    "If that was decided, nothing is to be done: it is said this once. If nobody decided it, see "
    "on the page Policy, Versions, what was changed, and go back to the version before."
)


def _fields(one: Result) -> dict[str, str]:
    return {name: str(getattr(one, name)) for name in Result.__dataclass_fields__}
