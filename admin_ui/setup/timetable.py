"""Step 6: bells and terms. The policy brings a week and a year; both can be changed later."""

from __future__ import annotations

from flask import current_app, flash, redirect, url_for
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovRadioInput
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.validators import DataRequired

from admin_ui.gate import gate
from admin_ui.record import record
from admin_ui.setup import door, progress
from admin_ui.setup.blueprint import blueprint
from appliance.policy.snapshot import Contents
from appliance.policy.timetable import Period
from appliance.policy_file import PolicyFileError, ics
from appliance.publish.compile import compile_contents
from appliance.store import calendar

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class TimetableForm(FlaskForm):
    """Keep what is shown, or change it now; term dates may come from a file."""

    dates = FileField(
        "Term dates as an iCalendar file (.ics)", widget=GovFileInput(),
        description="Optional. Most school calendars can be saved as one. Terms, half-terms, "
        "INSET days and holidays are taken from it; all else in it is left alone.",
    )  # fmt: skip
    bells = RadioField(
        "The bells", widget=GovRadioInput(), default="keep",
        choices={"keep": "These are right, or I change them later",
                 "change": "Change them now"},
        validators=[DataRequired("Say whether the bells are right")],
    )  # fmt: skip


@blueprint.route("/setup/timetable", methods=["GET", "POST"])
@door.step("timetable")
def timetable() -> str | Response:
    """Show the week and the year, and take term dates from a file."""
    form = TimetableForm()
    if form.validate_on_submit() and _imported(form):
        with gate().writing() as session:
            progress.mark(session, "timetable")
        if form.bells.data == "change" and "timetable.index" in current_app.view_functions:
            flash("Change the bells here, then come back to the set-up: its address is "
                  f"{url_for('setup.index', _external=True)}", "message")  # fmt: skip
            return redirect(url_for("timetable.index"), 303)
        return door.onwards("timetable")
    with gate().reading() as session:
        contents = compile_contents(session, 0, gate().real())
    return door.page(
        "timetable", form=form, week=week(contents), year=contents.calendar,
        more=len(contents.timetables) - 1,
    )  # fmt: skip


def week(contents: Contents) -> list[tuple[str, str, str, str]]:
    """Return the periods of the default bells: name, from, to, and on which weekdays."""
    return [
        (period.name, _clock(period.start), _clock(period.end), _days(period.days))
        for period in sorted(contents.timetables[0].periods, key=_start)
    ]


def _days(days: tuple[int, ...]) -> str:
    ordered = sorted(days)
    if len(ordered) > 2 and ordered == list(range(ordered[0], ordered[-1] + 1)):
        return f"{DAYS[ordered[0]]} to {DAYS[ordered[-1]]}"
    return ", ".join(DAYS[day] for day in ordered)


def _start(period: Period) -> tuple[int, int]:
    return period.start, period.end


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def _imported(form: TimetableForm) -> bool:
    """Whether there was no file, or all of it could be used; else the form says what is wrong."""
    file = form.dates.data
    if not file or not file.filename:
        return True
    data = file.stream.read(ics.MAX_BYTES + 1)
    try:
        with gate().writing() as session:
            words = _take(session, data)
    except PolicyFileError as error:
        form.dates.errors = [f"Line {m.line}: {m.message}" for m in error.mistakes[:5]]
        return False
    except ValueError as error:
        form.dates.errors = [str(error)]
        return False
    door.tell(words)
    return True


def _take(session: Session, data: bytes) -> str:
    year = compile_contents(session, 0, gate().real()).calendar
    dates = ics.read_dates(data, "the file", year.zone)
    calendar.import_dates(session, ics.with_dates(year, dates))
    counts = {
        "terms": len(dates.terms), "holidays": len(dates.holidays), "INSET days": len(dates.inset)
    }  # fmt: skip
    record(session, "calendar.imported", "term dates", taken=counts)
    return ", ".join(f"{count} {what}" for what, count in counts.items()) + " were taken over."
