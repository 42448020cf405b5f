"""What fetching a list gives: a body on the disk, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

MEGABYTE = 1_000_000


class FetchError(Exception):
    """A list could not be fetched. The message is a sentence for a technician."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one fetch may take.

    size: bytes, on the way and unpacked. seconds: for all of it. quiet: seconds without a
    byte. redirects: how many are followed. room: bytes that stay free on the disk, so that
    no list takes the place of what was tried.
    """

    size: int = 256 * MEGABYTE
    seconds: float = 900.0
    quiet: float = 30.0
    redirects: int = 5
    room: int = 64 * MEGABYTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the source said of the body that is in force: it need not send that again."""

    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A fetched body. path: a file or, for a list that is one, a folder. size: its bytes."""

    path: Path
    size: int
    etag: str = ""
    modified: str = ""


def check_size(size: int, limits: Limits) -> None:
    """Refuse a body that is too big.

    Raises:
        FetchError: it is.
    """
    if size > limits.size:
        most = limits.size / MEGABYTE
        raise FetchError(f"It is too big: more than {most:,.0f} MB." if most >= 1 else "Too big.")
