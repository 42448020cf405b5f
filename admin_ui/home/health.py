"""How the gate is, asked of its faces in the background so that no page waits for a dead one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from threading import Lock
from typing import Final

from appliance import clock
from appliance.attempts.attention import changes
from appliance.status import faces, files
from appliance.status.checks import Check, Level
from appliance.status.firewall import firewall
from appliance.status.running import Running, announced

FRESH: Final = 5.0  # seconds for which an answer is relied on
LONGEST: Final = 0.12  # seconds that a page waits for answers
LATE: Final = 2.0  # seconds after which a change that is not in force is a fault
_WAITS: Final = Check("", Level.AMBER, "This has not answered yet. Load the page again.")
Probe = Callable[[], Check]


class Health:
    """The latest answer of each probe. Any thread may ask; one round runs at a time."""

    def __init__(self, data: Path, monotonic: Callable[[], float] = clock.monotonic) -> None:
        self._data, self._monotonic = data, monotonic
        self._lock = Lock()
        self._pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="health")
        self._asked: dict[str, Future[Check]] = {}
        self._known: dict[str, Check] = {}
        self._at: float | None = None

    def checks(self) -> tuple[Check, ...]:
        """Return how everything is, as known now; what never answered yet says so.

        Waits a moment for fresh answers, never for all the patience of a probe.
        """
        with self._lock:
            if self._due():
                probes = self._probes()
                self._known = {n: c for n, c in self._known.items() if n in probes}
                self._asked = {name: self._pool.submit(do) for name, do in probes.items()}
                self._at = self._monotonic()
            asked = dict(self._asked)
        wait(asked.values(), LONGEST)
        with self._lock:
            for name, future in asked.items():
                if future.done() and not future.cancelled():
                    self._known[name] = _answer(name, future)
            known = dict(self._known)
        return tuple(known.get(name) or _named(_WAITS, name) for name in asked)

    def close(self) -> None:
        """Ask nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _due(self) -> bool:
        if self._at is None:
            return True
        over = all(future.done() for future in self._asked.values())
        return over and self._monotonic() - self._at >= FRESH

    def _probes(self) -> dict[str, Probe]:
        data, running = self._data, announced(self._data)
        probes: dict[str, Probe] = {}
        if running is None:
            probes["gate"] = _no_gate
        else:
            probes |= _face_probes(running)
            if running.gateway:
                probes["firewall"] = lambda: firewall(data / "run", clock.real())
        probes["snapshot"] = lambda: files.snapshot(data / "snapshot", clock.real())
        probes["core"] = lambda: _core(data)
        probes["spool"] = lambda: files.spool(data / "spool")
        probes["database"] = lambda: files.database(data / "bellgate.db")
        probes["disk"] = lambda: files.room(data)
        return probes


def _face_probes(running: Running) -> dict[str, Probe]:
    probes: dict[str, Probe] = {}
    dns, http, upstreams = running.dns, running.http, running.upstreams
    if dns is not None:
        probes["dns"] = lambda: faces.dns(dns)
    # Behind a firewall this machine itself is asked, and only the explicit proxy hears it.
    proxy = running.explicit if running.gateway else http
    if proxy is not None:
        probes["proxy"] = lambda: faces.proxy(proxy)
    probes["upstream"] = lambda: faces.upstream(upstreams)
    return probes


def _no_gate() -> Check:
    return Check("gate", Level.RED, "No gate has announced itself on this appliance.")


def _core(data: Path) -> Check:
    asked = changes(data / "run")
    mark = asked.ask()
    if mark and asked.wait(mark, LATE):
        return Check("core", Level.GOOD, "What was changed is in force.")
    if not files.writable(data / "bellgate.db"):
        words = "No change is taken up while the database is missing, damaged or locked."
        return Check("core", Level.AMBER, words)
    words = "Changes are not put in force. The last snapshot is enforced."
    return Check("core", Level.RED, words)


def _answer(name: str, future: Future[Check]) -> Check:
    """Return what a probe found. Fails closed: one that broke says so in red."""
    error = future.exception()
    if error is not None:
        return Check(name, Level.RED, f"This could not be looked at: {error}.")
    return future.result()


def _named(check: Check, name: str) -> Check:
    return Check(name, check.level, check.words)
