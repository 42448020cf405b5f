"""Addresses of what may be illegal: sealed before they reach the database.

They are readable with the web key alone, which lies outside it, so no export, backup of
the database or query shows them. Opening is the safeguarding leads', audited (revealing.py).
"""

from __future__ import annotations

import base64
import json
from typing import Final

from flask import current_app

from appliance.accounts import sealing

_PURPOSE: Final = "content report"


class UnreadableError(ValueError):
    """The seal cannot be opened: the web key is another one, or the row was changed."""


def seal(urls: tuple[str, ...]) -> str:
    """Return addresses sealed, as text."""
    sealed = sealing.seal(current_app.config["SECRET_KEY"], _PURPOSE, json.dumps(urls))
    return base64.b64encode(sealed).decode("ascii")


def unseal(sealed: str) -> tuple[str, ...]:
    """Return the addresses again.

    Raises:
        UnreadableError: nothing can be read with the key that there is.
    """
    key = current_app.config["SECRET_KEY"]
    try:
        return tuple(json.loads(sealing.unseal(key, _PURPOSE, base64.b64decode(sealed))))
    except ValueError as error:  # SealError is one
        raise UnreadableError("the addresses cannot be opened with this key") from error
