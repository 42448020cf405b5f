"""Addresses of what may be illegal: sealed before they reach the database.

They are readable with the web key alone, which lies outside it, so no export, backup of
the database or query shows them. Opening is the safeguarding leads', audited (reveal.py).
"""

from __future__ import annotations

import base64
import json
from typing import Final

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

_PURPOSE: Final = b"bellgate: addresses of content reports"


class UnreadableError(ValueError):
    """The seal cannot be opened: the web key is another one, or the row was changed."""


def seal(urls: tuple[str, ...]) -> str:
    """Return addresses sealed (Fernet: AES-128-CBC with HMAC-SHA256)."""
    return _fernet().encrypt(json.dumps(urls).encode()).decode("ascii")


def unseal(sealed: str) -> tuple[str, ...]:
    """Return the addresses again.

    Raises:
        UnreadableError: nothing can be read with the key that there is.
    """
    try:
        return tuple(json.loads(_fernet().decrypt(sealed.encode())))
    except InvalidToken as error:
        raise UnreadableError("the addresses cannot be opened with this key") from error


def _fernet() -> Fernet:
    secret = current_app.config["SECRET_KEY"]
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret)
    return Fernet(base64.urlsafe_b64encode(key))
