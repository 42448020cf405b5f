"""Whether nobody could sign in as technician yet: then pages lead to the set-up."""

from __future__ import annotations

from flask import current_app

from admin_ui.gate import StoreAwayError, gate
from appliance.accounts import setup_code

_KEY = "manned"  # of what the application keeps


def shown() -> bool:
    """Whether the link to the set-up is shown. It decides nothing: ``setup.door`` does.

    Once there was a technician it is not asked again. Fails to no link.
    """
    if current_app.extensions.get(_KEY):
        return False
    try:
        with gate().reading() as session:
            unmanned = setup_code.needed(session)
    except StoreAwayError:
        return False
    if not unmanned:
        current_app.extensions[_KEY] = True
    return unmanned
