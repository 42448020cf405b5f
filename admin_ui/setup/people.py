"""Step 4: who is responsible (FM-01). Each gets an account and a link to make it theirs."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Length

from admin_ui import mailing
from admin_ui.gate import gate
from admin_ui.setup import appointing, door, progress
from admin_ui.setup.blueprint import blueprint
from appliance.accounts import responsible
from appliance.accounts.responsible import MANDATORY, NAMES, WHAT, Duty


class PeopleForm(FlaskForm):
    """A name and an e-mail address for each duty; the fields are added below."""

    def validate(self, extra_validators: Any = None) -> bool:
        """See that each line has both or nothing, and that nobody needed is missing."""
        fine = bool(super().validate(extra_validators))
        for duty in Duty:
            name, email = self[f"{duty}_name"], self[f"{duty}_email"]
            has_name, has_email = bool((name.data or "").strip()), bool((email.data or "").strip())
            wrong = None
            if has_name and not has_email:
                wrong = email, f"Enter the e-mail address of the {_small(duty)}"
            elif has_email and not has_name:
                wrong = name, f"Enter the name of the {_small(duty)}"
            elif duty in MANDATORY and not has_name:
                wrong = name, f"Enter the name of the {_small(duty)}: nothing goes live without"
            if wrong is not None:
                wrong[0].errors = [*wrong[0].errors, wrong[1]]
                fine = False
        return fine


def _small(duty: Duty) -> str:
    name = NAMES[duty]
    return name[0].lower() + name[1:]


for _duty in Duty:
    setattr(PeopleForm, f"{_duty}_name",
            StringField("Name", widget=GovTextInput(), validators=[Length(max=120)]))  # fmt: skip
    setattr(PeopleForm, f"{_duty}_email",
            StringField("E-mail address", widget=GovTextInput(),
                        validators=[Length(max=120)]))  # fmt: skip


@blueprint.route("/setup/people", methods=["GET", "POST"])
@door.step("people")
def people() -> str | Response:
    """Ask for the people who are responsible."""
    with gate().reading() as session:
        held = responsible.every(session)
    known = {f"{duty}_name": account.name for duty, account in held.items()}
    known |= {f"{duty}_email": account.login for duty, account in held.items()}
    form = PeopleForm(data=known)
    if form.validate_on_submit():
        response = make_response(redirect(url_for("setup.invitations"), 303))
        wanted = {duty: _typed(form, duty) for duty in Duty}
        try:
            with gate().writing() as session:
                appointing.appoint(session, wanted, response)
                progress.mark(session, "people")
        except appointing.AppointmentError as error:
            form[f"{error.duty}_email"].errors = [str(error)]
        else:
            return response
    duties = [(duty, NAMES[duty], WHAT[duty], duty in MANDATORY) for duty in Duty]
    return door.page("people", form=form, duties=duties)


@blueprint.get("/setup/people/invitations")
@door.step("people")
def invitations() -> str:
    """Who has not made their account theirs yet."""
    with gate().reading() as session:
        waiting = appointing.uninvited(session)
    return _invitations(waiting, {})


@blueprint.post("/setup/people/invitations")
@door.step("people")
def make_invitations() -> str | Response:
    """Make a link for each of them, and show them this once. New links end the old ones."""
    if not FlaskForm().validate_on_submit():
        return redirect(url_for("setup.invitations"), 303)
    with gate().writing() as session:
        waiting = appointing.uninvited(session)
        paths = {account.id: appointing.invite(session, account) for account in waiting}
    if waiting and mailing.invitations([(account, paths[account.id]) for account in waiting]):
        flash("The links go out by mail, too.", "success")
    ours = url_for("pages.home", _external=True).rstrip("/")
    links = {id_: f"{ours}{path}" for id_, path in paths.items()}
    if not waiting:
        flash("Everybody has made their account theirs.", "success")
    return _invitations(waiting, links)


def _invitations(waiting: Any, links: dict[int, str]) -> str:
    return render_template(
        "setup/invitations.html", waiting=waiting, links=links, number=progress.number("people"),
        total=progress.TOTAL, form=FlaskForm(), back=url_for("setup.people"),
        onward=url_for(f"setup.{progress.following('people')}"),
    )  # fmt: skip


def _typed(form: PeopleForm, duty: Duty) -> tuple[str, str]:
    name = " ".join((form[f"{duty}_name"].data or "").split())
    return name, (form[f"{duty}_email"].data or "").strip().lower()
