"""Pages for what is nobody's decision: a site that is down, a bad certificate, our own fault.

mitmproxy writes its own error page deep inside its HTTP layers and offers no hook for
it, so ``install`` puts ours in that one place; a test holds it to both versions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from mitmproxy.proxy.layers.http import _http1, _http2

from appliance.policy.snapshot import Contents, School
from proxy_addons import pages


@dataclass(frozen=True, slots=True)
class Trouble:
    """One kind of error, in words for a child; what a technician needs is added."""

    title: str
    line: str
    advice: str = "Try again in a minute."
    tell: str = "Still not working? Tell"


BROKEN: Final = Trouble("The gate is stuck", "Something at school is not working.")
NO_ADDRESS: Final = Trouble("We cannot find this page", "Is the name spelt right?")
UNREACHABLE: Final = Trouble("This page is not answering", "It may be having a rest.")
UNSAFE: Final = Trouble(
    "This page is not safe",
    "We could not make sure that it is the real one.",
    "Please do not go on.",
    "Please tell",
)
MISDIRECTED: Final = Trouble("This did not work", "The page was asked for in two ways at once.")
UNREADABLE: Final = Trouble("This did not work", "We could not read what was asked for.")
NAMELESS: Final = Trouble(
    "This page has no name", "Pages are opened by their name here, not by a number.",
    "Type the name of the page.",
)  # fmt: skip
OF_STATUS: Final = MappingProxyType({403: NAMELESS, 421: MISDIRECTED})
HEADERS: Final = pages.HTML


def render(trouble: Trouble, contents: Contents | None, detail: str) -> bytes:
    """Return the page of an error. detail: the line for the technician."""
    school = contents.school if contents else School()
    return pages.render("error.html", trouble=trouble, school=school, detail=detail)


def static(trouble: Trouble) -> bytes:
    """Return a page that needs no snapshot."""
    return render(trouble, None, "The gate failed and stayed closed.")


def of(message: str) -> Trouble:
    """Tell what kind of error mitmproxy speaks of."""
    lowered = message.lower()
    if "certificate" in lowered or "hostname mismatch" in lowered:
        return UNSAFE
    if any(sign in lowered for sign in ("malformed", "invalid", "smuggling", "header")):
        return UNREADABLE
    return UNREACHABLE


def install(contents: Callable[[], Contents]) -> None:
    """Have mitmproxy's HTTP layers answer with our error pages. Once for the process."""

    def format_error(status: int, message: str) -> bytes:
        known = status in {s.value for s in HTTPStatus}
        phrase = HTTPStatus(status).phrase if known else "error"
        return render(of(message), contents(), f"{int(status)} {phrase}: {message}")

    for module in (_http1, _http2):
        if not hasattr(module, "format_error"):
            raise RuntimeError(f"{module.__name__} has no format_error to replace")
        setattr(module, "format_error", format_error)  # noqa: B010  # not theirs to declare
