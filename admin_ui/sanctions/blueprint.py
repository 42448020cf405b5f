"""The blueprint of sanctions, which several files hang their pages on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("sanctions", __name__)
