"""Inappropriate content reports, and the blocks made from them. Importing this registers all."""

from __future__ import annotations

from admin_ui.reports import (
    acting,
    blocking,
    exporting,
    handing_in,
    listing,
    revealing,
)
from admin_ui.reports.blueprint import blueprint

__all__ = ["acting", "blocking", "blueprint", "exporting", "handing_in", "listing", "revealing"]
