"""The little internet of the tests: which names there are, and where."""

from __future__ import annotations

from typing import Final

DNS4: Final = "9.9.9.9"
DNS6: Final = "2620:fe::9"
BRIEF: Final = ".brief.example.com"
HOSTS: Final = (
    "www.facebook.com", "facebook.com", "m.facebook.com", "static.xx.fbcdn.net",
    "www.instagram.com", "x.com", "en.wikipedia.org", "en.m.wikipedia.org",
    "www.childline.org.uk", "www.bbc.co.uk", "plain.example.com", "linkedin.com",
)  # fmt: skip
ADDRESSES: Final = {
    host: (f"93.184.100.{10 + i}", f"2a00:1450:4000::{10 + i}") for i, host in enumerate(HOSTS)
}


def of(host: str) -> tuple[str, str] | None:
    """Return the addresses of a name; ``N.brief.example.com`` has some for every N."""
    if host.endswith(BRIEF):
        return ADDRESSES["plain.example.com"]
    return ADDRESSES.get(host)


def ttl(host: str) -> int:
    """Return for how many seconds an answer on a name may be kept."""
    return 1 if host.endswith(BRIEF) else 300
