"""The attempt log as its readers see it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("log", __name__)
