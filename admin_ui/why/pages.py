"""Why something is open or closed, for any client, URL and moment."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("why", __name__)
