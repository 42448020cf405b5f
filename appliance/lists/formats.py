"""The formats that lists are published in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum

from appliance.lists import adblock, dnsmasq, hosts, rpz, ut1, v2fly
from appliance.lists.entry import Entry

Reader = Callable[[str], Iterable[Entry]]


class Format(StrEnum):
    """How a list is written. The value is the word that people and the store use."""

    HOSTS = "hosts"
    DOMAINS = "domains"
    ADBLOCK = "adblock"
    DNSMASQ = "dnsmasq"
    RPZ = "rpz"
    UT1 = "ut1"
    V2FLY = "v2fly"


def reader(format_: Format) -> Reader:
    """Return what reads the lines of one list, in their order; take a new one for each list.

    It gives the entries of a line (none: a comment, a blank), each name canonical. It raises
    ValueError, with what is wrong, for a line that names nothing, and ``WholePageError`` for
    one that names a page of a site.
    """
    match format_:
        case Format.HOSTS | Format.DOMAINS:
            return hosts.entries
        case Format.ADBLOCK:
            return adblock.entries
        case Format.DNSMASQ:
            return dnsmasq.entries
        case Format.RPZ:
            return rpz.Zone().entries
        case Format.UT1:
            return ut1.entries
        case Format.V2FLY:
            return v2fly.entries
