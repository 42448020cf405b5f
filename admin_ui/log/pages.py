"""The attempt log as its readers see it: importing this puts every page on the blueprint."""

from __future__ import annotations

from admin_ui.log import charts, exporting, listing, noting, people
from admin_ui.log.blueprint import blueprint

__all__ = ["blueprint", "charts", "exporting", "listing", "noting", "people"]
