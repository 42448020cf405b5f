"""The bells as they are: today, and the week of every timetable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import render_template

from admin_ui import access, who
from admin_ui.gate import View, gate
from admin_ui.timetable.blueprint import blueprint
from appliance.policy.model import PeriodKind
from appliance.policy.spans import ringing_for
from appliance.policy.timetable import Calendar, Period, Timetable, day_periods
from appliance.policy_file.bell_changes import DAYS, clock
from appliance.policy_file.day_presets import ABOUT, NAMES
from appliance.policy_file.slot_words import KINDS


@dataclass(frozen=True, slots=True)
class Bell:
    """One period as a page shows it. now: it is running."""

    name: str
    kind: str
    start: str
    end: str
    now: bool = False


@dataclass(frozen=True, slots=True)
class Today:
    """What today is for those of one timetable."""

    timetable: str
    called: str
    bells: tuple[Bell, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """A timetable as a grid: a row for each period, a cell for each day."""

    id: str
    groups: tuple[str, ...]
    days: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[str, ...]], ...]


@blueprint.get("/timetable")
def index() -> str:
    """Today, then the week."""
    view = gate().view()
    contents = view.snapshot.contents
    return render_template(
        "timetable/index.html", today=[_today(t, view) for t in contents.timetables],
        weeks=[week(t, view) for t in contents.timetables], presets=NAMES, about=ABOUT,
        may_change=bool(access.TECHNICIAN & who.me().posts),
        may_set_days=bool((access.TECHNICIAN | access.LEADERS) & who.me().posts),
        coming=[day for day in contents.calendar.one_off if day.day >= view.at.date()],
        covered=contents.calendar.covers is not None and (
            contents.calendar.covers.first <= view.at.date() <= contents.calendar.covers.last
        ),
    )  # fmt: skip


def week(timetable: Timetable, view: View) -> Week:
    """Return the grid of a timetable; Saturday and Sunday only where there is something."""
    used = {day for period in timetable.periods for day in period.days}
    days = [day for day in range(7) if day < 5 or day in used]
    named: dict[tuple[str, PeriodKind], list[Period]] = {}
    for period in sorted(timetable.periods, key=lambda p: p.start):
        named.setdefault((period.name, period.kind), []).append(period)
    rows = []
    for (name, kind), periods in named.items():
        cells = tuple(
            " and ".join(f"{clock(p.start)} to {clock(p.end)}" for p in periods if day in p.days)
            for day in days
        )
        rows.append((name, KINDS[kind], cells))
    groups = view.snapshot.contents.groups
    mine = tuple(group.name for group in groups if group.timetable == timetable.id)
    return Week(timetable.id, mine, tuple(DAYS[day] for day in days), tuple(rows))


def day_name(day: date, timetable: Timetable, calendar: Calendar) -> str:
    """Return what a date is called: a one-off day, INSET, a holiday, or an ordinary day."""
    for one_off in calendar.one_off:
        if one_off.day == day and (not one_off.timetables or timetable.id in one_off.timetables):
            return one_off.name
    if calendar.covers is None or not calendar.covers.first <= day <= calendar.covers.last:
        return "A date the calendar does not cover: every moment counts as lesson"
    if day in calendar.inset:
        return "INSET day: no pupils"
    holiday = next((s for s in calendar.holidays if s.first <= day <= s.last), None)
    if holiday is not None:
        return holiday.name or "Holiday"
    term = next((s for s in calendar.terms if s.first <= day <= s.last), None)
    if term is None:
        return "Out of term: closed"
    return "An ordinary school day" if day.weekday() < 5 else "Weekend"


def _today(timetable: Timetable, view: View) -> Today:
    contents, day = view.snapshot.contents, view.at.date()
    role = ringing_for(contents).role
    minute = view.at.hour * 60 + view.at.minute
    periods = day_periods(day, timetable, contents.calendar, role)
    bells = tuple(
        Bell(p.name, KINDS[p.kind], clock(p.start), clock(p.end), p.start <= minute < p.end)
        for p in sorted(periods, key=lambda p: p.start)
    )
    return Today(timetable.id, day_name(day, timetable, contents.calendar), bells)
