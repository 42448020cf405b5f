"""The blueprint of the set-up wizard and the settings."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("setup", __name__)
