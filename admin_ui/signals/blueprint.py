"""The blueprint that the modules of this area put their pages on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("signals", __name__)
