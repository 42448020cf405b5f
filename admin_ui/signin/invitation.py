"""Choosing the first password, or another, with an invitation from the technician."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from admin_ui.gate import gate
from admin_ui.limits import guessed
from admin_ui.record import record
from admin_ui.signin import own
from admin_ui.signin.blueprint import blueprint
from admin_ui.signin.forms import NewPasswordForm
from appliance.accounts import passwords, tickets
from appliance.accounts.tickets import Kind
from appliance.store import accounts, credentials, web_sessions
from appliance.store.accounts import Account


@blueprint.route("/invitation/<secret>", methods=["GET", "POST"])
@guessed
def invitation(secret: str) -> str | AnyResponse | tuple[str, int]:
    """Choose a password. Looking does not use the invitation up; choosing does."""
    account = _invited(secret)
    if account is None:
        return render_template("signin/over.html", what="invitation"), 404
    form = NewPasswordForm()
    if form.validate_on_submit():
        problem = own.problem_with(form.password.data, account)
        if problem is None:
            return _choose(secret, form.password.data)
        form.password.errors = [problem]
    return render_template(
        "signin/new_password.html", form=form, account_shown=account, invited=True
    )


def _invited(secret: str) -> Account | None:
    with gate().reading() as session:
        ticket = tickets.find(session, Kind.INVITATION, secret, at=gate().real())
        if ticket is None or ticket.account is None:
            return None
        account = accounts.get(session, ticket.account)
    return account if account is not None and account.enabled else None


def _choose(secret: str, password: str) -> AnyResponse | tuple[str, int]:
    hashed = passwords.hashed(password)  # takes long: nobody waits for the database meanwhile
    with gate().writing() as session:
        ticket = tickets.use(session, Kind.INVITATION, secret, at=gate().real())
        account = accounts.get(session, ticket.account or 0) if ticket is not None else None
        if account is None or not account.enabled:
            return render_template("signin/over.html", what="invitation"), 404
        credentials.set_password(session, account.id, hashed)
        web_sessions.end_all(session, account.id)
        record(session, "account.password_chosen", account.login, actor=account.login)
    flash("Your password is kept. Please sign in with it.", "success")
    return redirect(url_for("signin.sign_in"), 303)
