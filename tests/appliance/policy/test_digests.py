"""Digests of names: keyed, and of the very key that lists sort by."""

from __future__ import annotations

from hashlib import blake2b

from appliance.policy.digests import SECRET, SIZE, digest_of
from appliance.policy.names import key_of


def test_a_digest_is_keyed_and_of_the_key_that_lists_sort_by() -> None:
    secret = bytes(range(SECRET))
    made = digest_of(key_of("a.example"), secret)
    assert made == blake2b(b"example.a.", digest_size=32, key=secret).digest()
    assert len(made) == SIZE
    assert digest_of(key_of("a.example"), bytes(SECRET)) != made
    assert digest_of(key_of("b.example"), secret) != made
