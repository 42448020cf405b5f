"""Which person of the register an account is: what a device counts as when it signs in there."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse
from wtforms import StringField
from wtforms.validators import InputRequired, Length, Optional

from admin_ui import who
from admin_ui.devices.known import known
from admin_ui.devices.person_named import person_named
from admin_ui.gate import gate
from admin_ui.record import record
from admin_ui.sign_in_here.blueprint import blueprint
from admin_ui.signin.again import signed_again
from appliance.store import accounts
from appliance.store.accounts import Account


class LinkForm(FlaskForm):
    """A person, by id or name, and why."""

    person = StringField(
        "Person in the register", widget=GovTextInput(),
        description="Their whole name, or their id. Leave it empty if the account is nobody’s "
        "there", validators=[Optional(), Length(max=120, message=(
            "Enter a name of at most 120 characters"))],
    )  # fmt: skip
    reason = StringField(
        "Reason", widget=GovTextInput(), description="Kept in the audit log",
        validators=[InputRequired("Enter a reason"), Length(max=500, message=(
            "Enter a reason of at most 500 characters"))],
    )  # fmt: skip


@blueprint.route("/accounts/<int:id_>/person", methods=["GET", "POST"])
def link(id_: int) -> str | AnyResponse:
    """Say who an account is. Nobody links their own: it opens that person's rows of the log."""
    if (away := signed_again()) is not None:
        return away
    with gate().reading() as session:
        account = accounts.get(session, id_) or abort(404)
    own = account.id == who.me().id
    form = LinkForm(data={"person": account.person or ""})
    if form.validate_on_submit() and not own and not account.emergency:
        try:
            with gate().writing() as session:
                words = _link(session, id_, form.person.data or "", form.reason.data.strip())
        except ValueError as error:
            said = str(error).removeprefix("person: ")
            form.person.errors = [said[:1].upper() + said[1:]]
        else:
            flash(words, "success")
            return redirect(url_for("accounts.show", id_=id_), 303)
    return render_template("sign_in_here/link.html", form=form, one=account, own=own)


def _link(session: Session, id_: int, typed: str, reason: str) -> str:
    before: Account = accounts.get(session, id_) or abort(404)
    person = person_named(session, known(session), typed)
    accounts.set_person(session, id_, person)
    record(session, "account.linked", before.login, reason=reason,
           before=before.person or "", after=person or "")  # fmt: skip
    if person is None:
        return f"{before.name}’s account is linked to nobody."
    return f"{before.name}’s account is linked to {person}."
