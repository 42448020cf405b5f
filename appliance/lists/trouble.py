"""Why a fetch failed, in a sentence: the client's own messages are for programmers."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

from requests.exceptions import InvalidURL, SSLError, Timeout
from urllib3.exceptions import NameResolutionError, ReadTimeoutError


def sentence(error: BaseException) -> str:
    """Return what a technician needs to know of a failed fetch."""
    causes = tuple(_causes(error))
    untrusted = next((c for c in causes if isinstance(c, ssl.SSLCertVerificationError)), None)
    if untrusted is not None:
        return f"The server's certificate is not to be trusted: {untrusted.verify_message}."
    if any(isinstance(cause, SSLError | ssl.SSLError) for cause in causes):
        return "No secure connection could be made to the server."
    if any(isinstance(cause, NameResolutionError) for cause in causes):
        return "The server's name is not to be found."
    if any(isinstance(cause, Timeout | ReadTimeoutError | TimeoutError) for cause in causes):
        return "The server does not answer in time."
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return "Nobody answers at that address."
    if isinstance(error, InvalidURL):
        return "The address makes no sense."
    return "The connection broke off before all of it was there."


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error, and all that it wraps: some clients chain, some carry ``reason``."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop(0)
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
