"""Who may be in the wizard: whoever has the code until there is a technician, then only they."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, ParamSpec

from flask import abort, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from admin_ui import who
from admin_ui.gate import gate
from admin_ui.setup import progress
from appliance.accounts import setup_code
from appliance.accounts.posts import Post

P = ParamSpec("P")
Page = str | Response
_MARK: Final = "setup_code"  # in the signed cookie of the browser in which the code was given


def step(name: str) -> Callable[[Callable[P, Page]], Callable[P, Page]]:
    """Guard the page of a step. Fails closed: whoever cannot be told apart is sent away."""

    def guarded(view: Callable[P, Page]) -> Callable[P, Page]:
        @wraps(view)
        def inner(*args: P.args, **kwargs: P.kwargs) -> Page:
            away = refused(name)
            return view(*args, **kwargs) if away is None else away

        return inner

    return guarded


def refused(name: str) -> Response | None:
    """Return where to go instead of a step, or None where this browser may be there."""
    with gate().reading() as store:
        reached = progress.load(store)
        unmanned = setup_code.needed(store)
        held = unmanned and setup_code.holds(store, code(), at=gate().real())
    if unmanned:
        if not held:
            return redirect(url_for("setup.code"), 303)
        if name not in progress.BEFORE_TECHNICIAN:
            return redirect(url_for("setup.technician"), 303)
        return None
    account = who.account()
    if account is None:
        return redirect(url_for("signin.sign_in", next=url_for("setup.index")), 303)
    if Post.IT_TECHNICIAN not in account.posts:
        abort(403)
    if reached.finished:
        return redirect(url_for("setup.settings"), 303)
    return None


def keep_code(typed: str) -> None:
    """Remember in this browser that the code was given."""
    session[_MARK] = typed[:64]


def code() -> str:
    """Return the code that was given in this browser; empty where none was."""
    return str(session.get(_MARK, ""))


def drop_code() -> None:
    """Forget it: it is used."""
    session.pop(_MARK, None)


def onwards(name: str) -> Response:
    """Go on to the step after one that was just done."""
    return redirect(url_for(f"setup.{progress.following(name)}"), 303)


def page(name: str, **context: Any) -> str:
    """Render the page of a step with its number and the way back."""
    found = next(one for one in progress.STEPS if one.name == name)
    before = progress.preceding(name)
    return render_template(
        f"setup/{name}.html", step=found, number=progress.number(name), total=progress.TOTAL,
        back=url_for(f"setup.{before}" if before else "setup.index"), **context,
    )  # fmt: skip


def tell(words: str) -> None:
    """Say on the next page what was done, and whether it is in force."""
    if gate().in_force():
        flash(f"{words} It is in force.", "success")
    else:
        flash(f"{words} It is kept, and the gate has not taken it up yet.", "warning")


def address() -> str:
    """Return the address of this browser."""
    return request.remote_addr or ""
