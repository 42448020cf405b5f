"""A headteacher decides about changes of access that wait (CY-04)."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from admin_ui import who
from admin_ui.accounts import changing
from admin_ui.accounts.blueprint import blueprint
from admin_ui.accounts.forms import ReasonForm
from admin_ui.gate import gate
from admin_ui.record import record
from admin_ui.signin.again import signed_again
from appliance.accounts import access_rules
from appliance.accounts.posts import NAMES, Post
from appliance.store import account_changes, accounts
from appliance.store.account_changes import AccountChange
from appliance.store.accounts import Account


@blueprint.route("/accounts/changes/<int:id_>", methods=["GET", "POST"])
def decide(id_: int) -> str | AnyResponse:
    """Show what a change gives and takes, and take the decision with its reason."""
    if (away := signed_again()) is not None:
        return away
    with gate().reading() as session:
        change = account_changes.get(session, id_)
        one = accounts.get(session, change.account) if change is not None else None
        everybody = accounts.list_(session)
    if change is None or one is None:
        return _over()
    fit = who.me().id in {head.id for head in access_rules.deciders(everybody, one)}
    form, choice = ReasonForm(), request.form.get("choice", "")
    if fit and choice in ("approve", "refuse") and form.validate_on_submit():
        return _decide(change, choice == "approve", form.reason.data.strip())
    return render_template(
        "accounts/decide.html", form=form, change=change, one=one, fit=fit,
        gives=_names(change.posts - one.posts), takes=_names(one.posts - change.posts),
    )  # fmt: skip


def _decide(change: AccountChange, approved: bool, reason: str) -> AnyResponse:
    with gate().writing() as session:
        one = accounts.get(session, change.account) or abort(404)
        heads = access_rules.deciders(accounts.list_(session), one)
        if who.me().id not in {head.id for head in heads}:
            abort(403)
        done = account_changes.decide(
            session, change.id, approved=approved, by=who.me().login, at=gate().real()
        )
        if not done:
            return _over()
        if approved:
            _carry_out(session, change, one)
        record(session, "account.change_approved" if approved else "account.change_refused",
               one.login, reason=reason, what=change.what, asked_by=change.asked_by,
               before=sorted(one.posts), after=sorted(change.posts))  # fmt: skip
    said = "is approved and holds now" if approved else "is refused; nothing is changed"
    flash(f"The change of {one.name}’s access {said}.", "success")
    return redirect(url_for("accounts.show", id_=one.id), 303)


def _carry_out(session: Session, change: AccountChange, one: Account) -> None:
    if change.what == account_changes.SECOND_FACTOR:
        changing.take_second_factor(session, one)
    else:
        accounts.set_posts(session, one.id, change.posts)


def _over() -> AnyResponse:
    flash("Somebody has decided this meanwhile, or it was taken back.", "error")
    return redirect(url_for("accounts.index"), 303)


def _names(posts: frozenset[str]) -> list[str]:
    return [NAMES[post] for post in Post if post in posts]
