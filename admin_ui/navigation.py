"""The links at the top of every page: those that whoever is signed in may follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import current_app, request, url_for

from admin_ui import access, management, unmanned, who


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the navigation."""

    text: str
    href: str
    current: bool


# Text and endpoint, in the order of how often people need them.
SIGNED_IN: Final = (
    ("Home", "home.home"),
    ("Requests", "requests.index"),
    ("Reports", "reports.index"),
    ("Log", "log.index"),
    ("Signals", "signals.index"),
    ("Sanctions", "sanctions.index"),
    ("Devices", "devices.index"),
    ("Policy", "policy.index"),
    ("Lists", "lists.index"),
    ("Timetable", "timetable.index"),
    ("Why?", "why.ask"),
    ("Self-test", "doctor.index"),
    ("Certificate", "pages.ca"),
    ("Accounts", "accounts.index"),
    ("Audit", "audit.index"),
    ("Settings", "setup.settings"),
    ("Help", "help.index"),
)
SIGNED_OUT: Final = (
    ("Set up the gate", "setup.index"),
    ("What is enforced", "pages.home"),
    ("Something is blocked", "requests.new"),
    ("Certificate", "pages.ca"),
    ("Help", "help.index"),
    ("Sign in", "signin.sign_in"),
)


def links() -> tuple[Link, ...]:
    """Return the links for this request."""
    account = who.account()
    posts = who.holder().posts if account else frozenset[str]()
    wanted = SIGNED_IN if account else SIGNED_OUT
    return tuple(
        Link(text, url_for(endpoint), _current(endpoint))
        for text, endpoint in wanted
        if endpoint in current_app.view_functions
        and (endpoint != "setup.index" or unmanned.shown())
        and not management.shuts(endpoint)
        and (not account or access.allowed(endpoint, posts))
    )


def _current(endpoint: str) -> bool:
    """Whether a link leads to the page that is shown, or to the area it belongs to."""
    area, _, page = (request.endpoint or "").partition(".")
    wanted, _, first = endpoint.partition(".")
    return area == wanted and (area != "pages" or page == first)  # pages: no area, each its own
