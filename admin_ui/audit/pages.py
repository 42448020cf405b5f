"""The audit chain, read and verified."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("audit", __name__)
