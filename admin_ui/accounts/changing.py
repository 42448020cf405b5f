"""Changing an account: posts, name, on or off, reset, unlock. Each is written down."""

from __future__ import annotations

from typing import Final

from flask import abort, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from admin_ui import who
from admin_ui.accounts import inviting
from admin_ui.accounts.blueprint import blueprint
from admin_ui.accounts.forms import DetailsForm, PostsForm, ReasonForm
from admin_ui.gate import gate
from admin_ui.record import record
from admin_ui.signin.again import signed_again
from appliance.accounts import access_rules, limits
from appliance.accounts.posts import NAMES, Post
from appliance.store import account_changes, accounts, credentials, passkeys, web_sessions
from appliance.store.accounts import Account

ACTIONS: Final = {
    "disable": "Disable this account", "enable": "Let this account sign in again",
    "reset": "Reset the password", "second_factor": "Take the second step away",
    "unlock": "Unlock this account",
}  # fmt: skip


@blueprint.route("/accounts/<int:id_>/posts", methods=["GET", "POST"])
def posts(id_: int) -> str | AnyResponse:
    """Give an account other posts; what lets them into more waits for a headteacher."""
    if (away := signed_again()) is not None:
        return away
    account = found_or_404(id_)
    form = PostsForm(data={"posts": sorted(account.posts)})
    if form.validate_on_submit():
        wanted = frozenset(form.posts.data or ())
        with gate().writing() as session:
            account = accounts.get(session, id_) or abort(404)
            everybody = accounts.list_(session)
            last = access_rules.last_of(account, account.posts - wanted, everybody)
            if last is None:
                said = change_posts(session, account, wanted, form.reason.data, everybody)
        if last is None:
            flash(said, "success")
            return redirect(url_for("accounts.show", id_=id_), 303)
        form.posts.errors = [_last_words(last)]
    return render_template("accounts/posts.html", form=form, one=account)


def change_posts(
    session: Session, account: Account, wanted: frozenset[str], reason: str,
    everybody: tuple[Account, ...],
) -> str:  # fmt: skip
    """Give posts at once, or as far as that goes, and let the rest wait; return what to say."""
    me, changed = who.me(), account.posts ^ wanted
    now = gate().real()
    later = changed & access_rules.APPROVED
    waiting = access_rules.waits(me, account, changed, everybody)
    at_once = account.posts ^ (changed - later) if waiting else wanted
    if at_once != account.posts:
        accounts.set_posts(session, account.id, at_once)
        record(session, "account.posts_changed", account.login, reason=reason,
               before=sorted(account.posts), after=sorted(at_once))  # fmt: skip
    if not waiting:
        dropped = account_changes.drop(session, account.id)
        more = " What waited for approval is taken back." if dropped else ""
        return f"{account.name}’s posts are changed.{more}"
    account_changes.ask(
        session, account.id, account_changes.POSTS, wanted, reason=reason, by=me.login, at=now
    )
    record(session, "account.change_asked", account.login, reason=reason,
           what="posts", before=sorted(at_once), after=sorted(wanted))  # fmt: skip
    names = ", ".join(NAMES[Post(one)] for one in sorted(later))
    return f"This waits for a headteacher’s approval: {names}. Nothing of it holds before."


@blueprint.route("/accounts/<int:id_>/details", methods=["GET", "POST"])
def details(id_: int) -> str | AnyResponse:
    """Give an account another name or e-mail address."""
    if (away := signed_again()) is not None:
        return away
    account = found_or_404(id_)
    form = DetailsForm(data={"name": account.name, "email": account.email})
    if form.validate_on_submit():
        name, email = form.name.data, (form.email.data or "").strip().lower()
        with gate().writing() as session:
            taken = credentials.by_email(session, email) if email else None
            fine = taken is None or taken.id == id_
            if fine:
                accounts.set_details(session, id_, name=name, email=email)
                credentials.unvouch(session, id_)
                record(session, "account.details_changed", account.login,
                       before=[account.name, account.email], after=[name, email])  # fmt: skip
        if fine:
            flash(f"{name}’s account is changed.", "success")
            return redirect(url_for("accounts.show", id_=id_), 303)
        form.email.errors = ["Another account has this address"]
    return render_template("accounts/details.html", form=form, one=account)


