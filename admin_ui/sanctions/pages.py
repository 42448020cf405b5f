"""The area of sanctions: importing this puts every page on the blueprint."""

from __future__ import annotations

from admin_ui.sanctions import changing, listing, making, supervising
from admin_ui.sanctions.blueprint import blueprint

__all__ = ["blueprint", "changing", "listing", "making", "supervising"]
