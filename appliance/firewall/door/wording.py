"""What packets tried, in words for the log. PURE."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from appliance.firewall.learned import Try

# What usually listens there (IANA registry of ports; each program's own manual).
_PORTS: Final = MappingProxyType(
    {
        22: "SSH", 53: "DNS", 80: "web", 443: "web", 500: "IPsec", 853: "encrypted DNS",
        1080: "SOCKS proxy", 1194: "OpenVPN", 1701: "L2TP", 1723: "PPTP", 3128: "proxy",
        4500: "IPsec", 8118: "Privoxy", 8388: "Shadowsocks", 9001: "Tor", 9030: "Tor",
        9050: "Tor", 9051: "Tor", 9150: "Tor", 51820: "WireGuard",
    }
)  # fmt: skip
_DNS: Final = 53
# Protocol numbers of IANA; nftables writes names where /etc/protocols has them.
_PROTOCOLS: Final = MappingProxyType(
    {
        "4": "IP in IP", "ipencap": "IP in IP", "41": "IPv6 in IP", "ipv6": "IPv6 in IP",
        "47": "GRE", "gre": "GRE", "50": "IPsec ESP", "esp": "IPsec ESP", "51": "IPsec AH",
        "ah": "IPsec AH",
    }
)  # fmt: skip


def tried(one: Try, host: str) -> str:
    """Return one try: ``UDP port 51820 (WireGuard) of 192.0.2.1``. host: as it is known."""
    where = host if host == one.address else f"{host} ({one.address})"
    if not one.port:
        kind = _PROTOCOLS.get(one.protocol, one.protocol)
        return f"a connection by {kind} to {where}"
    name = _PORTS.get(one.port)
    return f"{one.protocol.upper()} port {one.port}{f' ({name})' if name else ''} of {where}"


def evidence(one: Try, host: str, *, others: int = 0) -> str:
    """Return a sentence. others: how many other addresses it stands for."""
    more = f", and as much of {others} other addresses" if others else ""
    if one.reason == "resolver" and one.port == _DNS:
        where = tried(one, host).partition(" of ")[2]
        return f"Asked {where} for names{more}. Bellgate answered in its place."
    if one.reason == "unanswered":
        return f"Went to {tried(one, host)}{more}, which no look-up of this device had named."
    if one.reason == "held":
        return f"Tried {tried(one, host)}{more}, which no look-up of this device had named."
    return f"Tried {tried(one, host)}{more}."
