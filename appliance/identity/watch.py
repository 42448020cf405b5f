"""The neighbour table as the kernel tells it: each change as it happens, and no dump a second.

For processes that run on. Whoever asks once takes ``neighbours.Neighbours``.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Final

from appliance import clock
from appliance.identity import netlink
from appliance.identity.neighbours import KEPT, plain

AGAIN: Final = 60.0  # seconds after which the whole table is read anew, come what may
_MOST: Final = 256  # datagrams taken in one look, so that a flood of changes stops nobody


class Watch:
    """Who is behind which address now. One owner: not for several threads. ``close`` at the end.

    Never raises. What the kernel could not tell (its queue was full) is read anew; where it
    tells nothing at all, the table is read once a second; where that fails too, nobody is
    known, and then a client is what its network says, never more.
    """

    __slots__ = ("_certain", "_changed", "_due", "_dump", "_link", "_monotonic", "_open", "_table")

    def __init__(
        self,
        dump: Callable[[], netlink.Table] = netlink.dump,
        subscribed: Callable[[], socket.socket] = netlink.subscribed,
        monotonic: Callable[[], float] = clock.monotonic,
    ) -> None:
        self._dump, self._open, self._monotonic = dump, subscribed, monotonic
        self._link: socket.socket | None = None
        self._table: netlink.Table = {}
        self._certain: dict[str, str] = {}
        self._changed: set[str] = set()
        self._due = self._monotonic()

    def mac_of(self, address: str) -> str | None:
        """Return the MAC behind an address as of this moment (see ``Neighbours.mac_of``)."""
        ip = plain(address)
        if ip is None:
            return None
        self._look()
        return self._certain.get(ip)

    def table(self) -> dict[str, str]:
        """Return a copy of what is known now: canonical address to MAC."""
        self._look()
        return dict(self._certain)

    def changed(self) -> frozenset[str]:
        """Return the addresses whose MAC is another, or known or unknown, since the last call."""
        self._look()
        found, self._changed = frozenset(self._changed), set()
        return found

    def fileno(self) -> int:
        """Return what to wait on for the next change; -1 where the kernel tells none."""
        self._look()
        return -1 if self._link is None else self._link.fileno()

    def close(self) -> None:
        """Listen no more. Another look would begin anew."""
        if self._link is not None:
            self._link.close()
        self._link = None
        self._due = self._monotonic()

    def _look(self) -> None:
        """Take in what has happened, the whole table where that is due or something was lost."""
        if self._link is not None and not self._listen(self._link):
            self.close()  # what still waits there is older than the table that is read now
        if self._monotonic() >= self._due:
            self._read()

    def _listen(self, link: socket.socket) -> bool:
        """Take in what the kernel told. False: something was lost."""
        touched: set[str] = set()
        whole = True
        try:
            for _ in range(_MOST):
                changes = netlink.told(link)
                if changes is None:
                    break
                touched |= netlink.applied(self._table, changes)
        except (OSError, netlink.BadAnswerError):
            whole = False
        self._settle(touched)
        return whole

    def _read(self) -> None:
        """Subscribe where we are not yet, then read all: what changes in between is told after."""
        now = self._monotonic()
        if self._link is None:
            try:
                self._link = self._open()
            except OSError:
                self._link = None  # no telling here: a table a second
        self._due = now + (KEPT if self._link is None else AGAIN)
        try:
            table = self._dump()
        except (OSError, netlink.BadAnswerError):
            table, self._due = (
                {},
                now + KEPT,
            )  # closed: an unknown MAC never earns a device's rights
        touched = {address for _, address in self._table.keys() | table.keys()}
        self._table = table
        self._settle(touched)

    def _settle(self, touched: set[str]) -> None:
        """Work out anew who is certain at the addresses where anything happened."""
        if not touched:
            return
        found = netlink.certain({key: mac for key, mac in self._table.items() if key[1] in touched})
        for address in touched:
            mac = found.get(address)
            if self._certain.get(address) == mac:
                continue
            self._changed.add(address)
            if mac is None:
                del self._certain[address]
            else:
                self._certain[address] = mac
