"""The set-up wizard and the settings: importing this puts every page on the blueprint."""

from __future__ import annotations

from admin_ui.setup import (
    certificate,
    code,
    emergency,
    finish,
    networks,
    people,
    policy,
    school,
    settings,
    technician,
    timetable,
    trial,
)
from admin_ui.setup.blueprint import blueprint

__all__ = [
    "blueprint", "certificate", "code", "emergency", "finish", "networks", "people", "policy",
    "school", "settings", "technician", "timetable", "trial",
]  # fmt: skip
