"""How mail is sent: the school's mail server, and a letter to try it with."""

from __future__ import annotations

from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovPasswordInput,
    GovRadioInput,
    GovTextInput,
)
from werkzeug.wrappers import Response as AnyResponse
from wtforms import PasswordField, RadioField, SelectChoice, StringField
from wtforms.validators import Length

from admin_ui import mailing, who
from admin_ui.accounts.blueprint import blueprint
from admin_ui.gate import gate
from admin_ui.record import record
from admin_ui.signin import checking
from admin_ui.signin.again import signed_again
from appliance.accounts import mail
from appliance.accounts.mail import Letter, MailError
from appliance.accounts.sealing import seal
from appliance.store import web_settings

FIELDS: Final = ("host", "port", "tls", "user", "sender", "web_address")


class MailForm(FlaskForm):
    """The mail server, and who letters come from."""

    host = StringField("Mail server", widget=GovTextInput(), validators=[Length(max=253)])
    port = StringField("Port", widget=GovTextInput(), default="587", validators=[Length(max=5)])
    tls = RadioField(
        "How the connection is protected", widget=GovRadioInput(), default="starttls",
        choices=[
            SelectChoice("starttls", "STARTTLS (port 587)"),
            SelectChoice("tls", "TLS from the start (port 465)"),
            SelectChoice("none", "Not at all (a server on this appliance only)"),
        ],
    )  # fmt: skip
    user = StringField(
        "User name", widget=GovTextInput(), validators=[Length(max=254)],
        description="Empty where the server asks for none",
    )  # fmt: skip
    password = PasswordField(
        "Password", widget=GovPasswordInput(), validators=[Length(max=512)],
        description="Kept sealed. Leave it empty to keep the one there is.",
    )  # fmt: skip
    sender = StringField(
        "Letters come from", widget=GovTextInput(), validators=[Length(max=120)],
        description="An e-mail address of the school, such as bellgate@school.example",
    )  # fmt: skip
    web_address = StringField(
        "Address of these pages", widget=GovTextInput(), validators=[Length(max=253)],
        description="What links in letters begin with, such as https://bellgate.school.example",
    )  # fmt: skip


@blueprint.route("/accounts/mail", methods=["GET", "POST"])
def mail_settings() -> str | AnyResponse:
    """Show and keep the settings; the password goes in and never comes out."""
    if (away := signed_again()) is not None:
        return away
    with gate().reading() as session:
        kept = web_settings.get(session, mailing.KEY)
    form = MailForm(data={"web_address": request.host_url.rstrip("/"), **kept, "password": ""})
    if form.validate_on_submit():
        given = {name: (form[name].data or "").strip() for name in FIELDS}
        try:
            mail.checked({**given, "password": form.password.data})
        except ValueError as error:
            field, _, words = str(error).partition(": ")
            form[field].errors = [words[:1].upper() + words[1:]]
        else:
            return _keep(given, form.password.data or "", kept)
    return render_template(
        "accounts/mail.html", form=form, kept=bool(kept), has_password=bool(kept.get("password")),
        trouble=mailing.postman().trouble,
    )  # fmt: skip


@blueprint.post("/accounts/mail/test")
def test_mail() -> AnyResponse:
    """Send a letter to whoever is signed in, and say how that went."""
    me, found = who.me(), mailing.settings()
    if found is None or not me.email:
        flash("Keep the settings first, and give your own account an e-mail address.", "error")
        return redirect(url_for("accounts.mail_settings"), 303)
    text = "This letter shows that Bellgate can send mail.\n"
    try:
        mail.send(found, Letter(to=me.email, subject="Bellgate can send mail", text=text))
    except MailError as error:
        flash(f"The letter was not sent: {error}.", "error")
    else:
        flash(f"A letter is on its way to {me.email}.", "success")
    with gate().writing() as session:
        record(session, "account.test_mail_sent", me.login)
    return redirect(url_for("accounts.mail_settings"), 303)


@blueprint.post("/accounts/mail/off")
def mail_off() -> AnyResponse:
    """Send no mail any more, and forget the password."""
    if (away := signed_again(url_for("accounts.mail_settings"))) is not None:
        return away
    with gate().writing() as session:
        web_settings.put(session, mailing.KEY, {})
        record(session, "account.mail_turned_off")
    flash("Mail is off, and its settings are forgotten.", "success")
    return redirect(url_for("accounts.mail_settings"), 303)


def _keep(given: dict[str, str], password: str, kept: dict[str, object]) -> AnyResponse:
    # A password goes to the server it was given for, and to no other: changing the server
    # asks for it again, or whoever changes it could have it sent to themselves.
    same = all(kept.get(name) == given[name] for name in ("host", "port", "tls", "user"))
    sealed = str(kept.get("password") or "") if same else ""
    if password:
        sealed = seal(checking.key(), mailing.PURPOSE, password).hex()
    with gate().writing() as session:
        web_settings.put(session, mailing.KEY, {**given, "password": sealed})
        record(session, "account.mail_changed", given["host"], port=given["port"],
               tls=given["tls"], sender=given["sender"],
               web_address=given["web_address"])  # fmt: skip
    flash("The mail settings are kept. Send a letter to yourself to try them.", "success")
    return redirect(url_for("accounts.mail_settings"), 303)
