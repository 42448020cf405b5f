"""Digests of names: the keyed BLAKE2b of RFC 7693, and nothing without the key."""

from __future__ import annotations

from hashlib import blake2b

from appliance.policy.hashed import digest_of


def test_a_digest_is_the_keyed_blake2b_of_the_key() -> None:
    secret = bytes(range(32))
    expected = blake2b(b"example.bad.", key=secret, digest_size=32).hexdigest()
    assert digest_of(secret, "example.bad.") == expected
    assert len(expected) == 64


def test_another_secret_gives_another_digest() -> None:
    assert digest_of(b"a" * 32, "example.bad.") != digest_of(b"b" * 32, "example.bad.")
