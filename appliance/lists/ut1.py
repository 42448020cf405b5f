"""Lists of the University of Toulouse (UT1): a folder with ``domains`` and ``urls``. PURE.

A domain covers its subdomains. A URL with no path stands for its host. A URL of a page is
counted and left out: names are all that these lists close, and a gate must not close all of
a big site for one page of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from appliance.lists.entry import Entry, Kind, WholePageError
from appliance.lists.naming import plain, site


def entries(line: str) -> Iterable[Entry]:
    """Return the host in a line of ``domains`` or ``urls``.

    Raises:
        WholePageError: it names one page of a site.
        ValueError: it holds something, and that is no name.
    """
    text = line.strip().removeprefix("\ufeff")
    if plain(text):
        return ((text, Kind.BELOW),)
    if not text or text.startswith("#"):
        return ()
    for scheme in ("http://", "https://"):
        text = text.removeprefix(scheme)
    host, slash, path = text.partition("/")
    name, colon, port = host.partition(":")
    if slash and colon and port.isdecimal():
        site(name)
        raise WholePageError("one port of a site")
    host = site(host)
    if path.strip("/"):
        raise WholePageError("one page of a site")
    return ((host, Kind.BELOW),)
