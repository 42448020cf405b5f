"""What base.html and parts.html need beside the application's own context."""

from __future__ import annotations

from flask import Flask
from govuk_frontend_wtf.main import WTFormsHelpers

from admin_ui import assets, compression
from admin_ui.defang import defang


def install(app: Flask) -> None:
    """Give an application the look: built assets, filters, compressed pages."""
    assets.install(app)
    compression.install(app)
    WTFormsHelpers(app)
    app.add_template_filter(defang, "defang")
    app.context_processor(lambda: {"endpoints": app.view_functions.keys()})
