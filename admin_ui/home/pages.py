"""What waits for whoever is signed in."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("home", __name__)
