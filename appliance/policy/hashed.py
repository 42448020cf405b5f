"""Names of a list that keeps them to itself: one digest for each, by a key of the school's."""

from __future__ import annotations

from hashlib import blake2b


def digest_of(secret: bytes, key: str) -> str:
    """Return the BLAKE2b-256 (RFC 7693, keyed) of a list's key (``names.key_of``), in hex.

    secret: 32 bytes that nobody outside the gate knows; without it no list of known names
    tells which of them are in.
    """
    return blake2b(key.encode("ascii"), key=secret, digest_size=32).hexdigest()
