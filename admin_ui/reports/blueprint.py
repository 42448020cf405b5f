"""The blueprint that the modules of this area put their pages on."""

from __future__ import annotations

from flask import Blueprint

from admin_ui.reports.addresses import defang_text

blueprint = Blueprint("reports", __name__)
blueprint.add_app_template_filter(defang_text, "defang_text")
