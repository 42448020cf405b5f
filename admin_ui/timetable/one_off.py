"""A day with bells of its own: shown before it is put in force, and taken back again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from admin_ui import dates
from admin_ui.gate import View, gate
from admin_ui.policy.held import held, in_force
from admin_ui.record import record
from admin_ui.timetable import period_rows
from admin_ui.timetable.bells import BellsForm
from admin_ui.timetable.blueprint import blueprint
from admin_ui.timetable.period_rows import Row
from appliance.policy.spans import ringing_for
from appliance.policy.timetable import Calendar, OneOffDay, Period, Timetable, day_periods
from appliance.policy_file import day_presets
from appliance.policy_file.bell_changes import clock, day_effects, gaps, stretches
from appliance.policy_file.effects import Effect
from appliance.policy_file.slot_words import KINDS
from appliance.store import calendar

EVERY: Final = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What a day would be for those of one timetable, against what it is."""

    timetable: str
    before: tuple[Period, ...]
    after: tuple[Period, ...]
    effects: tuple[Effect, ...]
    now: tuple[Effect, ...]
    gaps: tuple[str, ...]


@dataclass(slots=True)
class Typed:
    """The form of a day as it was filled in."""

    day: str
    name: str
    timetables: list[str]
    rows: list[Row]
    preset: str = ""
    ends: str = ""

    @property
    def date(self) -> date | None:
        """The date, if it is one."""
        try:
            found = date.fromisoformat(self.day.strip())
        except ValueError:
            return None
        return found if 2000 <= found.year < 2100 else None


@blueprint.route("/timetable/day", methods=["GET", "POST"])
def day() -> str | AnyResponse | tuple[str, int]:
    """Make a one-off day: ?preset=wet-play&day=2026-11-23 fills it in."""
    view, mistakes = gate().view(), dict[str, str]()
    typed = _from_address(view) if request.method == "GET" else _from_form()
    for id_ in typed.timetables:
        if id_ not in {t.id for t in view.snapshot.contents.timetables}:
            abort(400)
    periods = period_rows.checked(typed.rows, with_days=False)
    wanted = request.form.get("do", "")
    if request.method == "POST":
        if typed.date is None:
            mistakes["day"] = "Enter a date like 2026-11-23"
        if not typed.name:
            mistakes["name"] = "Say what kind of day it is"
        if wanted == "save" and not mistakes and not period_rows.problems(typed.rows):
            return _saved(typed, periods, view)
        if wanted == "more":
            typed.rows += [Row() for _ in range(period_rows.BLANK)]
            mistakes = {}
    fine = typed.date is not None and not period_rows.problems(typed.rows)
    shown = _changes(typed, typed.date, periods, view) if fine and typed.date else []
    page = render_template(
        "timetable/day.html", typed=typed, mistakes=mistakes, changes=shown, kinds=KINDS,
        form=BellsForm(), presets=day_presets.NAMES, about=day_presets.ABOUT, clock=clock,
        timetables=[t.id for t in view.snapshot.contents.timetables],
        today=typed.date == view.at.date(), day_words=typed.date and dates.day(typed.date),
    )  # fmt: skip
    bad = request.method == "POST" and wanted != "more" and (mistakes or not fine)
    return (page, 422) if bad else page


@blueprint.post("/timetable/day/remove")
def remove_day() -> AnyResponse:
    """Give a date its usual bells back."""
    try:
        found = date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        abort(400)
    timetables = tuple(request.form.getlist("timetables"))
    with gate().writing() as session:
        done = calendar.remove_day(session, found, timetables)
        if done:
            record(session, "calendar.changed", found.isoformat(), what="day removed",
                   timetables=list(timetables))  # fmt: skip
    if done:
        say(f"{dates.day(found)} has its usual bells again")
    else:
        flash("This day was removed by somebody else already, or it stands in the policy file.",
              "error")  # fmt: skip
    return redirect(url_for("timetable.index"), 303)


def say(what: str) -> None:
    """Say what was done, and truthfully whether the running gate has it already."""
    if gate().in_force():
        flash(f"{what}. The gate follows it now.", "success")
    else:
        flash(f"{what}. It is kept; the running gate has not confirmed it within a second.", "note")


