"""Devices, networks and groups."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("devices", __name__)
