"""Term dates from the school's own calendar: read, shown, then taken over."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput
from werkzeug.wrappers import Response as AnyResponse

from admin_ui.gate import gate
from admin_ui.limits import takes_files
from admin_ui.timetable.blueprint import blueprint
from admin_ui.timetable.one_off import say
from admin_ui.timetable.year import current_year, put
from appliance.policy.timetable import DateSpan
from appliance.policy_file import PolicyFileError
from appliance.policy_file.ics import MAX_BYTES, SchoolDates, read_dates, with_dates
from appliance.policy_file.mistakes import Mistake

MOST = 500  # dates that one file brings


class FileForm(FlaskForm):
    """A file from this computer."""

    file = FileField("Calendar file (.ics)", widget=GovFileInput())


@blueprint.get("/calendar/import")
def import_dates() -> str:
    """Where a calendar file is chosen."""
    return render_template("timetable/import.html", form=FileForm(), mistakes=(), said="")


@blueprint.post("/calendar/import")
@takes_files
def imported() -> str | tuple[str, int]:
    """What a calendar file says, before any of it is taken over."""
    form, said = FileForm(), ""
    mistakes: tuple[Mistake, ...] = ()
    sent = form.file.data
    data = sent.stream.read(MAX_BYTES + 1) if sent else b""
    if sent:
        sent.close()
    view = gate().view()
    if not data:
        said = "Choose a calendar file that is not empty"
    else:
        try:
            dates = read_dates(data, "the file", view.snapshot.contents.calendar.zone)
            return _preview(dates)
        except PolicyFileError as error:
            mistakes = error.mistakes
    page = render_template("timetable/import.html", form=form, mistakes=mistakes, said=said)
    return page, 422


@blueprint.post("/calendar/import/take")
def take_dates() -> AnyResponse:
    """Take over what was shown."""
    try:
        dates = _unpacked(json.loads(request.form.get("dates", "")))
    except (ValueError, TypeError, KeyError, RecursionError):
        flash("The dates could not be read. Please choose the file again.", "error")
        return redirect(url_for("timetable.import_dates"), 303)
    with gate().writing() as session:
        year = with_dates(current_year(session), dates)
        said = f"{len(dates.terms)} terms, {len(dates.holidays)} holidays, {len(dates.inset)} INSET"
        put(session, year, f"imported: {said}")
    say(f"Taken over: {said} days")
    return redirect(url_for("timetable.school_year"), 303)


def _preview(dates: SchoolDates) -> str:
    with gate().reading() as session:
        before = current_year(session)
    after = with_dates(before, dates)
    gone = [("Term", s) for s in before.terms if s not in after.terms]
    gone += [("Holiday", s) for s in before.holidays if s not in after.holidays]
    gone += [("INSET day", DateSpan(d, d)) for d in before.inset if d not in after.inset]
    return render_template(
        "timetable/import_preview.html", dates=dates, gone=gone, packed=json.dumps(_packed(dates))
    )


def _packed(dates: SchoolDates) -> dict[str, Any]:
    def spans(some: tuple[DateSpan, ...]) -> list[list[str]]:
        return [[s.first.isoformat(), s.last.isoformat(), s.name] for s in some]

    return {
        "terms": spans(dates.terms), "holidays": spans(dates.holidays),
        "inset": [day.isoformat() for day in dates.inset],
    }  # fmt: skip


def _unpacked(packed: Any) -> SchoolDates:
    """Return dates that came back from a form.

    Raises:
        ValueError, TypeError, KeyError: they are not what the preview gave.
    """
    terms, holidays = (tuple(map(_span, packed[key])) for key in ("terms", "holidays"))
    inset = tuple(_near(day) for day in packed["inset"])
    if len(terms) + len(holidays) + len(inset) > MOST:
        raise ValueError("too many dates")
    return SchoolDates(terms, holidays, inset, ())


def _span(packed: Any) -> DateSpan:
    first, last, name = packed
    span = DateSpan(_near(first), _near(last), str(name)[:200])
    if not 0 <= (span.last - span.first).days <= 200:
        raise ValueError("no span of a school year")
    return span


def _near(text: Any) -> date:
    found = date.fromisoformat(text)
    if not 2000 <= found.year < 2100:
        raise ValueError("no date of a school year")
    return found
