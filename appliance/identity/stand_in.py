"""Asking as somebody else: how the self-test stands in for a client of any network.

One machine has an address on few of the school's networks, and the self-test has to ask as
all of them. It says which address it stands in for, with a proof made by a key that lies in
a file of the data directory, for this user alone, new at each start of the core.

Fails to nobody: without the file, with a file that others may read, with a wrong proof or
from anywhere but this machine's loopback, what is said counts for nothing, and whoever
asks is who they are.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from ipaddress import ip_address
from pathlib import Path
from typing import Final

FILE: Final = "stand-in.key"
# From the range for local use (RFC 6891 section 9, IANA "DNS EDNS0 Option Codes").
EDNS_OPTION: Final = 65_314
HEADER: Final = "Bellgate-Stand-In"  # on a CONNECT to the explicit proxy, in hexadecimal
_KEY: Final = 32  # bytes
_PROOF: Final = hashlib.sha256().digest_size
_LENGTHS: Final = (4 + _PROOF, 16 + _PROOF)


def make(run: Path) -> None:
    """Make a new key, which ends every proof made by the one before.

    Raises:
        OSError: it cannot be written; the key that was there before stays.
    """
    run.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = run / f".{FILE}"
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(_KEY))
    draft.replace(run / FILE)


def saying(run: Path, address: str) -> bytes | None:
    """Return what to send to be answered as an address would be; None: there is no key.

    Raises:
        ValueError: no IP address.
    """
    packed = ip_address(address).packed
    key = _key(run)
    return None if key is None else packed + _proof(key, packed)


class StandIns:
    """The hearing half: whom somebody on this machine stands in for. Never raises."""

    __slots__ = ("_run",)

    def __init__(self, run: Path) -> None:
        """Use the directory in which a gate says what it does. The key is read each time."""
        self._run = run

    def stood_in(self, source: bytes, said: bytes) -> bytes | None:
        """Return the packed address that a packed source has proven to stand in for, or None."""
        if not on_loopback(source) or len(said) not in _LENGTHS:
            return None
        key = _key(self._run)
        packed, proof = said[:-_PROOF], said[-_PROOF:]
        if key is None or not hmac.compare_digest(proof, _proof(key, packed)):
            return None
        return packed


def on_loopback(source: bytes) -> bool:
    """Whether a packed address is this machine's own (127.0.0.0/8, ``::1``, also mapped)."""
    if len(source) == 16 and source.startswith(b"\0" * 10 + b"\xff\xff"):
        source = source[12:]
    return source[0] == 127 if len(source) == 4 else source == b"\0" * 15 + b"\1"


def _proof(key: bytes, packed: bytes) -> bytes:
    return hmac.digest(key, b"bellgate stand-in\0" + packed, "sha256")


def _trusted(run: Path) -> frozenset[int]:
    """Return whose key counts: our own and root's; to root that of whom the gate runs as."""
    ours = frozenset((os.geteuid(), 0))
    if os.geteuid():
        return ours
    try:
        return ours | {run.stat().st_uid}
    except OSError:
        return ours


def _key(run: Path) -> bytes | None:
    """Return the key; None where it is missing, cut short, not ours, or readable by others."""
    try:
        handle = os.open(run / FILE, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        private = stat.S_ISREG(found.st_mode) and not stat.S_IMODE(found.st_mode) & 0o077
        key = file.read(_KEY + 1) if private and found.st_uid in _trusted(run) else b""
    return key if len(key) == _KEY else None
