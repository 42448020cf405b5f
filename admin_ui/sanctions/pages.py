"""The area of sanctions: importing this puts every page on the blueprint."""

from __future__ import annotations

from admin_ui import access, who
from admin_ui.sanctions import changing, listing, making, supervising
from admin_ui.sanctions.blueprint import blueprint

__all__ = ["blueprint", "changing", "listing", "making", "may_sanction", "supervising"]


@blueprint.app_template_global()
def may_sanction() -> bool:
    """Whether to offer a sanction to whoever is signed in: on pages of the log and of signals."""
    account = who.account()
    return account is not None and access.allowed("sanctions.new", account.posts)
