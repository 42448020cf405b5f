"""Accounts of the web pages: who may do what."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("accounts", __name__)
