"""Help pages, the accessibility statement, and what the network tells everybody."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("help", __name__)
