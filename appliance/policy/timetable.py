"""Which period it is, for whom, and until when: named periods on a real school calendar.

Wall-clock times of the school's own zone are turned into instants day by day, so a
period keeps its clock times through both clock changes. Every span is half-open. A
date that the calendar does not cover, and an empty calendar, count as lesson time: in
doubt the stricter reading holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from appliance.policy.model import PeriodKind

DAY: Final = timedelta(days=1)
LOOK_AHEAD: Final = 8  # days searched for the next change; further than that is "a week on"
UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Period:
    """A named span of the day. Minutes after midnight; an end past 1440 runs overnight."""

    name: str
    kind: PeriodKind
    start: int
    end: int
    days: tuple[int, ...] = (0, 1, 2, 3, 4)  # Monday is 0


@dataclass(frozen=True, slots=True)
class Timetable:
    """The bells of one group of people; ``default`` serves all who have none of their own."""

    id: str
    periods: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class DateSpan:
    """First and last day, both included, as schools write their terms."""

    first: date
    last: date
    name: str = ""


@dataclass(frozen=True, slots=True)
class OneOffDay:
    """A day with bells of its own: early close, wet play, sports day.

    timetables: the timetables it replaces, by id; none means all. kinds of roles that
    it does not concern keep their usual day.
    """

    day: date
    name: str
    periods: tuple[Period, ...]
    timetables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Calendar:
    """What the school knows of its year. ``covers`` None is an empty calendar.

    inset: days without pupils. inset_roles: the roles at work on them, for whom every
    period of such a day is lesson; for all others the day is closed.
    """

    zone: str = "Europe/London"
    covers: DateSpan | None = None
    terms: tuple[DateSpan, ...] = ()
    holidays: tuple[DateSpan, ...] = ()
    inset: tuple[date, ...] = ()
    inset_roles: tuple[str, ...] = ("staff",)
    one_off: tuple[OneOffDay, ...] = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """The period that holds at an instant, and when it stops holding (None: not known)."""

    name: str
    kind: PeriodKind
    until: datetime | None
    known: bool = True


CLOCK_IN_DOUBT: Final = Moment(UNKNOWN, PeriodKind.LESSON, None, known=False)


def moment_at(at: datetime, timetable: Timetable, calendar: Calendar, role: str) -> Moment:
    """Return the period at an aware instant, for one role on one timetable."""
    zone = ZoneInfo(calendar.zone)
    today = at.astimezone(zone).date()
    spans: list[tuple[datetime, datetime, Period]] = []
    for offset in range(-1, LOOK_AHEAD + 1):
        spans += _instants(today + offset * DAY, timetable, calendar, role, zone)
        if offset >= 1 and any(start > at for start, _, _ in spans):
            break
    next_start = min((start for start, _, _ in spans if start > at), default=None)
    if not _covered(today, calendar):
        until = _earliest(_midnight(today + DAY, zone), next_start)
        return Moment(UNKNOWN, PeriodKind.LESSON, until, known=False)
    limit = _earliest(_covers_until(calendar, zone), next_start)
    running = [span for span in spans if span[0] <= at < span[1]]
    if running:
        _, end, period = max(running, key=lambda span: span[0])
        return Moment(period.name, period.kind, _earliest(end, limit))
    horizon = _midnight(today + LOOK_AHEAD * DAY, zone)
    return Moment(PeriodKind.CLOSED, PeriodKind.CLOSED, _earliest(horizon, limit))


def day_periods(
    day: date, timetable: Timetable, calendar: Calendar, role: str
) -> tuple[Period, ...]:
    """Return the periods of one date, before any is turned into instants."""
    if not _covered(day, calendar):
        return ()
    for one_off in calendar.one_off:
        if one_off.day == day and (not one_off.timetables or timetable.id in one_off.timetables):
            return one_off.periods
    usual = tuple(p for p in timetable.periods if day.weekday() in p.days)
    if day in calendar.inset:
        if role not in calendar.inset_roles:
            return ()
        return tuple(Period(p.name, PeriodKind.LESSON, p.start, p.end, p.days) for p in usual)
    if any(span.first <= day <= span.last for span in calendar.holidays):
        return ()
    if not any(span.first <= day <= span.last for span in calendar.terms):
        return ()
    return usual


def _covered(day: date, calendar: Calendar) -> bool:
    return calendar.covers is not None and calendar.covers.first <= day <= calendar.covers.last


def _covers_until(calendar: Calendar, zone: ZoneInfo) -> datetime:
    last = calendar.covers.last if calendar.covers else date.max - DAY
    return _midnight(last + DAY, zone)


def _instants(
    day: date, timetable: Timetable, calendar: Calendar, role: str, zone: ZoneInfo
) -> list[tuple[datetime, datetime, Period]]:
    periods = day_periods(day, timetable, calendar, role)
    return [(_instant(day, p.start, zone), _instant(day, p.end, zone), p) for p in periods]


@lru_cache(maxsize=4096)  # every verdict asks for the same few bells, and zones are slow
def _instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """The instant of a wall-clock time. A time that a clock change skips is the change itself
    or later, one that it repeats is the first of the two (PEP 495, fold 0)."""
    days, rest = divmod(minutes, 1440)
    wall = datetime.combine(day + days * DAY, time(*divmod(rest, 60)), tzinfo=zone)
    return wall.astimezone(UTC)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return _instant(day, 0, zone)


def _earliest(one: datetime, other: datetime | None) -> datetime:
    return one if other is None else min(one, other)
