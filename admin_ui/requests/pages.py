"""Blocked content access requests, standing permissions, curriculum activities."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("requests", __name__)
