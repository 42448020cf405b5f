"""What the pages of requests say in the same words."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, NoReturn

from flask import abort

MEANWHILE: Final = (
    "Somebody else changed this request while you were looking at it, so nothing was done. It is "
    "shown as it is now; what you typed is still here."
)
WORDS_OF: Final = MappingProxyType(
    {
        "submitted": "Submitted",
        "asked": "Question asked",
        "answered": "Question answered",
        "reviewed": "Reviewed",
        "authorised": "Authorised",
        "refused": "Refused",
        "withdrawn": "Withdrawn",
        "revoked": "Ended early",
    }
)


def missing() -> NoReturn:
    """Say that there is no such request."""
    abort(404)
