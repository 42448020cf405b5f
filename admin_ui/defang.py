"""URLs that nobody should open by mistake: shown, printed and exported so that no program
makes a link of them. ``hxxps://example[.]com/x``, as safeguarding and security reports do."""

from __future__ import annotations

import re
from typing import Final

_PARTS: Final = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*:)?(?P<slashes>//)?(?P<rest>.*)", re.DOTALL
)
_HOST_END: Final = re.compile(r"[/?#\\]")


def defang(url: str) -> str:
    """Return a URL (or a host alone) that is no link to any program, and still readable.

    Total: whatever is given, the result holds neither ``://`` after a scheme that can be
    opened nor a dot in its host. Control characters become the replacement character.
    """
    text = "".join(c if c.isprintable() else "�" for c in url).strip()
    found = _PARTS.fullmatch(text)
    assert found is not None  # every part is optional and the rest takes anything
    scheme, slashes, rest = found["scheme"] or "", found["slashes"] or "", found["rest"]
    if scheme and not slashes and "." in scheme:  # a host with a port: example.com:8443
        scheme, rest = "", scheme + rest
    end = _HOST_END.search(rest)
    host, path = (rest[: end.start()], rest[end.start() :]) if end else (rest, "")
    shown = host.replace(".", "[.]") + path
    return _scheme(scheme) + slashes + shown.replace("://", "[:]//")


def _scheme(scheme: str) -> str:
    if scheme.lower() in ("http:", "https:"):
        return "hxxp" + scheme[4:].lower()
    return scheme[:-1].replace(".", "[.]") + "[:]" if scheme else ""
