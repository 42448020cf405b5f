"""Who is signed in on this request, from the cookie to the account."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from flask import Response, g, request

from admin_ui import management
from admin_ui.gate import StoreAwayError, gate
from appliance.store import web_sessions
from appliance.store.accounts import Account
from appliance.store.web_sessions import WebSession

FRESH: Final = timedelta(minutes=5)  # how long a second factor counts as shown just now


def cookie_name() -> str:
    """Return the cookie's name: bound to this very host where the pages are served by TLS."""
    return "__Host-bellgate" if gate().settings.tls is not None else "bellgate"


def load() -> None:
    """Look up the session of this request, once. Fails closed: nobody is signed in."""
    g.session, token = None, request.cookies.get(cookie_name(), "")
    if not token or len(token) > 128:
        return
    now = gate().real()
    try:
        with gate().reading() as session:
            g.session = web_sessions.find(session, token, at=now)
            due = g.session is not None and web_sessions.stale(session, g.session.id, at=now)
        if due:
            with gate().writing() as session:
                web_sessions.touch(session, g.session.id, at=now)
    except StoreAwayError:
        g.session = None
    if g.session is not None and g.session.account.emergency and management.outside():
        g.session = None  # the sealed account opens from the management network alone


def session() -> WebSession | None:
    """Return the session of this request; it may still owe the second factor."""
    found = g.get("session")
    return found if isinstance(found, WebSession) else None


def account() -> Account | None:
    """Return the account that is signed in, wholly; None for everybody else.

    Outside the management network it has no post but staff: so no page need ask where it is.
    """
    found = session()
    if found is None or not found.complete:
        return None
    return replace(found.account, posts=management.posts_here(found.account.posts))


def holder() -> Account:
    """Return the account with all the posts it holds: for what guards it, not what it opens."""
    found = session()
    assert found is not None, "access.py lets nobody without an account here"
    return found.account


def me() -> Account:
    """Return the account on a page that only signed-in people reach."""
    found = account()
    assert found is not None, "access.py lets nobody without an account here"
    return found


def proved_just_now() -> bool:
    """Whether the second factor was shown within the last minutes: what a signature asks for."""
    found = session()
    return (
        found is not None
        and found.proved is not None
        and timedelta(0) <= gate().real() - found.proved <= FRESH
    )


def keep(response: Response, token: str) -> Response:
    """Give the browser its token."""
    response.set_cookie(
        cookie_name(), token, httponly=True, secure=gate().settings.tls is not None,
        samesite="Lax", path="/", max_age=int(web_sessions.LONGEST.total_seconds()),
    )  # fmt: skip
    return response


def forget(response: Response) -> Response:
    """Take the token from the browser."""
    response.delete_cookie(
        cookie_name(), httponly=True, secure=gate().settings.tls is not None, samesite="Lax"
    )
    return response
