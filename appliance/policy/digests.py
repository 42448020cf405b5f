"""Names that are kept as digests alone: what a licensed list of unlawful content is kept as.

Keyed, so that the digests tell nobody without the key whether a name is among them.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

SECRET: Final = 32  # bytes of a key
SIZE: Final = 32  # bytes of a digest: two names with the same one are not to be found


def digest_of(key: str, secret: bytes) -> bytes:
    """Return the digest of a list's key (``names.key_of``): BLAKE2b-256, keyed (RFC 7693)."""
    return blake2b(key.encode("ascii"), digest_size=SIZE, key=secret).digest()
