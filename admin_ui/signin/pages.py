"""Signing in and out: password, second factor, passkey, identity provider, e-mailed link."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("signin", __name__)
