"""The rules: read, changed, compared, put back."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("policy", __name__)
