"""The little internet of the tests: which names there are, and where."""

from __future__ import annotations

from typing import Final

DNS4: Final = "9.9.9.9"
DNS6: Final = "2620:fe::9"
HOSTS: Final = (
    "www.facebook.com", "facebook.com", "m.facebook.com", "static.xx.fbcdn.net",
    "www.instagram.com", "x.com", "en.wikipedia.org", "en.m.wikipedia.org",
    "www.childline.org.uk", "www.bbc.co.uk", "plain.example.com", "linkedin.com",
)  # fmt: skip
ADDRESSES: Final = {
    host: (f"93.184.100.{10 + i}", f"2a00:1450:4000::{10 + i}") for i, host in enumerate(HOSTS)
}


def of(host: str) -> tuple[str, str] | None:
    """Return the addresses of a name; ``N.many.example.com`` has some for every N."""
    if host.endswith(".many.example.com"):
        return ADDRESSES["plain.example.com"]
    return ADDRESSES.get(host)
