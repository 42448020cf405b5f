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
from appliance.attempts.spool import Spool
from appliance.firewall.door.answers import Answers
from appliance.firewall.door.kept import Kept
from appliance.firewall.door.memory import Memory
from appliance.firewall.door.rules import Rules, Seen
from appliance.firewall.door.settings import DoorSettings
from appliance.firewall.door.state import State
from appliance.firewall.door.tried import Tried
from appliance.firewall.facts import known
from appliance.firewall.nft import Nft
from appliance.firewall.told import ROOM, SOCKET, Told, opened, place, unpacked
from appliance.identity.sign_ins import SignIns
from appliance.identity.watch import Watch
from appliance.policy.presence import Whom
from appliance.policy.snapshot import Snapshot
from appliance.publish.hold import Holder

MOST_HEARD: Final = 64  # datagrams in one turn, so that a flood stops no bell
FORGET_EVERY: Final = 10.0  # seconds
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
        memory = Memory()
        self._kept = Kept(settings.memory, memory)
        self._answers = Answers(
            self._nft, memory, settings.gateway.listen, inherits=self._kept.restored
        )
        self._tried = Tried(self._nft, self._answers, known())
        self._spool = Spool(settings.data / "spool", "door")
        self._signed_in = SignIns(settings.data / "run")
        self._signed = -1
        self._basis = (0, 0)
        self._forget_at = clock.monotonic() + FORGET_EVERY
        self._whole_at = clock.monotonic() + WHOLE_EVERY
        self._table: dict[str, str] = {}
        self._persons: dict[str, Whom] = {}

    def run(self, stopping: threading.Event) -> None:
        """Work until told to stop. The rules stay in the kernel: that is closed."""
        try:
            while not stopping.is_set():
                self._turn()
                self._wait()
        finally:
            self._kept.keep()
            self._spool.close()
            self._watch.close()

    def _turn(self) -> None:
        seen = self._seen()
        self._rules.look(seen)
        if clock.monotonic() >= self._whole_at:
            self._rules.whole()
            self._whole_at = clock.monotonic() + WHOLE_EVERY
        basis = (self._rules.judged, self._rules.emptied)
        if basis != self._basis and self._rules.every:
            # The first time the kernel may hold what an earlier door put there, or nothing.
            afresh = self._basis[0] == 0 or basis[1] != self._basis[1]
            self._answers.begin(seen, self._rules.every, afresh=afresh)
            self._basis = basis
        self._answers.meet(seen)
        self._hear(seen)
        self._answers.step()
        attempts = self._tried.look(seen)
        if attempts:
            self._spool.append(attempts)
        if clock.monotonic() >= self._forget_at:
            self._answers.forget()
            self._forget_at = clock.monotonic() + FORGET_EVERY
        self._kept.look()
        self._say()

    def _seen(self) -> Seen:
        """Return what holds now; what has not changed is the same object as before."""
        self._holder.refresh()
        snapshot = self._holder.snapshot
        now = _now(snapshot)
        moved, signed = bool(self._watch.changed()), self._signed_in.version(now.at)
        if moved:
            self._table = self._watch.table()
        if moved or signed != self._signed:
            found: dict[str, Whom] = {
                address: said
                for address, mac in self._table.items()
                if (said := self._signed_in.presence(address, mac, now.at)) is not None
            }
            self._signed = signed
            if found != self._persons:
                self._persons = found
        return Seen(snapshot, now, self._table, self._persons)

    def _hear(self, seen: Seen) -> None:
        """Take in all that was told, in as few transactions as there are."""
        told: list[Told] = []
        for _ in range(MOST_HEARD):
            try:
                told += unpacked(self._link.recv(ROOM))
            except BlockingIOError:
                break
        if told:
            self._answers.hear(told, seen)

    def _wait(self) -> None:
        heard = [fd for fd in (self._link.fileno(), self._watch.fileno()) if fd >= 0]
        select.select(heard, (), (), 0.0 if self._answers.busy else TURN)

    def _say(self) -> None:
        rules = self._rules
        applied = rules.applied_at
        self._state.say(
            pid=os.getpid(), version=self._holder.snapshot.contents.version, trouble=rules.trouble,
            applied_at=applied.isoformat() if applied else None,
            snapshot=str(self._holder.state), put_back=rules.put_back,
            spool=self._spool.state.trouble, tried=self._tried.total, kept=self._kept.whole,
            **self._answers.counts,
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
