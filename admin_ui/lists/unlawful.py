"""Unlawful content: the accredited filter's task, whether it is there, and licensed lists."""

from __future__ import annotations

from admin_ui.lists.blueprint import blueprint


@blueprint.get("/lists/unlawful")
def unlawful() -> str:
    """Who does this job."""
    return ""


@blueprint.post("/lists/unlawful/test-names")
def test_names() -> str:
    """Set them."""
    return ""


@blueprint.post("/lists/unlawful/check")
def check_filter() -> str:
    """Ask now."""
    return ""


@blueprint.post("/lists/unlawful/file")
def take_licensed() -> str:
    """Take in."""
    return ""
