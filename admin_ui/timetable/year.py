"""The school year: terms, holidays, INSET days. What is changed here holds over the policy's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextInput
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse
from wtforms import RadioField, SelectChoice, StringField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from admin_ui import access, who
from admin_ui.gate import gate
from admin_ui.record import record
from admin_ui.timetable.blueprint import blueprint
from admin_ui.timetable.one_off import say
from appliance.policy.timetable import DAY, Calendar, DateSpan
from appliance.store import calendar
from appliance.store.known import vocabulary

LONGEST: Final = 200  # days of a term or holiday
KINDS: Final = (
    SelectChoice("term", "Term"), SelectChoice("holiday", "Holiday or half-term"),
    SelectChoice("inset", "INSET days"),
)  # fmt: skip


class SpanForm(FlaskForm):
    """One span of dates; the last day may be left out."""

    kind = RadioField(
        "What is it?", widget=GovRadioInput(), choices=list(KINDS),
        validators=[InputRequired("Choose what it is")],
    )  # fmt: skip
    name = StringField("Name", widget=GovTextInput(), validators=[Length(max=80)])
    first = StringField(
        "First day", widget=GovTextInput(), validators=[DataRequired("Enter the first day")],
        description="For example 2027-01-04",
    )  # fmt: skip
    last = StringField(
        "Last day", widget=GovTextInput(), description="Leave it empty for a single day",
    )  # fmt: skip

    def validate_first(self, field: StringField) -> None:
        """A date."""
        _date(field.data or "")

    def validate_last(self, field: StringField) -> None:
        """A date that is not before the first, and not far after it."""
        if not (field.data or "").strip():
            return
        last = _date(field.data or "")
        try:
            first = date.fromisoformat((self.first.data or "").strip())
        except ValueError:
            return
        if last < first:
            raise ValidationError("The last day is before the first")
        if (last - first).days > LONGEST:
            raise ValidationError(f"No term or holiday is longer than {LONGEST} days")

    @property
    def span(self) -> DateSpan:
        """The dates of a form that was accepted."""
        first = _date(self.first.data or "")
        last = (self.last.data or "").strip()
        return DateSpan(first, _date(last) if last else first, (self.name.data or "").strip())


@blueprint.route("/calendar", methods=["GET", "POST"])
def school_year() -> str | AnyResponse | tuple[str, int]:
    """What is known of the year; a span can be added."""
    form = SpanForm()
    if request.method == "POST":
        if not access.TECHNICIAN & who.me().posts:
            return redirect(url_for("timetable.school_year"), 303)  # only looked at
        if form.validate():
            return _added(form.kind.data or "", form.span)
    view = gate().view()
    contents = view.snapshot.contents
    page = render_template(
        "timetable/year.html", form=form, year=contents.calendar, today=view.at.date(),
        roles=[r.name for r in contents.roles if r.id in contents.calendar.inset_roles],
        may_change=bool(access.TECHNICIAN & who.me().posts),
        may_set_days=bool((access.TECHNICIAN | access.LEADERS) & who.me().posts),
    )  # fmt: skip
    return (page, 422) if form.errors else page


@blueprint.post("/calendar/remove")
def remove_span() -> AnyResponse:
    """Take a term, a holiday or an INSET day out of the year."""
    form = request.form
    try:
        first, last = (date.fromisoformat(form.get(key, "")) for key in ("first", "last"))
    except ValueError:
        flash("This could not be read. Nothing was changed.", "error")
        return redirect(url_for("timetable.school_year"), 303)
    kind, name = form.get("kind", ""), form.get("name", "")
    with gate().writing() as session:
        year = current_year(session)
        gone = DateSpan(first, last, name)
        changed = replace(
            year,
            terms=tuple(s for s in year.terms if kind != "term" or s != gone),
            holidays=tuple(s for s in year.holidays if kind != "holiday" or s != gone),
            inset=tuple(d for d in year.inset if kind != "inset" or d != first),
        )
        done = changed != year
        if done:
            put(session, changed, f"{kind} removed", gone)
    if done:
        say("The date was removed")
    else:
        flash("Somebody else removed it already.", "error")
    return redirect(url_for("timetable.school_year"), 303)


def current_year(session: Session) -> Calendar:
    """Return the year as the store holds it now."""
    policy = vocabulary(session)
    return calendar.applied(session, policy.calendar if policy else Calendar())


def put(session: Session, year: Calendar, what: str, span: DateSpan | None = None) -> None:
    """Keep a year in place of the policy's, with an audit entry.

    Raises:
        ValueError: terms that nothing covers.
    """
    covers = year.covers
    if year.terms:
        first = min(term.first for term in year.terms)
        last = max(term.last for term in year.terms)
        covers = covers or DateSpan(first, last)
        covers = replace(covers, first=min(covers.first, first), last=max(covers.last, last))
    calendar.import_dates(session, replace(year, covers=covers))
    said = {} if span is None else {
        "name": span.name, "first": span.first.isoformat(), "last": span.last.isoformat()
    }  # fmt: skip
    record(session, "calendar.changed", "school year", what=what, **said)


def _added(kind: str, span: DateSpan) -> AnyResponse:
    with gate().writing() as session:
        year = current_year(session)
        if kind == "inset":
            days = {span.first + DAY * n for n in range((span.last - span.first).days + 1)}
            year = replace(year, inset=tuple(sorted({*year.inset, *days})))
        elif kind == "term":
            year = replace(year, terms=_with(year.terms, span))
        else:
            year = replace(year, holidays=_with(year.holidays, span))
        put(session, year, f"{kind} added", span)
    say("The date was added")
    return redirect(url_for("timetable.school_year"), 303)


def _with(spans: tuple[DateSpan, ...], span: DateSpan) -> tuple[DateSpan, ...]:
    return tuple(sorted({*spans, span}, key=lambda s: (s.first, s.last, s.name)))


def _date(text: str) -> date:
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        raise ValidationError("Enter a date like 2027-01-04") from None
    if not 2000 <= found.year < 2100:
        raise ValidationError("Enter a date from 2000 to 2099")
    return found
