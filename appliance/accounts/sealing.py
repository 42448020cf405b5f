"""Sealing secrets for the database: whoever has only its file, or a backup, has none of them."""

from __future__ import annotations

import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE: Final = 12  # bytes, NIST SP 800-38D


class SealError(ValueError):
    """What is sealed cannot be opened: another key, another purpose, or damaged."""


def seal(key: bytes, purpose: str, secret: str) -> bytes:
    """Seal a secret. key: of the admin UI. purpose: what and whose it is, such as ``totp:7``.

    Sealed for one purpose it opens for no other: nobody can move it to another account.
    """
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _cipher(key).encrypt(nonce, secret.encode(), purpose.encode())


def unseal(key: bytes, purpose: str, sealed: bytes) -> str:
    """Return what was sealed.

    Raises:
        SealError: it cannot be opened.
    """
    try:
        opened = _cipher(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
    except (InvalidTag, ValueError) as error:
        raise SealError(f"{purpose.partition(':')[0]}: sealed with another key") from error
    return opened.decode()


def _cipher(key: bytes) -> AESGCM:
    """Return AES-256-GCM with a key of its own: the other one signs forms (NIST SP 800-108)."""
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"bellgate sealing 1").derive(key)
    return AESGCM(derived)
