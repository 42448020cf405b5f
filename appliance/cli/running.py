"""One run of ``bellgate up``: children, health and verdicts, until it is told to stop."""

from __future__ import annotations

import queue
import threading
from contextlib import nullcontext
from typing import Final

from appliance.cli import look, watching
from appliance.cli.live import LiveView, PlainView, View
from appliance.cli.routing import Routing
from appliance.cli.supervisor import Supervisor
from appliance.cli.up import Options, programs
from appliance.status.checks import Check

TURN: Final = 0.15  # seconds between two looks at children and verdicts
LOOK_EVERY: Final = 2.0  # seconds between two looks at health


class Watchman:
    """Looks at health from a thread of its own, so that a slow answer never stops the screen."""

    def __init__(self, options: Options, stopping: threading.Event) -> None:
        self._options = options
        self._stopping = stopping
        self.checks: tuple[Check, ...] = ()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Start looking."""
        self._thread.start()

    def join(self) -> None:
        """Wait for the last look to end."""
        self._thread.join(3.0)

    def _run(self) -> None:
        pause = 0.3
        while not self._stopping.wait(pause):
            self.checks = tuple(look.at_all(self._options.places, self._options.ports))
            pause = LOOK_EVERY


def run(options: Options, said: list[str], stopping: threading.Event, *, fancy: bool) -> None:
    """Run the children and show what happens until ``stopping`` is set."""
    written: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
    supervisor = Supervisor(programs(options), lambda name, line: written.put((name, line)))
    view: View = LiveView(options) if fancy else PlainView(options)
    watchman = Watchman(options, stopping)
    routing = (
        Routing(options.places.run, options.cabling.uplink) if options.cabling else nullcontext()
    )
    # Routing last to end: the faces are gone by then, and nothing is left half open.
    with routing as router, watching.Verdicts(options.places) as verdicts, view:
        view.opening(said)
        supervisor.start()
        watchman.start()
        try:
            while not stopping.is_set():
                supervisor.tick()
                if router is not None:
                    router.tick()
                _pass_on(written, view)
                view.show(verdicts.new(), watchman.checks, supervisor.children)
                stopping.wait(TURN)
        finally:
            stopping.set()
            _end(supervisor, watchman, view)
            _pass_on(written, view)


def _end(supervisor: Supervisor, watchman: Watchman, view: View) -> None:
    try:
        view.closing()
    finally:  # a screen that has gone away keeps nobody running
        supervisor.stop()
        watchman.join()


def _pass_on(written: queue.SimpleQueue[tuple[str, str]], view: View) -> None:
    while not written.empty():
        view.line(*written.get())
