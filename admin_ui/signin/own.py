"""One's own account: password, second factor, passkeys, recovery codes, where one is signed in."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from admin_ui import access, who
from admin_ui.gate import gate
from admin_ui.record import record
from admin_ui.signin import enrolling, starting
from admin_ui.signin.again import signed_again
from admin_ui.signin.blueprint import blueprint
from admin_ui.signin.forms import NewPasswordForm
from appliance.accounts import passwords, totp
from appliance.accounts.posts import NAMES, SECOND_FACTOR, Post
from appliance.store import credentials, passkeys, web_sessions
from appliance.store.accounts import Account


@blueprint.get("/me")
def me() -> str:
    """What the account is, what it signs in with, and where it is signed in."""
    account, now = who.holder(), gate().real()
    with gate().reading() as session:
        kept = credentials.of(session, account.id)
        held = passkeys.of(session, account.id)
        browsers = web_sessions.of(session, account.id, at=now)
    found = who.session()
    return render_template(
        "signin/me.html", me=account, posts=[NAMES[post] for post in Post if post in account.posts],
        codes=len(kept.recovery) if kept is not None else 0, passkeys=len(held),
        sessions=browsers, here=found.id if found is not None else "",
        must=bool(SECOND_FACTOR & account.posts),
    )  # fmt: skip


@blueprint.route("/me/password", methods=["GET", "POST"])
def password() -> str | AnyResponse:
    """Choose another password. Everywhere else the account is signed out."""
    account = _not_sealed()
    if (away := signed_again()) is not None:
        return away
    form = NewPasswordForm()
    if form.validate_on_submit():
        problem = problem_with(form.password.data, account)
        if problem is None:
            return _change(account, form.password.data)
        form.password.errors = [problem]
    return render_template("signin/new_password.html", form=form, account_shown=account)


@blueprint.post("/me/recovery-codes")
def recovery_codes() -> AnyResponse:
    """Make ten new recovery codes and show them once."""
    account = _not_sealed()
    if (away := signed_again(url_for("signin.me"))) is not None:
        return away
    if not account.has_totp:
        abort(404)
    codes = totp.recovery_codes()
    with gate().writing() as session:
        credentials.set_recovery(session, account.id, tuple(map(totp.recovery_digest, codes)))
        record(session, "account.recovery_codes_made", account.login)
    return enrolling.shown_once(codes, None, url_for("signin.me"))


@blueprint.post("/me/second-factor/remove")
def second_factor_remove() -> AnyResponse:
    """Take one's own second factor away, where no post asks for one."""
    account = _not_sealed()
    if (away := signed_again(url_for("signin.me"))) is not None:
        return away
    if access.owes_second_factor(account.posts, has_totp=False):
        abort(403)
    with gate().writing() as session:
        credentials.set_totp(session, account.id, None, 0, ())
        record(session, "account.second_factor_removed", account.login)
    flash("The second step is taken away. You sign in with your password alone.", "success")
    return redirect(url_for("signin.me"), 303)


@blueprint.post("/me/sessions/end")
def sessions_end() -> AnyResponse:
    """Sign out everywhere but here."""
    account, found = who.me(), who.session()
    assert found is not None
    with gate().writing() as session:
        ended = web_sessions.end_others(session, account.id, found.id)
        record(session, "sign_in.ended_elsewhere", account.login, sessions=ended)
    flash("You are signed out everywhere else.", "success")
    return redirect(url_for("signin.me"), 303)


def problem_with(password: str, account: Account) -> str | None:
    """Return what speaks against a password of this account, None: nothing."""
    school = gate().view().snapshot.contents.school.name
    known = (account.login, account.name, account.email, school)
    return passwords.problem(password, known=known)


def _change(account: Account, password: str) -> AnyResponse:
    hashed = passwords.hashed(password)  # takes long: nobody waits for the database meanwhile
    found = who.session()
    assert found is not None
    with gate().writing() as session:
        credentials.set_password(session, account.id, hashed)
        web_sessions.end_others(session, account.id, found.id)
        record(session, "account.password_changed", account.login)
    response = starting.proved("new password", url_for("signin.me"))
    flash("Your password is changed. You are signed out everywhere else.", "success")
    return response


def _not_sealed() -> Account:
    """Return who is signed in. The sealed account is changed by making a new envelope alone."""
    account = who.holder()
    if account.emergency:
        abort(403)
    return account
