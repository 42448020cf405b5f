"""Signing in again, just before something that is signed or cannot be taken back."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from admin_ui import who


def signed_again(back: str | None = None) -> AnyResponse | None:
    """Return the way to the second factor and back; None where it was shown just now.

    back: the path to come back to by GET; without one, this page. Use it first thing in a
    page, before its form is filled in: what is typed would not come back with them.

        if (away := signed_again()) is not None:
            return away
    """
    if who.proved_just_now():
        return None
    here = request.full_path.rstrip("?") if request.method == "GET" else request.path
    return redirect(url_for("signin.second_factor", next=back or here), 303)
