"""The built style sheets and scripts: their addresses, as pages name them."""

from __future__ import annotations

from flask import Flask, url_for


def install(app: Flask) -> None:
    """Give templates ``asset('bellgate.css')``."""
    app.add_template_global(lambda name: url_for("static", filename=f"build/{name}"), "asset")
