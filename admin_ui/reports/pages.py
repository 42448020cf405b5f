"""Inappropriate content reports, and the blocks made from them."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("reports", __name__)
