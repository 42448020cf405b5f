"""Names that are answered here, whoever asks. They are data: one line, one name.

What is below a domain of the school's own is never special.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Final

from appliance.dns.wire import Type
from appliance.policy.names import suffixes, within


class Special(Enum):
    """How a special name is answered."""

    NO_SUCH_NAME = "no such name"
    NO_DATA = "no data"
    LOOPBACK = "this computer"
    OURSELVES = "the appliance"


# These keep a client's browser and phone on this resolver.
_CANARIES: Final = {
    "use-application-dns.net": Special.NO_SUCH_NAME,  # Firefox leaves its own DoH off
    "mask.icloud.com": Special.NO_SUCH_NAME,  # iCloud Private Relay is not to be had
    "mask-h2.icloud.com": Special.NO_SUCH_NAME,
    "mask-canary.icloud.com": Special.NO_SUCH_NAME,
    "resolver.arpa": Special.NO_DATA,  # no designated resolver (RFC 9462 section 4)
}
# These have no answer outside the place that asks (RFC 6761, 6762, 6303, 7686, 8375).
_LOCAL: Final = {
    "bellgate.internal": Special.OURSELVES,
    "internal": Special.NO_SUCH_NAME,
    "home.arpa": Special.NO_SUCH_NAME,
    "localhost": Special.LOOPBACK,
    "local": Special.NO_SUCH_NAME,
    "invalid": Special.NO_SUCH_NAME,
    "onion": Special.NO_SUCH_NAME,
    "10.in-addr.arpa": Special.NO_SUCH_NAME,
    "127.in-addr.arpa": Special.NO_SUCH_NAME,
    "168.192.in-addr.arpa": Special.NO_SUCH_NAME,
    "254.169.in-addr.arpa": Special.NO_SUCH_NAME,
    **{f"{n}.172.in-addr.arpa": Special.NO_SUCH_NAME for n in range(16, 32)},
    **{f"{n}.100.in-addr.arpa": Special.NO_SUCH_NAME for n in range(64, 128)},
    "0.in-addr.arpa": Special.NO_SUCH_NAME,
    "d.f.ip6.arpa": Special.NO_SUCH_NAME,  # unique local, fd00::/8
    **{f"{n}.e.f.ip6.arpa": Special.NO_SUCH_NAME for n in "89ab"},  # link-local
    f"{'0.' * 31}ip6.arpa": Special.NO_SUCH_NAME,  # :: and ::1
}
# A name of one label is a device's own search, unless it asks about a top-level domain.
_ABOUT_DOMAINS: Final = frozenset({Type.NS, Type.SOA, Type.DS, Type.DNSKEY})


def special(host: str, type_: int, local_domains: Iterable[str] = ()) -> Special | None:
    """Return how a canonical name is answered here, or None where it is like any other."""
    found = next((_CANARIES[s] for s in suffixes(host) if s in _CANARIES), None)
    if found is not None:
        return found
    if any(within(host, domain) for domain in local_domains):
        return None
    if host and "." not in host and host not in _LOCAL and type_ not in _ABOUT_DOMAINS:
        return Special.NO_SUCH_NAME
    return next((_LOCAL[s] for s in suffixes(host) if s in _LOCAL), None)
