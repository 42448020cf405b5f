"""The core's half: takes in what the DNS face tells, and puts what is odd before the technician.

It only ever adds names to look at. Whatever goes wrong here, enforcement and recording go
on; what was not taken in waits in its file, or is lost, and nobody is named in either.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from appliance import clock
from appliance.audit.chain import Entry
from appliance.look_alikes import feed
from appliance.look_alikes.brands import Known
from appliance.look_alikes.judging import Judged, judged
from appliance.look_alikes.scoring import Resemblance, resemblance
from appliance.look_alikes.sites import split
from appliance.look_alikes.use import FEW, HISTORY, SUDDEN, clients, telling
from appliance.policy.names import BadNameError, canonical
from appliance.policy.snapshot import Contents
from appliance.store import audit, look_alikes, name_uses, settings
from appliance.store.known import vocabulary
from appliance.store.session import Store

LOOK: Final = 2.0  # seconds between two looks for what workers have written
KEEP: Final = 600.0  # seconds between two writings of the numbers, to spare the SD card
HOLD: Final = 300.0  # seconds between two changes of the list of what is held
MOST_SITES: Final = 20_000  # counted on a day; what resembles a service is found beyond it too
MOST_HOSTS: Final = 50_000  # of which it is remembered how they were judged
_FILES: Final = 20  # taken in at once, and no more of them than hold so many hosts:
_AT_ONCE: Final = feed.MOST_HOSTS  # whatever changed in the store waits for it meanwhile
_DAYS: Final = 2 * HISTORY  # before today that a sudden use is measured against

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Day:
    """What is known of one day. changed: sites whose bits grew since numbers were written."""

    bits: dict[str, int] = field(default_factory=dict)
    fronts: dict[str, frozenset[str]] = field(default_factory=dict)
    found: dict[str, list[Resemblance]] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)


class Gatherer:
    """Gathers for one gate. ``look`` is called every now and then, by one thread."""

    def __init__(self, run: Path, monotonic: Callable[[], float] = clock.monotonic) -> None:
        """Take in what lies below the directory in which a gate says what it does."""
        self._run, self._monotonic = run, monotonic
        self._days: dict[date, Day] = {}
        self._known: tuple[Contents, tuple[str, ...], Known] | None = None
        self._scored: dict[str, Resemblance | None] = {}
        self._told: dict[str, tuple[int, int]] = {}
        self._looked = self._kept = self._held = -KEEP

    def look(self, store: Store, *, ending: bool = False) -> None:
        """Take in what waits, where it is time to. ending: whatever the time.

        Raises:
            SQLAlchemyError, OSError: not now; what waits is taken in the next time.
        """
        now = self._monotonic()
        if now - self._looked < LOOK and not ending:
            return
        self._looked = now
        paths = feed.waiting(self._run)[:_FILES]
        writes = now - self._kept >= KEEP or ending
        if not paths and not (writes and self._days):
            return
        with store.reading() as session:
            known, at, today = self._situation(session)
        if known is None:
            return  # no policy yet: nobody is served
        paths, touched = self._take_in(paths, known, today)
        held = now - self._held >= HOLD
        with store.session() as session:
            told = dict(self._put(session, known, today, touched, at))
            held = held and look_alikes.hold(session, at)
            if writes:
                self._keep(session, today)
        # Only now it is kept: what failed is told again the next time.
        self._told.update(told)
        self._held = now if held else self._held
        if writes:
            self._kept = now
            for day in self._days.values():
                day.changed.clear()
        for path in paths:
            path.unlink(missing_ok=True)

    def _situation(self, session: Session) -> tuple[Known | None, datetime, date]:
        contents = vocabulary(session)
        at = clock.now(float(settings.get(session, "clock_offset", 0))).at
        if contents is None:
            return None, at, at.date()
        local = tuple(settings.get(session, "local_domains", ()))
        if self._known is None or self._known[:2] != (contents, local):
            self._known = contents, local, Known(contents, local)
            self._scored.clear()
        return self._known[2], at, at.astimezone(ZoneInfo(contents.calendar.zone)).date()

    def _take_in(
        self, paths: tuple[Path, ...], known: Known, today: date
    ) -> tuple[tuple[Path, ...], set[str]]:
        """Return the files that were taken in, and the sites that were used today."""
        touched: set[str] = set()
        taken = size = 0
        for path in paths:
            if size >= _AT_ONCE:
                break
            taken += 1
            try:
                day, hosts = feed.read(path)
            except (OSError, ValueError) as error:
                log.debug("%s is passed over: %s", path.name, error)
                continue
            size += len(hosts)
            found = self._count(self._days.setdefault(day, Day()), hosts, known)
            touched |= found if day == today else set()
        for day in sorted(self._days)[:-2]:
            del self._days[day]
        return paths[:taken], touched

    def _count(self, day: Day, hosts: Mapping[str, int], known: Known) -> set[str]:
        touched = set()
        for host, bits in hosts.items():
            try:
                front, site = split(canonical(host))
            except BadNameError:
                continue  # a query may hold anything
            resembles = self._resemblance(host, known)
            before = day.bits.get(site)
            if before is None and len(day.bits) >= MOST_SITES and resembles is None:
                continue
            day.bits[site] = (before or 0) | bits
            if day.bits[site] != before:
                day.changed.add(site)
            if told := telling(front):
                day.fronts[site] = day.fronts.get(site, frozenset()) | told
            if resembles is not None and resembles not in day.found.get(site, ()):
                some = day.found.setdefault(site, [])
                some.append(resembles)
                some.sort(key=lambda one: -one.score)
                del some[look_alikes.MOST_NAMES :]
            touched.add(site)
        return touched

    def _resemblance(self, host: str, known: Known) -> Resemblance | None:
        if host not in self._scored:
            if len(self._scored) >= MOST_HOSTS:
                self._scored.clear()
            self._scored[host] = resemblance(host, known)
        return self._scored[host]

    def _put(
        self, session: Session, known: Known, today: date, touched: set[str], at: datetime
    ) -> Iterator[tuple[str, tuple[int, int]]]:
        """Put up what is odd; yield what was told of each site."""
        day = self._days.get(today, Day())
        numbers = {site: clients(day.bits[site]) for site in touched}
        many = {site for site, number in numbers.items() if number >= SUDDEN}
        many -= {site for site in many if known.good(site)}
        days = name_uses.days_before(session, today, _DAYS) if many else ()
        before = name_uses.of(session, many, days) if len(days) >= HISTORY else {}
        for site in sorted(touched):
            said = judged(
                site, day.found.get(site, ()), numbers[site], before.get(site, ()),
                day.fronts.get(site, ()), known,
            )  # fmt: skip
            if said is None:
                continue
            shown = said.clients if said.clients >= FEW else 0
            told = said.score, shown.bit_length()
            if self._told.get(site) != told:  # else nothing to speak of has changed
                self._tell(session, said, shown, at)
                yield site, told

    def _tell(self, session: Session, said: Judged, shown: int, at: datetime) -> None:
        seen = look_alikes.Seen(
            site=said.site, names=said.names, clients=shown, score=said.score,
            service=said.service, reasons=said.reasons, held=said.held,
        )  # fmt: skip
        if look_alikes.put(session, seen, at):
            detail = {"score": said.score, "reasons": list(said.reasons)}
            entry = Entry(at=clock.real(), actor="appliance", action="look_alike.found",
                          subject=said.site, reason="", detail=detail)  # fmt: skip
            audit.append(session, entry)

    def _keep(self, session: Session, today: date) -> None:
        """Write the numbers down, and forget what is over: old numbers, and the salt."""
        for day, counted in self._days.items():
            numbers = {site: clients(counted.bits[site]) for site in counted.changed}
            name_uses.put(session, day, {s: n for s, n in numbers.items() if n >= FEW})
        name_uses.forget(session, today)
        feed.forget(self._run, today)
