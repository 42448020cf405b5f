"""Whether these are demonstration data: said loudly on every page."""

from __future__ import annotations

from flask import current_app

from admin_ui.gate import StoreAwayError, gate
from appliance.store import web_settings

_KEY = "demonstration"  # of web_settings, and of what the application keeps


def shown() -> bool:
    """Whether everybody on these pages is made up.

    Asked once: a data directory becomes a demonstration before its pages are served, or
    never. Fails to a page without the banner: while the store is away no names are shown.
    """
    known = current_app.extensions.get(_KEY)
    if known is None:
        try:
            with gate().reading() as session:
                known = web_settings.get(session, _KEY).get("on") is True
        except StoreAwayError:
            return False
        current_app.extensions[_KEY] = known
    return bool(known)
