"""What devices call themselves: host names from the lease files of a DHCP server.

dnsmasq's file (dnsmasq(8), ``--dhcp-leasefile``) and Kea's memory file in CSV form (Kea
Administrator Reference Manual, "lease database"), IPv4 and IPv6. A name is only ever shown:
any device may call itself anything, so nobody is let through or held back for one.

Fails to no name: a file that is missing, too large or no lease file names nobody.
"""

from __future__ import annotations

import csv
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final

MOST_BYTES: Final = 16 << 20
LONGEST: Final = 63  # characters of a name, a label of RFC 1035
_LINE: Final = 4096  # characters, more than Kea writes
_MAC: Final = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")
_ESCAPED: Final = re.compile(r"&#x([0-9a-fA-F]{2})")  # Kea's, so that a comma ends no field
_ASSIGNED: Final = ("0", "")  # Kea's state: declined, reclaimed and released ones are nobody's


@dataclass(frozen=True, slots=True)
class Lease:
    """An address that was handed out. mac: lower case with colons, empty where it is not said.

    ends: seconds since 1970, 0 where it never ends.
    """

    address: str
    mac: str
    name: str
    ends: int


def read(text: str) -> tuple[Lease, ...]:
    """Return the leases that a file of either kind holds; total: what makes no sense is left out.

    Of several for one address the last holds: Kea appends.
    """
    first = text.partition("\n")[0]
    rows = _kea(text) if first.startswith("address,") else _dnsmasq(text)
    held: dict[str, Lease | None] = {}
    for address, lease in rows:
        held[address] = lease
    return tuple(lease for lease in held.values() if lease is not None)


def text_of(path: Path) -> str:
    """Return what a lease file says. Never waits for a pipe.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no ordinary file, or too large for one of leases.
    """
    with open(path, "rb", opener=_opened) as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise ValueError("it is not an ordinary file")
        if found.st_size > MOST_BYTES:
            raise ValueError(f"it is larger than {MOST_BYTES >> 20} MiB")
        return file.read(MOST_BYTES).decode("utf-8", "replace")


def is_lease_file(text: str) -> bool:
    """Whether it can be one: nobody has a lease yet, or somebody has one that makes sense."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines or lines[0].startswith("address,"):
        return True
    return bool(read(text)) or all(line.startswith("duid ") for line in lines)


class HostNames:
    """The names in some lease files, read again when a file changes. Never raises."""

    __slots__ = ("_by_address", "_by_mac", "_known", "_paths")

    def __init__(self, paths: Iterable[Path] = ()) -> None:
        self._paths = tuple(paths)
        self._known: tuple[object, ...] | None = None
        self._by_mac: dict[str, str] = {}
        self._by_address: dict[str, Lease] = {}

    def use(self, paths: Iterable[Path]) -> None:
        """Read these files from now on."""
        self._paths = tuple(paths)

    def look(self) -> None:
        """Read what has changed. Costs one stat for each file while nothing has."""
        known = tuple(_state(path) for path in self._paths)
        if known == self._known:
            return
        self._known = known
        leases = [lease for path in self._paths for lease in read(_text(path))]
        self._by_address = {lease.address: lease for lease in leases}
        self._by_mac = {lease.mac: lease.name for lease in leases if lease.mac and lease.name}

    def name_of(self, mac: str, address: str, now: float) -> str:
        """Return what a device calls itself: by its MAC, else by a lease that runs; else empty.

        An address changes hands: its lease names nobody who is seen with another MAC.
        now: seconds since 1970.
        """
        if mac and mac in self._by_mac:
            return self._by_mac[mac]
        lease = self._by_address.get(address)
        if lease is None or (lease.ends and lease.ends <= now):
            return ""
        return lease.name if not (mac and lease.mac) or mac == lease.mac else ""


def _dnsmasq(text: str) -> Iterator[tuple[str, Lease | None]]:
    """Lines of expiry, MAC (in IPv6 an identity number), address, name, client id."""
    for line in text.splitlines():
        words = line.split()
        if len(words) < 4 or words[0] == "duid":
            continue
        # A hardware type other than Ethernet's stands before the MAC: 06-00:11:...
        mac = words[1].lower().rpartition("-")[2]
        yield from _lease(words[2], mac, "" if words[3] == "*" else words[3], words[0])


def _kea(text: str) -> Iterator[tuple[str, Lease | None]]:
    for row in _rows(text):
        address = row.get("address", "")
        gone = row.get("state", "") not in _ASSIGNED or row.get("valid_lifetime", "") == "0"
        if gone or row.get("lease_type", "0") not in ("0", ""):  # a prefix is no device's address
            yield from ((one, None) for one in _canonical(address))
            continue
        name = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), row.get("hostname", ""))
        yield from _lease(address, row.get("hwaddr", "").lower(), name, row.get("expire", ""))


def _rows(text: str) -> Iterator[dict[str, str]]:
    lines = [line for line in text.replace("\0", "").splitlines() if len(line) < _LINE]
    names = next(csv.reader(lines))
    for line in lines[1:]:  # each by itself: an open quotation mark spoils one line
        values = next(csv.reader([line]), [])
        yield dict(zip(names, values, strict=False))


def _lease(address: str, mac: str, name: str, ends: str) -> Iterator[tuple[str, Lease]]:
    shown = "".join(c for c in name.rstrip(".") if c.isprintable()).strip()[:LONGEST]
    known = mac if _MAC.fullmatch(mac) else ""
    until = int(ends) if ends.isascii() and ends.isdigit() and len(ends) < 16 else 0
    for canonical in _canonical(address):
        yield canonical, Lease(canonical, known, shown, until)


def _canonical(address: str) -> list[str]:
    try:
        return [str(ip_address(address))]
    except ValueError:
        return []


def _state(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _text(path: Path) -> str:
    try:
        return text_of(path)
    except (OSError, ValueError):
        return ""


def _opened(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)  # a pipe put there by mistake holds nobody up
