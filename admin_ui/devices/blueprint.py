"""The blueprint of the register, which several files hang their pages on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("devices", __name__)
