"""The site of a host: what somebody registered. PURE.

Whole public suffix lists have ten thousand lines; ours has what schools meet
(``suffixes.txt``). An ending that it lacks makes the site one label too short, so that its
sub-domains are looked at as one.
"""

from __future__ import annotations

from appliance.look_alikes import facts
from appliance.policy.names import is_address


def split(host: str) -> tuple[tuple[str, ...], str]:
    """Return a canonical host as the labels in front of its site, and the site.

    www.shop.example.co.uk is (www, shop) and example.co.uk. An address, a single label and a
    bare suffix are sites by themselves.
    """
    if is_address(host):
        return (), host
    labels = host.split(".")
    known = facts.suffixes()
    for size in (4, 3, 2):
        if len(labels) > size and ".".join(labels[-size:]) in known:
            return _cut(labels, size + 1)
    return _cut(labels, 2)


def site_of(host: str) -> str:
    """Return the site of a canonical host."""
    return split(host)[1]


def _cut(labels: list[str], size: int) -> tuple[tuple[str, ...], str]:
    return tuple(labels[:-size]), ".".join(labels[-size:])
