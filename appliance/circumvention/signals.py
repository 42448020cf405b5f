"""Signs that somebody may be looking for a way round the gate: their ids and their words. PURE.

The ids are what the log keeps (``Attempt.signal``). What each weighs is data:
``templates/signals.yaml``, read by ``circumvention.weights``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from appliance.attempts.attempt import Attempt


class Signal(StrEnum):
    """One kind of sign. Names were asked of our DNS; addresses and ports met the firewall."""

    VPN_NAME = "vpn_name"
    PROXY_NAME = "proxy_name"
    TOR_NAME = "tor_name"
    DOH_NAME = "doh_name"
    CANARY_NAME = "canary_name"
    DNS_ELSEWHERE = "dns_elsewhere"  # port 53 of another resolver: we answered in its place
    DOT_PORT = "dot_port"  # 853, TCP (RFC 7858) or UDP (DNS over QUIC, RFC 9250)
    DOH_ADDRESS = "doh_address"  # 443 of a known resolver (RFC 8484)
    VPN_PORT = "vpn_port"  # ports and IP protocols of VPNs, proxies, remote shells and Tor
    UNANSWERED = "unanswered"  # an address that our DNS never gave this client
    NO_DNS = "no_dns"
    SNI_MISMATCH = "sni_mismatch"
    DNS_TUNNEL = "dns_tunnel"
    CERTIFICATE = "certificate"


# Short enough for a table's cell: "Asked for a VPN by name". Each begins with what was done.
_NAMES: Final[dict[Signal, str]] = {
    Signal.VPN_NAME: "Asked for a VPN by name",
    Signal.PROXY_NAME: "Asked for a web proxy by name",
    Signal.TOR_NAME: "Asked for Tor by name",
    Signal.DOH_NAME: "Asked for an encrypted resolver by name",
    Signal.CANARY_NAME: "Asked whether this network filters",
    Signal.DNS_ELSEWHERE: "Asked another resolver",
    Signal.DOT_PORT: "Tried encrypted DNS",
    Signal.DOH_ADDRESS: "Tried an encrypted resolver by its address",
    Signal.VPN_PORT: "Tried a port of VPNs and tunnels",
    Signal.UNANSWERED: "Went to an address that nobody looked up",
    Signal.NO_DNS: "Uses the internet without looking up names",
    Signal.SNI_MISMATCH: "Named one site and asked for another",
    Signal.DNS_TUNNEL: "Carries data inside look-ups",
    Signal.CERTIFICATE: "Stopped trusting the school’s certificate",
}
# What it is, and what else it may be: read by people who know neither DNS nor VPNs.
_MEANINGS: Final[dict[Signal, str]] = {
    Signal.VPN_NAME: "A VPN carries everything to somewhere else, unread. The name was refused. "
    "An app that somebody uses at home asks by itself, again and again.",
    Signal.PROXY_NAME: "A web proxy fetches closed pages in your place. The name was refused. "
    "Following one link is enough to ask.",
    Signal.TOR_NAME: "Tor hides where somebody goes. The name was refused.",
    Signal.DOH_NAME: "An encrypted resolver would look up names unseen. The name was refused. "
    "Some browsers and apps ask by themselves.",
    Signal.CANARY_NAME: "Firefox and Apple devices ask each network whether their own encrypted "
    "look-ups may be used, and were told no. It says nothing about a person.",
    Signal.DNS_ELSEWHERE: "The device has another resolver set, or a program brings its own. "
    "Bellgate answered in its place.",
    Signal.DOT_PORT: "Phones with “Private DNS” and some programs look up names on an encrypted "
    "port. It was refused.",
    Signal.DOH_ADDRESS: "A resolver’s address was used without asking for its name first. Some "
    "apps carry such addresses with them.",
    Signal.VPN_PORT: "A connection to a port, or of a kind, that VPNs, outside proxies, remote "
    "shells and Tor use.",
    Signal.UNANSWERED: "The address was not one that Bellgate gave this device: written down by "
    "hand, kept by a program, or learned elsewhere. A few are ordinary.",
    Signal.NO_DNS: "For ten minutes it reached addresses and asked for no name. A tunnel looks "
    "like this; so does a machine with fixed addresses.",
    Signal.SNI_MISMATCH: "The connection was opened for one site and the request inside named "
    "another. It was refused. A browser does this now and then; it is also a known disguise.",
    Signal.DNS_TUNNEL: "Many long, random names below one domain: data packed into look-ups. "
    "Some virus scanners do so on a small scale.",
    Signal.CERTIFICATE: "A device that used to accept the school’s certificate now refuses it: "
    "removed, a new profile or system, or an app that accepts only its own.",
}  # fmt: skip
_BY_CATEGORY: Final[dict[str, Signal]] = {
    "vpn": Signal.VPN_NAME,
    "web_proxy": Signal.PROXY_NAME,
    "tor": Signal.TOR_NAME,
    "doh": Signal.DOH_NAME,
}


def name_of(signal: Signal) -> str:
    """Return what was done, in a few plain words."""
    return _NAMES[signal]


def meaning_of(signal: Signal) -> str:
    """Return what a sign is and what else it may be, in a few plain sentences."""
    return _MEANINGS[signal]


def signal_of(attempt: Attempt) -> Signal | None:
    """Return what an attempt is a sign of; None: of nothing."""
    return classified(attempt.signal, attempt.reason, attempt.category)


def classified(signal: str, reason: str, category: str) -> Signal | None:
    """Return the sign that these fields of an attempt make.

    What the face that saw it says comes first. Else a name refused as a way round is the sign
    of its category; a category of the school's own counts as a web proxy's.
    """
    if signal:
        return Signal(signal) if signal in frozenset(Signal) else None
    if reason != "circumvention":
        return None
    return _BY_CATEGORY.get(category, Signal.PROXY_NAME)
