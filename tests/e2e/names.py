"""The little internet of the tests: which names there are, and where."""

from __future__ import annotations

from typing import Final

DNS4: Final = "9.9.9.9"
DNS6: Final = "2620:fe::9"
BRIEF: Final = ".brief.example.com"
LISTED: Final = ".listed.example"  # what lists name; every name below it is there
# Search engines, and the names that serve them with their lock on.
ENGINES: Final = (
    "www.google.com", "www.google.co.uk", "forcesafesearch.google.com", "www.bing.com",
    "strict.bing.com", "duckduckgo.com", "safe.duckduckgo.com", "www.youtube.com",
    "restrict.youtube.com", "restrictmoderate.youtube.com", "ya.ru", "www.ecosia.org",
    "search.yahoo.com",
)  # fmt: skip
YANDEX: Final = "213.180.193.56"
WITHOUT_IPV6: Final = ("safe.duckduckgo.com",)
HOSTS: Final = (
    "www.facebook.com", "facebook.com", "m.facebook.com", "static.xx.fbcdn.net",
    "www.instagram.com", "x.com", "en.wikipedia.org", "en.m.wikipedia.org",
    "www.childline.org.uk", "www.bbc.co.uk", "plain.example.com", "linkedin.com",
    *ENGINES, "www.gov.uk", "edge.facebook.com",
)  # fmt: skip
ADDRESSES: Final = {
    host: (f"93.184.100.{10 + i}", f"2a00:1450:4000::{10 + i}") for i, host in enumerate(HOSTS)
}
# Where Facebook really is: in a range that carries nothing but Meta's services.
ADDRESSES["edge.facebook.com"] = ("157.240.221.35", "2a03:2880:f12d:83::25de")
# What lies further out: the far ends of ways round the gate (``router_abroad``), one for each
# way, so that what the gate writes down of an address tells which way was tried.
ABROAD: Final = {"dns.google": ("8.8.8.8", "2001:4860:4860::8888")} | {
    f"{host}.example.net": (f"93.184.200.{number}", f"2a00:1450:4001::{number}")
    for number, host in enumerate(
        (
            "quiet", "doq", "doh", "casino", "hidden", "forged", "front", "ech", "relay",
            "relay443", "relay8080", "shell", "shell443", "wireguard", "wireguard443",
            "openvpn", "openvpn443", "work", "tor", "tor443", "tunnel", "bingo", "relay3128",
            "still",
        ),
        50,
    )
}  # fmt: skip
TUNNEL: Final = ".t.example.net"  # its own server is tunnel.example.net


def of(host: str) -> tuple[str, str] | None:
    """Return the addresses of a name; ``N.brief.example.com`` has some for every N."""
    if host in ABROAD:
        return ABROAD[host]
    if host.endswith((BRIEF, LISTED)):
        return ADDRESSES["plain.example.com"]
    return ADDRESSES.get(host)


def ttl(host: str) -> int:
    """Return for how many seconds an answer on a name may be kept."""
    return 1 if host.endswith(BRIEF) else 300
