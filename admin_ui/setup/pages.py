"""The first start: from an empty appliance to a working, tested gate."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("setup", __name__)
