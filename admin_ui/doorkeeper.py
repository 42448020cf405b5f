"""Asking the table of access before every page: in, to sign-in, to the second factor, or away."""

from __future__ import annotations

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from admin_ui import access, management, who


def check() -> AnyResponse | None:
    """Let a request through, or send it to sign-in, to the second factor, or away."""
    if request.endpoint is None:
        return None  # no such page, or not with this method: said by the error pages
    if management.shuts(request.endpoint):
        abort(403)
    line = access.MATRIX.get(request.endpoint)
    if line is access.Door.EVERYBODY:
        return None
    session = who.session()
    if session is None:
        return _sign_in()
    if line is access.Door.OWING:
        return None
    if not session.complete:
        return redirect(url_for("signin.second_factor"), 303)
    owes = access.owes_second_factor(session.account.posts, session.account.has_totp)
    if owes and not session.account.emergency:  # in the envelope lies one password, no phone
        return redirect(url_for("signin.enrol"), 303)
    if not access.allowed(request.endpoint, session.account.posts):
        abort(403)
    return None


def _sign_in() -> AnyResponse:
    if request.method != "GET":
        abort(401)
    return redirect(url_for("signin.sign_in", next=request.full_path.rstrip("?")), 303)
