"""The Flask application: what every page has in common. The pages are blueprints."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, render_template

from admin_ui import pages
from admin_ui.gate import Gate
from admin_ui.settings import WebSettings

# No script at all, nothing from elsewhere, no frames. A page that needs more says so here.
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def create_app(settings: WebSettings) -> Flask:
    """Return the admin UI of the gate on ``settings.data``."""
    app = Flask("admin_ui", root_path=_root())
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["gate"] = Gate(settings)
    app.register_blueprint(pages.blueprint)
    app.after_request(_protect)
    app.register_error_handler(404, _not_found)
    app.register_error_handler(500, _broken)
    return app


def _root() -> str:
    return __file__.rpartition("/")[0]


def _protect(response: Response) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    return response


def _not_found(_error: Exception) -> tuple[str, int]:
    said = "There is no page at this address. The links at the top lead to those there are."
    return render_template("message.html", title="No such page", message=said), 404


def _broken(_error: Exception) -> tuple[str, int]:
    said = "This page could not be made. The filter itself works on. Please tell the technician."
    return render_template("message.html", title="Something went wrong", message=said), 500
