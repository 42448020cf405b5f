"""Somebody new: an account, and an invitation to choose a password."""

from __future__ import annotations

from flask import render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from admin_ui import who
from admin_ui.accounts import inviting
from admin_ui.accounts.blueprint import blueprint
from admin_ui.accounts.forms import AddForm
from admin_ui.gate import gate
from admin_ui.record import record
from admin_ui.signin.again import signed_again
from appliance.accounts import access_rules, staff_list
from appliance.accounts.posts import NAMES, Post
from appliance.store import account_changes, accounts, credentials
from appliance.store.accounts import Account


@blueprint.route("/accounts/add", methods=["GET", "POST"])
def add() -> str | AnyResponse:
    """Add somebody and show their invitation once."""
    if (away := signed_again()) is not None:
        return away
    form = AddForm()
    if form.validate_on_submit():
        email = staff_list.email(form.email.data) or ""
        with gate().writing() as session:
            taken = credentials.by_login(session, email) or credentials.by_email(session, email)
            if taken is None:
                account, waits = make(
                    session, form.name.data.strip(), email, form.posts.data or (), form.reason.data
                )
                link = inviting.invite(session, account)
        if taken is None:
            return inviting.shown_once([(account, link)], waiting_words(waits))
        form.email.errors = ["There is an account with this address already"]
    return render_template("accounts/add.html", form=form)


def make(
    session: Session, name: str, email: str, posts: list[str] | tuple[str, ...], reason: str
) -> tuple[Account, frozenset[str]]:
    """Make an account; return it and the posts that wait for a headteacher."""
    everybody, wanted = accounts.list_(session), frozenset(posts)
    waits = access_rules.waits(who.me(), None, wanted, everybody)
    later = wanted & access_rules.APPROVED if waits else frozenset[str]()
    account = accounts.add(
        session, email, name, wanted - later or {Post.STAFF}, at=gate().real(), email=email
    )
    record(session, "account.added", account.login, reason=reason, posts=sorted(account.posts))
    if later:
        account_changes.ask(
            session, account.id, account_changes.POSTS, wanted, reason=reason,
            by=who.me().login, at=gate().real(),
        )  # fmt: skip
        record(session, "account.change_asked", account.login, reason=reason, what="posts",
               before=sorted(account.posts), after=sorted(wanted))  # fmt: skip
    return account, later


def waiting_words(later: frozenset[str]) -> str:
    """Return which posts wait for a headteacher, in words."""
    if not later:
        return ""
    names = ", ".join(NAMES[Post(one)] for one in sorted(later))
    return f"These posts wait for a headteacher’s approval: {names}. They do not hold before."
