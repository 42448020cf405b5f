"""Who has said who they are on which device: a file that the core writes and the faces read.

Which identity counts, most certain first:

1. the device register, by MAC or fixed address;
2. RADIUS accounting: who signed in to the school's Wi-Fi with this device;
3. the portal: who signed in on this device until the end of the school day;
4. the network's default.

Where two of the first three name different people, the one with the stricter role counts
(``Register.resolve`` weighs the register, this module the other two). A sign-in is told by a
MAC, which is easily copied: so it says at which addresses it was made, and ``Register.resolve``
lets it lift nobody on another network.

Fails to nobody: without the file, with one that others may write, or one that cannot be read,
nobody is signed in, and a client is what its network says.
"""

from __future__ import annotations

import os
import stat
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from itertools import chain
from pathlib import Path
from typing import Final

import msgspec

from appliance import clock

FILE: Final = "sign-ins.json"
RADIUS: Final = "radius"
PORTAL: Final = "portal"
LOOK: Final = 0.2  # seconds between two looks at the file: signing out holds within one second
MOST: Final = 20_000  # sign-ins
MOST_BYTES: Final = 8 << 20


class SignIn(msgspec.Struct, frozen=True, array_like=True):
    """Somebody on a device. how: ``radius`` or ``portal``. rank: of their role (higher, stricter).

    mac: lower case with colons; empty where the device is known by address alone.
    addresses: canonical. starts, ends: seconds since 1970, by the gate's clock.
    """

    person: str
    how: str
    mac: str
    addresses: tuple[str, ...]
    starts: float
    ends: float
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Presence:
    """Who is signed in on a device, and at which addresses of it they are known to be.

    addresses: empty where the Wi-Fi said none, so that it is known to be on no network.
    """

    person: str
    addresses: tuple[str, ...]


_decoder: Final = msgspec.json.Decoder(tuple[SignIn, ...])
_Index = Mapping[str, list[SignIn]]


class SignIns:
    """Looks people up by device. Never raises. One owner: not for several threads."""

    __slots__ = ("_by_address", "_by_mac", "_edges", "_known", "_looked_at", "_monotonic", "_path",
                 "_seen_at", "_version")  # fmt: skip

    def __init__(self, run: Path, monotonic: Callable[[], float] = clock.monotonic) -> None:
        """Use the directory in which a gate says what it does."""
        self._path, self._monotonic = run / FILE, monotonic
        self._looked_at: float | None = None
        self._known: tuple[int, ...] | None = None
        self._version = 0
        self._seen_at = 0.0
        self._take(())

    def presence(self, address: str, mac: str | None, at: datetime) -> Presence | None:
        """Return who uses a device at an instant of the gate's clock, and where they said so."""
        found = self.held(address, mac, at)
        if found is None:
            return None
        said = (one.addresses for one in self._running(address, mac, at)
                if one.person == found.person)  # fmt: skip
        return Presence(found.person, tuple(sorted(set(chain.from_iterable(said)))))

    def held(self, address: str, mac: str | None, at: datetime) -> SignIn | None:
        """Return the sign-in that counts: the stricter role, then Wi-Fi, then the newest."""
        self._look()
        running = self._running(address, mac, at)
        return max(running, key=lambda one: (one.rank, one.how == RADIUS, one.starts), default=None)

    def _running(self, address: str, mac: str | None, at: datetime) -> list[SignIn]:
        now = at.timestamp()
        return [one for one in self._on(address, mac) if one.starts <= now < one.ends]

    def version(self, at: datetime) -> int:
        """Return a number that moves whenever somebody's sign-in came, changed or ran out."""
        self._look()
        now = at.timestamp()
        before, self._seen_at = self._seen_at, now
        low, high = min(before, now), max(before, now)  # a clock may be set back
        if any(low < edge <= high for edge in self._edges):
            self._version += 1
        return self._version

    def _on(self, address: str, mac: str | None) -> Iterable[SignIn]:
        """Closed: a sign-in on a MAC needs that MAC. Where none is known, a router stands between,
        and only what the Wi-Fi said of the address counts, or a sign-in made so far away."""
        if mac:
            return self._by_mac.get(mac.lower(), ())
        return self._by_address.get(_plain(address), ())

    def _look(self) -> None:
        now = self._monotonic()
        if self._looked_at is not None and now - self._looked_at < LOOK:
            return
        self._looked_at = now
        try:
            found = self._path.stat()
            known: tuple[int, ...] = (found.st_ino, found.st_mtime_ns, found.st_size)
        except OSError:
            known = ()
        if known == self._known:
            return
        self._known = known
        self._take(_read(self._path) if known else ())
        self._version += 1

    def _take(self, entries: Iterable[SignIn]) -> None:
        by_mac: defaultdict[str, list[SignIn]] = defaultdict(list)
        by_address: defaultdict[str, list[SignIn]] = defaultdict(list)
        edges: set[float] = set()
        for one in entries:
            edges |= {one.starts, one.ends}
            if one.mac:
                by_mac[one.mac].append(one)
            if not one.mac or one.how == RADIUS:
                for address in one.addresses:
                    by_address[address].append(one)
        self._by_mac: _Index = dict(by_mac)
        self._by_address: _Index = dict(by_address)
        self._edges = frozenset(edges)


def write(run: Path, entries: Iterable[SignIn]) -> None:
    """Put these sign-ins in the place of those before, whole, for this user alone.

    Raises:
        OSError: it cannot be written. What was written before is taken away where that can
            be done: somebody who signed out must not stay signed in for want of room.
    """
    path, draft = run / FILE, run / f".{FILE}"
    data = msgspec.json.encode(tuple(entries)[:MOST])
    try:
        draft.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        with os.fdopen(os.open(draft, flags, 0o600), "wb") as file:
            file.write(data)
        draft.replace(path)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _read(path: Path) -> tuple[SignIn, ...]:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            found = os.fstat(handle)
            private = stat.S_ISREG(found.st_mode) and not stat.S_IMODE(found.st_mode) & 0o022
            if not private or found.st_uid not in (os.geteuid(), 0):
                return ()
            data = file.read(MOST_BYTES + 1)
        return _decoder.decode(data)[:MOST] if len(data) <= MOST_BYTES else ()
    except (OSError, msgspec.MsgspecError, ValueError):
        return ()


def _plain(address: str) -> str:
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    return str((ip.ipv4_mapped or ip) if isinstance(ip, IPv6Address) else ip)
