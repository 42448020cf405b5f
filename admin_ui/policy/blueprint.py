"""The blueprint that the modules of this area put their pages on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("policy", __name__)
blueprint.add_app_template_filter(lambda target: f"{target.kind.value}:{target.id}", "target_text")
