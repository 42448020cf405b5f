"""What is sealed opens with the same key for the same purpose, and for nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.accounts.sealing import SealError, seal, unseal

KEY, OTHER = b"k" * 32, b"o" * 32


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_it_opens_again(secret: str) -> None:
    sealed = seal(KEY, "totp:1", secret)
    assert unseal(KEY, "totp:1", sealed) == secret
    assert sealed != seal(KEY, "totp:1", secret)


@pytest.mark.parametrize(
    ("key", "purpose", "damage"),
    [(OTHER, "totp:1", 0), (KEY, "totp:2", 0), (KEY, "totp:1", 1), (KEY, "mail", 0)],
)
def test_it_opens_for_nothing_else(key: bytes, purpose: str, damage: int) -> None:
    sealed = bytearray(seal(KEY, "totp:1", "JBSWY3DPEHPK3PXP"))
    sealed[-1] ^= damage
    with pytest.raises(SealError, match="another key"):
        unseal(key, purpose, bytes(sealed))


@given(st.binary(max_size=60))
def test_any_bytes_open_or_are_refused(data: bytes) -> None:
    with pytest.raises(SealError):
        unseal(KEY, "totp:1", data)
