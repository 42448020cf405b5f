"""Child processes kept alive: started, restarted with back-off, stopped cleanly.

One owner, one thread: ``tick`` is called a few times a second by whoever draws the
screen. Only the children's stderr is read by threads of its own, one for each child.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import IO, Final

from appliance import clock

BACK_OFF: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)  # seconds before each further restart
HEALTHY_AFTER: Final = 60.0  # seconds: a child that ran so long starts afresh with back-off
PATIENCE: Final = 5.0  # seconds between SIGTERM and SIGKILL

Say = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Program:
    """A child to run: its name on the screen and the arguments of ``bellgate run``.

    before: words that stand before its command line, such as those of setpriv(1). handing: open
    files of ours that it gets under the same numbers.
    """

    name: str
    arguments: tuple[str, ...]
    before: tuple[str, ...] = ()
    handing: tuple[int, ...] = ()


@dataclass(slots=True)
class Child:
    """One program and how it fares. Times are monotonic seconds."""

    program: Program
    process: subprocess.Popen[str] | None = None
    started_at: float = 0.0
    restarts: int = 0
    failures: int = 0
    due_at: float = 0.0
    readers: list[threading.Thread] = field(default_factory=list)

    @property
    def running(self) -> bool:
        """Whether the process is alive as far as it was last looked at."""
        return self.process is not None


def command(arguments: Sequence[str]) -> list[str]:
    """Return the command line of a child: this very Python, this very code."""
    return [sys.executable, "-m", "appliance.cli", "run", *arguments]


class Supervisor:
    """Runs programs until it is told to stop. ``say(name, line)`` gets all they write."""

    def __init__(
        self,
        programs: Sequence[Program],
        say: Say,
        *,
        command: Callable[[Sequence[str]], list[str]] = command,
        monotonic: Callable[[], float] = clock.monotonic,
    ) -> None:
        self.children = [Child(program) for program in programs]
        self._say = say
        self._command = command
        self._monotonic = monotonic

    def start(self) -> None:
        """Start every program."""
        for child in self.children:
            self._spawn(child)

    def tick(self) -> None:
        """Look after every child: note the dead, restart the due."""
        now = self._monotonic()
        for child in self.children:
            if child.process is not None:
                self._look_at(child, child.process, now)
            if child.process is None and now >= child.due_at:
                child.restarts += 1
                self._spawn(child)

    def stop(self) -> None:
        """End every child: SIGTERM, and SIGKILL for those still there after five seconds."""
        running = [(c, c.process) for c in self.children if c.process is not None]
        for _, process in running:
            _send(process, signal.SIGTERM)
        deadline = self._monotonic() + PATIENCE
        for child, process in running:
            try:
                process.wait(max(0.0, deadline - self._monotonic()))
            except subprocess.TimeoutExpired:
                self._say(child.program.name, "did not stop when asked: killed")
            _send(process, signal.SIGKILL)  # the whole group, so that nothing is left behind
            process.wait()
            self._reap(child)

    def _look_at(self, child: Child, process: subprocess.Popen[str], now: float) -> None:
        code = process.poll()
        ran = now - child.started_at
        if ran >= HEALTHY_AFTER:
            child.failures = 0
        if code is None:
            return
        _send(process, signal.SIGKILL)
        self._reap(child)
        wait = BACK_OFF[min(child.failures, len(BACK_OFF) - 1)]
        child.failures += 1
        child.due_at = now + wait
        self._say(child.program.name, f"{_ended(code)}; starts again in {wait:.0f} s")

    def _spawn(self, child: Child) -> None:
        process = subprocess.Popen(
            [
                *child.program.before,
                *self._command(child.program.arguments),
                "--parent",
                str(os.getpid()),
            ],
            pass_fds=child.program.handing,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops in order
        )
        child.process, child.started_at = process, self._monotonic()
        reader = threading.Thread(
            target=self._read, args=(child.program.name, process.stdout), daemon=True
        )
        reader.start()
        child.readers.append(reader)

    def _read(self, name: str, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                self._say(name, line.rstrip())

    def _reap(self, child: Child) -> None:
        child.process = None
        while child.readers:
            child.readers.pop().join(PATIENCE)


def _send(process: subprocess.Popen[str], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return  # the whole group has gone already


def _ended(code: int) -> str:
    if code >= 0:
        return f"ended with exit code {code}"
    return f"was ended by {signal.Signals(-code).name}"
