"""How much, and how often, a client may send. Fails closed: over a limit nothing is read.

Sizes hold for every request, whether it says its length or is chunked. The rate holds for
each address, only where the pages are served to a network (``serve.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from flask import Flask, abort, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import parse
from werkzeug.routing import IntegerConverter, Map

ORDINARY: Final = 1 << 20  # bytes of a form
UPLOAD: Final = 5 << 20  # bytes where a page takes a file: CSV, ics, policy
RATES: Final = ("600 per minute", "60 per second")  # of one address, built files not counted
GUESSES: Final = parse("30 per minute")  # of one address: a staff room that signs in together
RATED: Final = "RATED"  # the application's setting that turns the rate on

LARGEST: Final = 2**63 - 1  # of a number in an address; SQLite's integers go no further

_View = TypeVar("_View", bound=Callable[..., object])


class Number(IntegerConverter):
    """``<int:...>`` in an address: one that the database could not hold is no such page."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=LARGEST)


def takes_files(view: _View) -> _View:
    """Mark a page that takes an upload: ``@blueprint.post(...)`` above, this below."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def guessed(view: _View) -> _View:
    """Mark a page that takes what can be guessed, or that costs much: fewer sends a minute."""
    view.guessed = True  # type: ignore[attr-defined]
    return view


def install(app: Flask) -> None:
    """Limit what an application reads. Before anything that looks at a form (CSRF)."""
    app.url_map.converters["int"] = Number
    app.config.setdefault(RATED, False)
    app.before_request(_limit_size)
    limiter = Limiter(get_remote_address, default_limits=[*RATES], storage_uri="memory://")
    limiter.request_filter(_not_counted)
    limiter.init_app(app)
    app.before_request(lambda: _limit_guesses(limiter))


def _limit_size() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    request.max_content_length = UPLOAD if getattr(view, "takes_files", False) else ORDINARY


def _limit_guesses(limiter: Limiter) -> None:
    """Let an address send only so many tries; accounts have limits of their own beside it."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method in ("GET", "HEAD") or not getattr(view, "guessed", False):
        return
    if current_app.config[RATED] and not limiter.limiter.hit(GUESSES, get_remote_address()):
        abort(429)


def _not_counted() -> bool:
    return not current_app.config[RATED] or request.endpoint == "static"
