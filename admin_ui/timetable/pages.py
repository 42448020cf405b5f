"""Bells, terms and one-off days."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("timetable", __name__)
