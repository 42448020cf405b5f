"""The look through all accounts every term, as a page to print and as CSV (CY-04)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from flask import Response, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from admin_ui import spreadsheet, who
from admin_ui.accounts.blueprint import blueprint
from admin_ui.accounts.forms import ReasonForm
from admin_ui.gate import gate
from admin_ui.record import record
from appliance.accounts.posts import NAMES, SECOND_FACTOR, Post
from appliance.store import accounts, web_settings
from appliance.store.accounts import Account

KEY: Final = "reviewed"
UNUSED: Final = timedelta(days=90)  # not signed in for a term: is the account still needed?


@blueprint.route("/accounts/review", methods=["GET", "POST"])
def review() -> str | AnyResponse:
    """Every account with what should be looked at; signing it off keeps who did, and when."""
    form, now = ReasonForm(), gate().real()
    if form.validate_on_submit():
        return _sign_off(form.reason.data.strip(), now)
    with gate().reading() as session:
        everybody = accounts.list_(session)
        last = web_settings.get(session, KEY)
    rows = [(one, _posts(one), doubts(one, now)) for one in everybody]
    at = datetime.fromisoformat(last["at"]) if last else None
    return render_template(
        "accounts/review.html", form=form, rows=rows, last=at, last_by=last.get("by", ""), now=now
    )


@blueprint.get("/accounts/export.csv")
def export() -> Response:
    """Every account as CSV, without anything that opens one."""
    now = gate().real()
    with gate().writing() as session:
        everybody = accounts.list_(session)
        _record_export(session, len(everybody))
    data = spreadsheet.table(
        ("Name", "Login", "E-mail", "Posts", "Second step", "May sign in", "Added",
         "Last signed in", "To look at"),
        (
            (one.name, one.login, one.email, "; ".join(sorted(one.posts)),
             "yes" if one.has_totp else "no", "yes" if one.enabled else "no",
             one.made.date().isoformat(), one.seen.date().isoformat() if one.seen else "",
             "; ".join(doubts(one, now)))
            for one in everybody
        ),
    )  # fmt: skip
    response = Response(data, content_type=spreadsheet.CONTENT_TYPE)
    response.headers["Content-Disposition"] = 'attachment; filename="accounts.csv"'
    return response


def doubts(one: Account, now: datetime) -> list[str]:
    """Return what speaks for looking at an account, in words."""
    found = []
    if one.enabled and one.seen is None and now - one.made > timedelta(days=14):
        found.append("Never signed in")
    if one.enabled and one.seen is not None and now - one.seen > UNUSED:
        found.append("Not signed in for a term")
    if one.enabled and SECOND_FACTOR & one.posts and not one.has_totp and not one.emergency:
        found.append("Second step not set up yet")
    if one.enabled and not one.posts:
        found.append("No post")
    if one.enabled and {Post.IT_TECHNICIAN, Post.DSL} <= one.posts:
        found.append("Keeps the appliance and reads the log")
    return found


def _sign_off(note: str, now: datetime) -> AnyResponse:
    with gate().writing() as session:
        web_settings.put(session, KEY, {"at": now.isoformat(), "by": who.me().login})
        record(session, "account.reviewed", reason=note, accounts=len(accounts.list_(session)))
    flash("The review is kept in the audit log.", "success")
    return redirect(url_for("accounts.index"), 303)


def _record_export(session: Session, rows: int) -> None:
    record(session, "account.exported", rows=rows)


def _posts(one: Account) -> list[str]:
    return [NAMES[post] for post in Post if post in one.posts]