def usual(on: date, timetable: Timetable, view: View) -> tuple[Period, ...]:
    """Return the bells of a date without any one-off day, as pupils have them."""
    contents = view.snapshot.contents
    year = replace(contents.calendar, one_off=())
    return _periods(on, timetable, year, view) or tuple(
        p for p in timetable.periods if on.weekday() in p.days
    )


def _periods(on: date, timetable: Timetable, year: Calendar, view: View) -> tuple[Period, ...]:
    role = ringing_for(view.snapshot.contents).role
    return tuple(sorted(day_periods(on, timetable, year, role), key=lambda p: p.start))


def _from_address(view: View) -> Typed:
    which = request.args.get("preset", "")
    typed = Typed(request.args.get("day", view.at.date().isoformat())[:10], "", [], [], which)
    on = typed.date or view.at.date()
    chosen = request.args.getlist("timetables")
    typed.timetables = [t.id for t in view.snapshot.contents.timetables if t.id in chosen]
    default = next((t for t in view.snapshot.contents.timetables if t.id in chosen),
                   view.snapshot.contents.timetables[0])  # fmt: skip
    bells = usual(on, default, view)
    if which in day_presets.NAMES:
        ends = period_rows.Row(start=request.args.get("ends", ""))
        minutes = period_rows.minutes(ends.start)
        typed.ends = ends.start or clock_field(day_presets.EARLY)
        made = day_presets.preset(which, bells, minutes or day_presets.EARLY)
        typed.name, bells = made.name, made.periods
    typed.rows = period_rows.rows_of(bells, blank=1)
    return typed


def clock_field(minutes: int) -> str:
    """Return minutes as a field of a form has them."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _from_form() -> Typed:
    form = request.form
    return Typed(
        form.get("day", "")[:10].strip(), " ".join(form.get("name", "")[:80].split()),
        form.getlist("timetables")[:50], period_rows.read(form, with_days=False),
        form.get("preset", "")[:20],
    )  # fmt: skip


def _changes(typed: Typed, on: date, periods: tuple[Period, ...], view: View) -> list[Change]:
    contents = view.snapshot.contents
    with gate().reading() as session:
        current = in_force(session)
        policy = held(session, current.text, current.source, view.at)
    survey, names, found = policy.survey, policy.names, []
    minute = view.at.hour * 60 + view.at.minute
    for timetable in contents.timetables:
        if typed.timetables and timetable.id not in typed.timetables:
            continue
        before = _periods(on, timetable, contents.calendar, view)
        running = [s for s in stretches(before, periods) if s.start <= minute < s.end]
        now: tuple[Effect, ...] = ()
        if running and on == view.at.date():
            was, becomes = ([p] if p else [] for p in (running[0].before, running[0].after))
            now = day_effects(survey, names, was, becomes)
        found.append(
            Change(
                timetable.id, before, periods, day_effects(survey, names, before, periods), now,
                tuple(f"Between {a.name} and {b.name} no period runs: that time counts as closed."
                      for a, b in gaps(periods)),
            )
        )  # fmt: skip
    return found


def _saved(typed: Typed, periods: tuple[Period, ...], view: View) -> AnyResponse:
    on = typed.date
    assert on is not None
    made = OneOffDay(on, typed.name, periods, tuple(typed.timetables))
    known = [t.id for t in view.snapshot.contents.timetables]
    with gate().writing() as session:
        _make_room(session, made, known)
        calendar.add_day(session, made)
        record(session, "calendar.changed", on.isoformat(), what="day added", name=made.name,
               timetables=list(made.timetables), periods=_written(periods))  # fmt: skip
    say(f"{dates.day(on)}: {made.name}")
    return redirect(url_for("timetable.index"), 303)


def _make_room(session: Session, made: OneOffDay, known: Sequence[str]) -> None:
    """The first day that fits a timetable holds, so earlier ones give way for those it is for."""
    mine = set(made.timetables or known)
    for other in [d for d in calendar.days(session) if d.day == made.day]:
        rest = tuple(id_ for id_ in other.timetables or known if id_ not in mine)
        calendar.remove_day(session, other.day, other.timetables)
        if rest:
            calendar.add_day(session, replace(other, timetables=rest))


def _written(periods: Sequence[Period]) -> list[str]:
    return [f"{p.name} ({p.kind.value}) {clock(p.start)} to {clock(p.end)}" for p in periods]
