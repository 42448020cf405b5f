"""The appliance under test: its data, its processes, and how to change and ask it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from appliance.store import settings
from appliance.store.session import open_store
from tests.e2e import names
from tests.e2e.lab import GATE4, GATE6, ROOT, Lab
from tests.e2e.waiting import until

LONDON: Final = ZoneInfo("Europe/London")
UPSTREAMS: Final = ("--upstream", names.DNS4, "--upstream", f"[{names.DNS6}]")
FACES: Final = ("dns", "proxy")
ALL: Final = ("core", *FACES)


class Gate:
    """Bellgate in its namespace, on real ports: DNS 53, steered 80 and 443, proxy 3128."""

    def __init__(self, lab: Lab, data: Path) -> None:
        self.lab, self.data = lab, data
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def root_ca(self) -> Path:
        """The certificate that the school's devices trust."""
        return self.data / "ca" / "root.pem"

    def arguments(self, part: str) -> list[str]:
        """Return the command line of one part, as the supervisor would start it."""
        here = {
            "core": [],
            "dns": ["--listen", f"{GATE4}:53", "--listen", f"[{GATE6}]:53", *UPSTREAMS],
            "proxy": ["--http", f"{GATE4}:80", "--http", f"[{GATE6}]:80",
                      "--https", f"{GATE4}:443", "--https", f"[{GATE6}]:443",
                      "--explicit", f"{GATE4}:3128", *UPSTREAMS,
                      "--upstream-ca", str(self.lab.world_ca)],
            "web": ["--listen", f"{GATE4}:8000", "--explicit", f"{GATE4}:3128"],
        }  # fmt: skip
        return ["run", part, "--data", str(self.data), *here[part]]

    def start(self, *parts: str, program: Iterable[str] = ("-m", "appliance.cli")) -> None:
        """Start parts, and wait until each does its work."""
        for part in parts or ALL:
            log = (self.data / f"{part}.log").open("ab")
            with log:
                self.processes[part] = subprocess.Popen(
                    self.lab.appliance.command(sys.executable, *program, *self.arguments(part)),
                    stdout=log, stderr=log, cwd=ROOT,
                )  # fmt: skip
        for part in parts or ALL:
            if part in FACES:
                until(lambda p=part: self.version(p) is not None, f"{part} answers", 20)  # type: ignore[misc]

    def end(self, *parts: str, how: signal.Signals = signal.SIGTERM) -> None:
        """End parts (all that run) and wait until they are gone."""
        running = [part for part in parts or tuple(self.processes) if part in self.processes]
        ending = [self.processes.pop(part) for part in running]
        for process in ending:
            _send(process.pid, how)
        for process in ending:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise

    def change(self, do: Callable[[Session], object]) -> float:
        """Change the store; return after how many seconds every face enforces the change."""
        before = {face: self.version(face) for face in FACES}
        self.write(do)
        began = time.monotonic()

        def everywhere() -> bool:
            ended = [part for part, process in self.processes.items() if process.poll() is not None]
            assert not ended, f"{ended} ended by themselves"
            now = {face: self.version(face) for face in FACES}
            return all(now[f] is not None and now[f] != before[f] for f in FACES)

        until(everywhere, "the change is enforced by every face")
        return time.monotonic() - began

    def write(self, do: Callable[[Session], object]) -> None:
        """Write to the store, as the admin UI does."""
        store = open_store(self.data / "bellgate.db")
        try:
            with store.session() as session:
                do(session)
        finally:
            store.close()

    def rehearse(self, wall: str) -> float:
        """Make it ``HH:MM:SS`` on Monday 23 November 2026; return when (monotonic) it was."""
        began, offset = time.monotonic(), offset_to(wall)
        self.change(lambda session: settings.put(session, "clock_offset", offset))
        return began

    def version(self, face: str) -> int | None:
        """Return the snapshot that a face enforces, None when it does not answer."""
        if face == "dns":
            said = self.lab.pupil.dig("snapshot.bellgate", "TXT", "CH", "+time=1").answers
            return int(said[0].strip('"')) if said else None
        health = self.health()
        return int(health["snapshot"]) if health else None

    def health(self) -> dict[str, Any]:
        """Return what the proxy says of itself; nothing when it does not answer."""
        asked = ("curl", "-s", "-m", "2", "--resolve", f"bellgate.internal:80:{GATE4}")
        done = self.lab.pupil.machine.run(*asked, "http://bellgate.internal/health")
        return dict(json.loads(done.stdout)) if done.returncode == 0 else {}

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the bellgate command on this gate's data."""
        return subprocess.run(
            [sys.executable, "-m", "appliance.cli", *arguments, "--data", str(self.data)],
            capture_output=True, text=True, cwd=ROOT, check=False, timeout=30,
        )  # fmt: skip

    def level(self, check: str) -> str:
        """Return how `bellgate status`, asked from a client's place, finds one thing to be."""
        done = self.lab.pupil.machine.run(
            sys.executable, "-m", "appliance.cli", "status", "--json", "--data", str(self.data)
        )
        assert done.returncode in (0, 1), done.stderr
        checks = json.loads(done.stdout)["checks"]
        return next(str(one["level"]) for one in checks if one["name"] == check)

    def attempts(self, *more: str) -> list[dict[str, Any]]:
        """Return what is written down, as ``bellgate attempts --json`` shows it."""
        done = self.command("attempts", "--json", "--limit", "100000", *more)
        assert done.returncode == 0, done.stderr
        return list(json.loads(done.stdout))

    def attempt_on(self, host: str, *more: str) -> dict[str, Any]:
        """Wait until an attempt on a host is in the store and return the newest."""

        def look() -> list[dict[str, Any]]:
            return [row for row in self.attempts(*more) if row["host"] == host]

        return until(look, f"an attempt on {host} is written down")[-1]

    def logs(self) -> str:
        """Return what the processes have said."""
        return "".join(
            f"--- {path.name}\n{path.read_text(errors='replace')[-3000:]}"
            for path in sorted(self.data.glob("*.log"))
        )


def offset_to(wall: str) -> float:
    """Return the rehearsal offset (seconds) that makes it ``HH:MM:SS`` on that Monday."""
    then = datetime.fromisoformat(f"2026-11-23T{wall}").replace(tzinfo=LONDON)
    return (then - datetime.now(UTC)).total_seconds()


def _send(pid: int, how: signal.Signals) -> None:
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        return
