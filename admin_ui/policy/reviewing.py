"""The yearly review (FM-05), and what asks for one in between (FM-06)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextArea, GovTextInput
from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from admin_ui import who
from admin_ui.gate import gate
from admin_ui.policy.blueprint import blueprint
from admin_ui.policy.held import document_of, in_force
from admin_ui.record import record
from appliance.policy_file.edit import EditError, with_value
from appliance.store import policies, policy_reviews
from appliance.store.audit_tables import AuditRow
from appliance.store.policy_reviews import Review

SHOWN: Final = 50  # changes since the last review; the audit log has them all
# Changes of what filtering rests on: the working practice, the network, the rules (FM-06).
TRIGGERS: Final = ("policy.changed", "network.", "timetable.", "calendar.", "list.", "setting.")


@dataclass(frozen=True, slots=True)
class Trigger:
    """A change since the last review."""

    at: datetime
    action: str
    subject: str
    actor: str
    reason: str


class ReviewForm(FlaskForm):
    """What FM-05 wants kept of a review."""

    today: date | None = None

    day = StringField(
        "Date of the review", widget=GovTextInput(), validators=[DataRequired("Enter the date")],
        description="For example 2026-11-23",
    )  # fmt: skip
    took_part = TextAreaField(
        "Who took part", widget=GovTextArea(),
        validators=[DataRequired("Say who took part"), Length(max=2000)],
        description="The senior leader, the safeguarding lead, IT, and the governor responsible.",
    )  # fmt: skip
    results = TextAreaField(
        "Results", widget=GovTextArea(),
        validators=[DataRequired("Say what was found"), Length(max=8000)],
        description="What was checked, what works, what does not.",
    )  # fmt: skip
    actions = TextAreaField(
        "Actions", widget=GovTextArea(), validators=[Length(max=8000)],
        description="What is to be done, by whom, until when.",
    )  # fmt: skip
    next_review = StringField(
        "Next review", widget=GovTextInput(),
        validators=[DataRequired("Enter when it is reviewed again")],
        description="Within a year, for example 2027-09-01",
    )  # fmt: skip

    def validate_day(self, field: StringField) -> None:
        """A review that was held: a date that is not to come."""
        if self.today and _date(field.data or "") > self.today:
            raise ValidationError("The review must have been held: today or earlier")

    def validate_next_review(self, field: StringField) -> None:
        """After the review, and within a year of it (FM-05: once every academic year)."""
        found = _date(field.data or "")
        try:
            held = date.fromisoformat((self.day.data or "").strip())
        except ValueError:
            return
        if found <= held:
            raise ValidationError("The next review must be later than this one")
        if (found - held).days > 366:
            raise ValidationError("The next review must be within a year")


@blueprint.route("/policy/review", methods=["GET", "POST"])
def review() -> str | AnyResponse | tuple[str, int]:
    """When it is due, what changed since, what was found before; and a form to record one."""
    form, today = ReviewForm(), gate().view().at.date()
    form.today = today
    if request.method == "POST" and form.validate():
        return _record(form)
    with gate().reading() as session:
        current = in_force(session)
        document = document_of(current.text, current.source)
        held = policy_reviews.every(session)
        since = held[0].recorded if held else None
        triggers, more = _triggers(session, since)
    due = document.policy.next_review
    if request.method == "GET":
        form.day.data = today.isoformat()
    page = render_template(
        "policy/review.html", form=form, due=due, overdue=due is not None and due <= today,
        reviews=held, triggers=triggers, more=more, policy=document.policy,
    )  # fmt: skip
    return (page, 422) if form.errors else page


def _record(form: ReviewForm) -> AnyResponse:
    next_review = _date(form.next_review.data or "")
    with gate().writing() as session:
        current, at, login = in_force(session), gate().real(), who.me().login
        version, said = current.id, ""
        try:
            text = with_value(current.text, ("policy", "next_review"), next_review.isoformat())
            if text != current.text:
                reason = f"Reviewed; the next review is on {next_review.isoformat()}."
                version = policies.set_policy(session, text, current.source, login, reason, at).id
                record(session, "policy.changed", f"version {version}", reason=reason)
        except EditError:
            said = " Please set the next review date in the policy file: it is written in a way " \
                   "that this page cannot change."  # fmt: skip
        kept = policy_reviews.add(
            session,
            Review(
                day=_date(form.day.data or ""), took_part=form.took_part.data or "",
                results=form.results.data or "", actions=form.actions.data or "",
                next_review=next_review, recorded=gate().real(), recorded_by=login, version=version,
            ),
        )  # fmt: skip
        record(session, "policy.reviewed", f"version {version}", day=kept.day.isoformat(),
               took_part=kept.took_part, results=kept.results, actions=kept.actions,
               next_review=kept.next_review.isoformat())  # fmt: skip
    flash(f"The review is recorded. The next one is due on {next_review.isoformat()}.{said}",
          "success")  # fmt: skip
    return redirect(url_for("policy.review"), 303)


def _triggers(session: Session, since: datetime | None) -> tuple[list[Trigger], bool]:
    query = select(AuditRow).where(or_(*(AuditRow.action.startswith(t) for t in TRIGGERS)))
    if since is not None:
        query = query.where(AuditRow.at > since)
    rows = session.scalars(query.order_by(AuditRow.number.desc()).limit(SHOWN + 1)).all()
    found = [Trigger(r.at, r.action, r.subject, r.actor, r.reason) for r in rows[:SHOWN]]
    return found, len(rows) > SHOWN


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ValidationError("Enter a date like 2026-11-23") from None