@blueprint.route("/accounts/<int:id_>/<any(disable,enable,reset,second_factor,unlock):action>",
                 methods=["GET", "POST"])  # fmt: skip
def act(id_: int, action: str) -> str | AnyResponse:
    """Ask for the reason, then do it."""
    if (away := signed_again()) is not None:
        return away
    account, form = found_or_404(id_), ReasonForm()
    if account.emergency and action != "unlock":
        abort(404)  # it has a page of its own
    if form.validate_on_submit():
        with gate().writing() as session:
            account = accounts.get(session, id_) or abort(404)
            said, link = _do(session, action, account, form.reason.data.strip())
        if link:
            return inviting.shown_once([(account, link)])
        category, words = said
        flash(words, category)
        return redirect(url_for("accounts.show", id_=id_), 303)
    return render_template(
        "accounts/act.html", form=form, one=account, action=action, title=ACTIONS[action]
    )


def _do(
    session: Session, action: str, account: Account, reason: str
) -> tuple[tuple[str, str], str]:
    """Do it; return the category and words of what to say, and an invitation if there is one."""
    if action == "disable":
        return _disable(session, account, reason), ""
    if action == "second_factor":
        return _second_factor(session, account, reason), ""
    if action == "enable":
        accounts.set_enabled(session, account.id, True)
        record(session, "account.enabled", account.login, reason=reason)
        return ("success", f"{account.name} may sign in again."), ""
    if action == "unlock":
        forgotten = limits.unlock(session, account.login)
        record(session, "account.unlocked", account.login, reason=reason, tries=forgotten)
        return ("success", f"{account.name} may try again at once."), ""
    credentials.set_password(session, account.id, None)
    web_sessions.end_all(session, account.id)
    link = inviting.invite(session, account)
    record(session, "account.reset", account.login, reason=reason)
    return ("success", ""), link


def _disable(session: Session, account: Account, reason: str) -> tuple[str, str]:
    last = access_rules.last_of(account, account.posts, accounts.list_(session))
    if last is not None and not who.me().emergency:
        return "error", _last_words(last)
    accounts.set_enabled(session, account.id, False)
    record(session, "account.disabled", account.login, reason=reason)
    return "success", f"{account.name} cannot sign in any more, and is signed out everywhere."


def _second_factor(session: Session, account: Account, reason: str) -> tuple[str, str]:
    everybody = accounts.list_(session)
    if access_rules.waits(who.me(), account, account.posts, everybody):
        what = account_changes.SECOND_FACTOR
        by, now = who.me().login, gate().real()
        account_changes.ask(session, account.id, what, account.posts, reason=reason, by=by, at=now)
        record(session, "account.change_asked", account.login, reason=reason, what=what)
        return "success", "This waits for a headteacher’s approval. Nothing is changed before."
    take_second_factor(session, account)
    record(session, "account.second_factor_removed", account.login, reason=reason)
    return "success", f"{account.name} sets up another second step at the next sign-in."


def take_second_factor(session: Session, account: Account) -> None:
    """Take phone, recovery codes and passkeys from an account, and sign it out."""
    credentials.set_totp(session, account.id, None, 0, ())
    for one in passkeys.of(session, account.id):
        passkeys.remove(session, account.id, one.id)
    web_sessions.end_all(session, account.id)


def found_or_404(id_: int) -> Account:
    """Return an account, or say that there is none."""
    with gate().reading() as session:
        found = accounts.get(session, id_)
    return found if found is not None else abort(404)


def _last_words(post: Post) -> str:
    return (
        f"Nobody else who can sign in is {NAMES[post]}. Give that post to somebody else first, "
        "or nobody could do what only they may do"
    )
