"""A link by e-mail that signs in once: for staff, where mail is set up.

Looking at it signs nobody in, so that a mail scanner does not use it up; pressing its button
does. Whoever owes a second factor shows it afterwards all the same.
"""

from __future__ import annotations

from typing import Final

from flask import abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from werkzeug.wrappers import Response as AnyResponse
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from admin_ui import mailing
from admin_ui.gate import gate
from admin_ui.limits import guessed
from admin_ui.record import record
from admin_ui.signin import back, starting
from admin_ui.signin.blueprint import blueprint
from appliance.accounts import limits, tickets
from appliance.accounts.mail import Letter
from appliance.accounts.tickets import Kind
from appliance.store import accounts, credentials
from appliance.store.accounts import Account

SENT: Final = (
    "If there is an account with this address, a link is on its way to it. It works for 15 "
    "minutes, once. Nothing came? Look into the spam folder, or ask the technician."
)


class LinkForm(FlaskForm):
    """Where the link goes."""

    email = StringField(
        "Your e-mail address at school", widget=GovTextInput(),
        validators=[InputRequired("Enter your e-mail address"), Length(max=254, message=(
            "Enter an address of at most 254 characters"))],
    )  # fmt: skip


@blueprint.route("/sign-in/link", methods=["GET", "POST"])
@guessed
def link_request() -> str | AnyResponse:
    """Send a link. The answer is the same whether or not there is such an account."""
    found, onward, form = mailing.settings(), back.asked(), LinkForm()
    if found is None:
        abort(404)
    if form.validate_on_submit():
        letter = _letter(form.email.data, found.web_address, onward)
        if letter is not None:
            mailing.send([letter])  # in the background: it takes no time here
        flash(SENT, "notice")
        return redirect(url_for("signin.sign_in", next=onward or None), 303)
    return render_template("signin/link_request.html", form=form, onward=onward)


@blueprint.route("/sign-in/link/<secret>", methods=["GET", "POST"])
@guessed
def link(secret: str) -> str | AnyResponse | tuple[str, int]:
    """Show whose link it is, and sign them in when they press the button."""
    now, onward = gate().real(), back.asked()
    account = _holder(secret)
    if account is None or mailing.settings() is None:
        return render_template("signin/over.html", what="link"), 404
    if request.method == "GET":
        return render_template("signin/link.html", one=account, onward=onward)
    with gate().writing() as session:
        if tickets.use(session, Kind.LINK, secret, at=now) is None:
            return render_template("signin/over.html", what="link"), 404
    return starting.begin(account, "e-mailed link", onward)


def _holder(secret: str) -> Account | None:
    with gate().reading() as session:
        ticket = tickets.find(session, Kind.LINK, secret, at=gate().real())
        if ticket is None or ticket.account is None:
            return None
        account = accounts.get(session, ticket.account)
    fine = account is not None and account.enabled and not account.emergency
    return account if fine else None


def _letter(email: str, web_address: str, onward: str) -> Letter | None:
    """Return the letter for whoever has this address; the same work where nobody has it.

    Each request counts as a try, so that nobody's mailbox is flooded.
    """
    now = gate().real()
    with gate().writing() as session:
        account = credentials.by_email(session, email)
        address = request.remote_addr or ""
        one = limits.begin(session, f"link {email}", f"link {address}", at=now)
        fit = account is not None and account.enabled and not account.emergency
        secret = tickets.issue(
            session, Kind.LINK, at=now, account=account.id if account and fit else None
        )
        record(session, "sign_in.link_asked",
               account.login if account is not None else "an account that does not exist",
               actor="nobody")  # fmt: skip
    if account is None or not fit or not account.email or one.id is None:
        return None
    path = url_for("signin.link", secret=secret, next=onward or None)
    return Letter(
        to=account.email,
        subject="Your link to sign in to Bellgate",
        text=f"Hello {account.name},\n\nopen this link and press the button to sign in. It works "
        f"once, for 15 minutes:\n\n{web_address}{path}\n\nYou did not ask for it? Then do "
        "nothing; nobody comes in without it.\n",
    )
