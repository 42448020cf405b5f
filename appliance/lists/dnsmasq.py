"""Settings of dnsmasq that close names. PURE.

``address=/x/`` with no address, ``#`` or an address that leads nowhere, ``server=/x/`` and
``local=/x/`` with no server close x and all below it. ``server=/x/#`` (ask as usual) opens it
again below a name that is closed: dnsmasq lets the more specific win. (dnsmasq(8))
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Final

from appliance.lists.entry import Entry, Kind
from appliance.lists.naming import elsewhere, plain, site

_SETTING: Final = re.compile(r"(?:--)?(address|server|local)\s*=\s*/(.+)/([^/]*)", re.IGNORECASE)
_COMMENT: Final = re.compile(r"(?:^|\s)#.*", re.DOTALL)


def entries(line: str) -> Iterable[Entry]:
    """Return the names that a setting closes or opens.

    Raises:
        ValueError: it does neither.
    """
    text = _COMMENT.sub("", line.removeprefix("\ufeff")).strip()
    if not text:
        return ()
    found = _SETTING.fullmatch(text)
    if found is None:
        raise ValueError(f"{text.partition('=')[0][:40]!r} is no setting that closes names")
    setting, names, target = found[1].lower(), found[2].split("/"), found[3].strip()
    kind = _of_address(target) if setting == "address" else _of_server(target)
    return [(name if plain(name) else site(name), kind) for name in map(str.strip, names)]


def _of_address(target: str) -> Kind:
    if target in ("", "#"):
        return Kind.BELOW
    ip_address(target)
    if elsewhere(target):
        raise ValueError(f"it sends the name to {target}, and closes nothing")
    return Kind.BELOW


def _of_server(target: str) -> Kind:
    if target == "":
        return Kind.BELOW
    if target == "#":
        return Kind.SPECIFIC
    raise ValueError(f"it asks another resolver, {target[:60]}, and closes nothing")
