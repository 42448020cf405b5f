"""Blocked content access requests, standing permissions, curriculum activities."""

from __future__ import annotations

from admin_ui.requests import (
    activities,
    asking,
    bulk,
    deciding,
    effect_rows,
    listing,
    official,
    showing,
    standing_permissions,
)
from admin_ui.requests.blueprint import blueprint

# Importing these puts their pages on the blueprint.
__all__ = [
    "activities", "asking", "blueprint", "bulk", "deciding", "effect_rows", "listing",
    "official", "showing", "standing_permissions",
]  # fmt: skip
