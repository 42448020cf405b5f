"""The rules: read, changed, compared, put back. Importing this registers every page."""

from __future__ import annotations

from admin_ui.policy import (
    changing,
    deciding,
    details,
    files,
    previewing,
    reading,
    register,
    reviewing,
    rules,
    versions,
)
from admin_ui.policy.blueprint import blueprint

__all__ = [
    "blueprint", "changing", "deciding", "details", "files", "previewing", "reading", "register",
    "reviewing", "rules", "versions",
]  # fmt: skip
