"""The bells and the school year. Importing this registers every page."""

from __future__ import annotations

from admin_ui.timetable import bells, importing, one_off, showing, year
from admin_ui.timetable.blueprint import blueprint

__all__ = ["bells", "blueprint", "importing", "one_off", "showing", "year"]
