"""Where somebody goes on after signing in: to a page of ours, or home, never elsewhere.

Source: OWASP, Unvalidated Redirects and Forwards; WHATWG URL Standard (a backslash is read
as a slash, tabs and line breaks are left out).
"""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote, urlsplit

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException

from admin_ui import access
from appliance.store.accounts import Account

LONGEST: Final = 2000  # characters
_NEVER: Final = frozenset({"signin.sign_in", "signin.sign_out", "signin.second_factor"})


def asked() -> str:
    """Return where this request asks to go on, if that is a page of ours; else nothing."""
    return safe(request.values.get("next", ""))


def safe(path: str) -> str:
    """Return a path if a page of ours stands there. Fails closed: anything odd gives nothing."""
    if not path.startswith("/") or len(path) > LONGEST or not path.isprintable():
        return ""
    seen = unquote(unquote(path))
    if path[1:2] == "/" or seen[1:2] in ("/", "\\") or "\\" in seen or not seen.isprintable():
        return ""
    try:
        parts = urlsplit(path)
        found, _ = current_app.url_map.bind("localhost").match(unquote(parts.path), method="GET")
    except (HTTPException, ValueError):
        return ""  # no such page, or one that would redirect
    return "" if parts.netloc or parts.scheme or found in _NEVER else path


def on(path: str, account: Account | None) -> str:
    """Return where to go on: where it was asked for, else to the first page of an account."""
    if path:
        return path
    there = "home.home" in current_app.view_functions
    if there and account is not None and access.allowed("home.home", account.posts):
        return url_for("home.home")
    return url_for("pages.home")
