"""The blueprint of look-alikes, which several files hang their pages on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("look_alikes", __name__)
