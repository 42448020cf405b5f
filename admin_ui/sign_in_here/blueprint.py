"""The blueprint of signing in on a device, which several files hang their pages on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("sign_in_here", __name__)
