"""What the policy says beside its rules: name, review, whom to ask, notice, ways round."""

from __future__ import annotations

from typing import Any, Final

from flask import render_template, request
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovRadioInput, GovTextInput
from werkzeug.wrappers import Response as AnyResponse
from wtforms import RadioField, SelectChoice, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from admin_ui.gate import gate
from admin_ui.policy.blueprint import blueprint
from admin_ui.policy.working import keep, working
from appliance.policy_file import PolicyDocument, PolicyFileError
from appliance.policy_file.edit import EditError, with_value, without
from appliance.policy_file.prose import Namer
from appliance.policy_file.slot_words import capital

DATE: Final = Regexp(r"^\d{4}-\d\d-\d\d$", message="Enter a date like 2027-09-01")
# Each field of the form and where the file has it.
PATHS: Final = (
    ("name", ("policy", "name")), ("school", ("policy", "school")),
    ("next_review", ("policy", "next_review")), ("review_by", ("policy", "review_by")),
    ("ask", ("school", "ask")), ("contact", ("school", "contact")),
    ("notice", ("monitoring", "notice")), ("unclassified", ("unclassified_social", "action")),
    ("around", ("circumvention", "roles")), ("answered", ("circumvention", "answered_only")),
)  # fmt: skip


class DetailsForm(FlaskForm):
    """The fields in the order of the page."""

    name = StringField(
        "Name of the policy", widget=GovTextInput(),
        validators=[InputRequired("Give the policy a name"), Length(max=200)],
    )  # fmt: skip
    school = StringField(
        "School", widget=GovTextInput(),
        validators=[InputRequired("Name the school"), Length(max=200)],
    )  # fmt: skip
    next_review = StringField(
        "Next review", widget=GovTextInput(), validators=[Optional(), DATE],
        description="For example 2027-09-01. Recording a review sets it too.",
    )  # fmt: skip
    review_by = StringField("Who reviews it", widget=GovTextInput(), validators=[Length(max=200)])
    ask = StringField(
        "Whom block pages tell people to ask", widget=GovTextInput(),
        validators=[InputRequired("Say whom to ask"), Length(max=200)],
        description="For example: your teacher",
    )  # fmt: skip
    contact = StringField(
        "Contact", widget=GovTextInput(), validators=[Length(max=200)],
        description="An address such as mailto:office@school.example, shown to staff.",
    )  # fmt: skip
    notice = StringField(
        "What people are told about monitoring", widget=GovTextInput(),
        validators=[InputRequired("People must be told"), Length(max=1000)],
    )  # fmt: skip
    unclassified = RadioField(
        "Platforms that nobody has classified yet", widget=GovRadioInput(),
        choices=[SelectChoice("follow", "As social media"), SelectChoice("block", "Blocked"),
                 SelectChoice("allow", "Allowed")],
        validators=[InputRequired("Choose one")],
    )  # fmt: skip
    around = SelectMultipleField(
        "Whose ways round the filter are closed (VPNs, web proxies, Tor)?",
        widget=GovCheckboxesInput(), choices=[], validators=[Optional()],
    )  # fmt: skip
    answered = SelectMultipleField(
        "Who reaches only addresses that the school’s own name service gave them?",
        widget=GovCheckboxesInput(), choices=[], validators=[Optional()],
        description="Only where Bellgate is the router. It stops ways round the filter that keep "
        "addresses of their own, and may stop some apps. For nobody else is it more than noted.",
    )  # fmt: skip


@blueprint.route("/policy/details", methods=["GET", "POST"])
def details() -> str | AnyResponse | tuple[str, int]:
    """Change what stands beside the rules."""
    with gate().reading() as session:
        base = working(session)
    document, form = base.document, DetailsForm()
    name = Namer(document)
    for field in (form.around, form.answered):
        field.choices = [SelectChoice(id_, capital(name(f"role:{id_}"))) for id_ in document.roles]
    held = _held(document)
    if request.method == "GET":
        for field, value in held.items():
            form[field].data = value
    elif form.validate():
        try:
            return keep(_written(base.text, form, document, held))
        except EditError as error:
            form.form_errors.append(f"This form cannot change the file as it is written: {error}")
        except PolicyFileError as error:
            form.form_errors += [f"{m.field}: {m.message} (line {m.line})" for m in error.mistakes]
    page = render_template("policy/details.html", form=form, fresh=base.fresh)
    return (page, 422) if form.errors else page


def _held(document: PolicyDocument) -> dict[str, Any]:
    around = document.circumvention
    review = document.policy.next_review
    return {
        "name": document.policy.name, "school": document.policy.school,
        "next_review": review.isoformat() if review else "", "review_by": document.policy.review_by,
        "ask": document.school.ask, "contact": document.school.contact or "",
        "notice": document.monitoring.notice,
        "unclassified": document.unclassified_social.action,
        "around": list(around.roles) if around else [],
        "answered": list(around.answered_only) if around else [],
    }  # fmt: skip


def _written(text: str, form: DetailsForm, document: PolicyDocument, held: dict[str, Any]) -> str:
    has_section = document.circumvention is not None
    for field, path in PATHS:
        value = form[field].data
        value = value.strip() if isinstance(value, str) else value
        if value == held[field] or (isinstance(value, list) and set(value) == set(held[field])):
            continue
        if path[0] == "circumvention" and not has_section:
            text = with_value(text, ("circumvention", "clause"), next(iter(document.clauses), "-"))
            has_section = True
        text = with_value(text, path, value) if value else without(text, path)
    return text
