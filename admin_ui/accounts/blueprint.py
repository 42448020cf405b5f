"""The blueprint that the pages of this area hang on."""

from __future__ import annotations

from typing import Final

from flask import Blueprint

blueprint: Final = Blueprint("accounts", __name__)
