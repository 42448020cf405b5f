"""The door's one loop: it hears of answers, keeps the rules as the snapshot says, and reads what
was tried."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from appliance import clock
from appliance.firewall.door.rules import Rules, Seen
from appliance.firewall.door.settings import DoorSettings
from appliance.firewall.door.state import State
from appliance.firewall.nft import Nft
from appliance.firewall.told import SOCKET, opened, place
from appliance.identity.watch import Watch
from appliance.policy.snapshot import Snapshot
from appliance.publish.hold import Holder

TURN: Final = 0.2  # seconds between two looks: a bell is heard within them
WHOLE_EVERY: Final = 3.0  # seconds between two looks whether the rules are still there


class Door:
    """Everything the door does, in one thread."""

    def __init__(self, settings: DoorSettings, link: socket.socket) -> None:
        self._link = link
        self._holder = Holder(settings.data / "snapshot", aside=True)
        self._watch = Watch()
        self._nft = Nft()
        self._rules = Rules(self._nft, settings.gateway)
        self._state = State(settings.data / "run")
        self._whole_at = clock.monotonic() + WHOLE_EVERY
        self._table: dict[str, str] = {}
        self._persons: dict[str, str] = {}

    def run(self, stopping: threading.Event) -> None:
        """Work until told to stop. The rules stay in the kernel: that is closed."""
        try:
            while not stopping.is_set():
                self._turn()
                self._wait()
        finally:
            self._watch.close()

    def _turn(self) -> None:
        self._holder.refresh()
        snapshot = self._holder.snapshot
        if self._watch.changed():
            self._table = self._watch.table()
        self._rules.look(Seen(snapshot, _now(snapshot), self._table, self._persons))
        if clock.monotonic() >= self._whole_at:
            self._rules.whole()
            self._whole_at = clock.monotonic() + WHOLE_EVERY
        self._say()

    def _wait(self) -> None:
        heard = [fd for fd in (self._link.fileno(), self._watch.fileno()) if fd >= 0]
        select.select(heard, (), (), TURN)

    def _say(self) -> None:
        rules = self._rules
        applied = rules.applied_at
        self._state.say(
            pid=os.getpid(), version=self._holder.snapshot.contents.version, trouble=rules.trouble,
            applied_at=applied.isoformat() if applied else None,
            snapshot=str(self._holder.state), put_back=rules.put_back,
        )  # fmt: skip


def serve(settings: DoorSettings, stopping: threading.Event) -> None:
    """Keep the rules until ``stopping`` is set.

    Raises:
        OSError: the socket cannot be made.
    """
    with listening(settings.data / "run") as link:
        Door(settings, link).run(stopping)


@contextlib.contextmanager
def listening(run: Path) -> Iterator[socket.socket]:
    """Open the socket that the DNS face tells us on, for this user alone."""
    run.mkdir(mode=0o700, parents=True, exist_ok=True)
    (run / SOCKET).unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as link:
        before = os.umask(0o177)
        try:
            with opened(run) as folder:
                link.bind(place(folder))
        finally:
            os.umask(before)
        yield link
    (run / SOCKET).unlink(missing_ok=True)


def _now(snapshot: Snapshot) -> clock.Now:
    c = snapshot.contents
    return clock.now(
        c.clock_offset, not_before=c.built_at, need_synchronised=c.need_synchronised_clock
    )
