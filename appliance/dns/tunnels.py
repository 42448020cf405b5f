"""Data packed into look-ups: many names below one domain, long and random, or of odd types.

Counted per client and registrable domain in a sliding window; only names that no cache had are
looked at, and most of those are too short to be. What tunnels look like: iodine asks for NULL,
PRIVATE, TXT or CNAME records, every few seconds while idle; dnscat2 for TXT, MX and CNAME of
hexadecimal names; both use up most of the 255 octets of a name (RFC 1035) when they carry data.

Fails to no sign: whoever floods this with domains only pushes out what was counted. Nothing is
refused because of it. Bounded: ``MOST`` domains, ``DISTINCT`` names of each half.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from math import log2
from typing import Final

from appliance.policy.names import is_address, suffixes

HALF: Final = 150.0  # seconds of one half of the window; both together are five minutes
AGAIN: Final = 240.0  # seconds until the same tunnel is told of once more
MOST: Final = 1024  # domains that are counted at once, of all clients
DISTINCT: Final = 128  # names that are told apart in one half; it takes fewer to be sure
SHORT: Final = 24  # octets on the wire: below, a name carries nothing worth it

# Types that programs of people ask for: A, NS, SOA, PTR, AAAA, DS, DNSKEY, SVCB, HTTPS, ANY.
_ORDINARY: Final = frozenset({1, 2, 6, 12, 28, 43, 48, 64, 65, 255})
_NAMES: Final = {5: "CNAME", 10: "NULL", 15: "MX", 16: "TXT", 33: "SRV", 65399: "PRIVATE"}.items()
# Much data: so many names, so long on average, as random as base32 (5 bits) or hexadecimal.
MANY, LONG, RANDOM = 50, 38, 4.3
_HEXADECIMAL: Final = frozenset(b"0123456789abcdef")
# A tunnel at rest: fewer names, most of them of odd types.
FEW, ODD, LEAST = 30, 0.6, 5

# Who rightly asks so: one line, one domain. Virus scanners send fingerprints of files and sites
# as names; advertisements, video servers and load balancers have names made by machines.
_SPARED: Final = frozenset(
    {
        "in-addr.arpa", "ip6.arpa",
        "sophosxl.net", "sophosxl.com", "mcafee.com", "trellix.com", "avqs.mcafee.com",
        "e5.sk", "eset.com", "trendmicro.com", "f-secure.com", "webroot.com", "avast.com",
        "avcdn.net", "kaspersky.com", "bitdefender.net", "barracudabrts.com", "spamhaus.org",
        "dnsbl.org", "sorbs.net", "surbl.org", "uribl.com", "spamcop.net", "mailspike.net",
        "googlesyndication.com", "googlevideo.com", "gstatic.com", "akamaihd.net",
        "akamaized.net", "cloudfront.net", "amazonaws.com", "azureedge.net", "windows.net",
        "office.net", "footprintdns.com", "dnsleaktest.com", "apnic.net", "ripe.net",
    }
)  # fmt: skip
_SECOND: Final = frozenset({"ac", "co", "com", "edu", "gov", "net", "nhs", "org", "police", "sch"})


@dataclass(frozen=True, slots=True)
class Tunnel:
    """What was found. count: look-ups since it was told last; octets: packed into them."""

    domain: str
    count: int
    octets: int
    kind: str = ""

    @property
    def evidence(self) -> str:
        """What was seen, in plain words."""
        of = f", most of type {self.kind}" if self.kind else ""
        return (
            f"{self.count:,} look-ups of random names below {self.domain} within minutes, "
            f"{max(1, self.octets // 1000):,} kB inside them{of}"
        )


@dataclass(slots=True)
class _Half:
    names: set[int] = field(default_factory=set)
    count: int = 0
    octets: int = 0
    odd: Counter[int] = field(default_factory=Counter)
    signs: Counter[int] = field(default_factory=Counter)


@dataclass(slots=True)
class _Counted:
    begun: float
    now: _Half = field(default_factory=_Half)
    before: _Half = field(default_factory=_Half)
    told: float = float("-inf")
    since: int = 0
    octets: int = 0


class Tunnels:
    """What clients ask below each domain. One thread's own."""

    def __init__(self) -> None:
        self._counted: OrderedDict[tuple[str, str], _Counted] = OrderedDict()

    def __len__(self) -> int:
        return len(self._counted)

    def look(self, client: str, host: str, name: bytes, type_: int, now: float) -> Tunnel | None:
        """Count one question; return a tunnel when it is to be told of. Never raises.

        host: canonical. name: the same on the wire, with all that no host name can have. now:
        monotonic seconds.
        """
        odd = type_ not in _ORDINARY
        if (len(name) < SHORT and not odd) or not host:
            return None
        domain = registrable(host)
        if not domain or any(name in _SPARED for name in suffixes(host)):
            return None
        cargo = name[: -(len(domain) + 2)].lower()  # the domain's labels and the root are 2 more
        if not cargo:
            return None
        found = self._of((client, domain), now)
        _add(found.now, cargo, type_ if odd else None)
        found.since += 1
        found.octets += len(cargo)
        if now - found.told < AGAIN or not _is_tunnel(found):
            return None
        kinds = found.now.odd + found.before.odd
        kind = kinds.most_common(1)[0][0] if kinds else 0
        tunnel = Tunnel(domain, found.since, found.octets, dict(_NAMES).get(kind, ""))
        found.told, found.since, found.octets = now, 0, 0
        return tunnel

    def _of(self, key: tuple[str, str], now: float) -> _Counted:
        found = self._counted.get(key)
        if found is None:
            if len(self._counted) >= MOST:
                self._counted.popitem(last=False)  # whoever was asked for least lately
            found = self._counted[key] = _Counted(now)
        self._counted.move_to_end(key)
        halves = (now - found.begun) / HALF
        if halves >= 1:
            found.before = found.now if halves < 2 else _Half()
            if halves >= 2:
                found.since = found.octets = 0
            found.now, found.begun = _Half(), now
        return found


def registrable(host: str) -> str:
    """Return what somebody may have registered of a host: two labels, three below co.uk.

    Rough on purpose: a domain too many or too few together changes little here.
    """
    if is_address(host):
        return ""
    labels = host.split(".")
    short = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND
    wanted = 3 if short else 2
    return ".".join(labels[-wanted:]) if len(labels) >= wanted else ""


def _add(half: _Half, cargo: bytes, odd: int | None) -> None:
    known = hash(cargo)
    if known not in half.names and len(half.names) < DISTINCT:
        half.names.add(known)
        half.octets += len(cargo)
        half.signs.update(cargo)
    half.count += 1
    if odd is not None:
        half.odd[odd] += 1


def _is_tunnel(found: _Counted) -> bool:
    told_apart = len(found.now.names | found.before.names)
    if told_apart < FEW:
        return False
    octets = found.now.octets + found.before.octets
    mean = octets / (len(found.now.names) + len(found.before.names))
    count = found.now.count + found.before.count
    odd = found.now.odd.total() + found.before.odd.total()
    if odd >= ODD * count and mean >= LEAST:
        return True
    return told_apart >= MANY and mean >= LONG and _random(found.now.signs + found.before.signs)


def _random(signs: Counter[int]) -> bool:
    """Whether octets are spread as in packed data rather than as in words (4.1 bits)."""
    total = signs.total()
    digits = sum(number for sign, number in signs.items() if sign in _HEXADECIMAL)
    if digits >= 0.9 * total:
        return True
    return -sum(n / total * log2(n / total) for n in signs.values()) >= RANDOM
