"""Illegal content: the accredited filter's task, whether it is there, and licensed lists."""

from __future__ import annotations

from admin_ui.lists.blueprint import blueprint


@blueprint.get("/lists/illegal")
def illegal() -> str:
    """Who does this job."""
    return ""


@blueprint.post("/lists/illegal/test-names")
def test_names() -> str:
    """Set them."""
    return ""


@blueprint.post("/lists/illegal/check")
def check_filter() -> str:
    """Ask now."""
    return ""


@blueprint.post("/lists/illegal/file")
def take_licensed() -> str:
    """Take in."""
    return ""
