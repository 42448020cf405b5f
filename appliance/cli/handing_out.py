"""``bellgate run dhcp``: dnsmasq as the snapshot wants it, started anew when a plan changes.

Fails to no new addresses: what was handed out stays with its device until it ends. While the
snapshot cannot be read, dnsmasq goes on as it was.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Final

from appliance.cli.errors import InputError
from appliance.cli.places import Places
from appliance.identity.dhcp_server import PROGRAM, configuration
from appliance.publish.hold import Holder

TURN: Final = 0.5  # seconds between two looks
PATIENCE: Final = 3.0  # seconds between SIGTERM and SIGKILL
CONFIGURATION: Final = "dnsmasq.conf"
LEASES: Final = "dhcp.leases"


class Server:
    """One dnsmasq at a time, or none."""

    def __init__(self, data: Path, uplink: str) -> None:
        places = Places(data)
        self._run, self._uplink = places.run, uplink
        self._holder = Holder(places.snapshot)
        self._process: subprocess.Popen[bytes] | None = None
        self._wanted = ""

    def look(self) -> None:
        """Carry out what the snapshot says now.

        Raises:
            InputError: dnsmasq is missing, or has ended by itself; the supervisor tries again.
            OSError: its configuration cannot be written.
        """
        self._holder.refresh()
        if self._holder.state == "closed":  # nothing can be read: no word about plans
            return
        leases = self._run / LEASES
        wanted = configuration(self._holder.snapshot.contents, leases, self._uplink)
        if wanted != self._wanted:
            self.stop()
            self._wanted = wanted
            if wanted:
                self._start(wanted)
        elif self._process is not None and (code := self._process.poll()) is not None:
            raise InputError(f"{PROGRAM} has ended with exit code {code}")

    def stop(self) -> None:
        """End dnsmasq."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        process.kill()
        process.wait()

    def _start(self, wanted: str) -> None:
        program = shutil.which(PROGRAM, path="/usr/sbin:/usr/local/sbin:/usr/bin:/sbin")
        if program is None:
            raise InputError(f"{PROGRAM} is missing: install the package dnsmasq-base")
        file = self._run / CONFIGURATION
        draft = file.with_name(f".{file.name}")
        draft.write_text(wanted, encoding="ascii")
        draft.replace(file)
        # KILL: one that is only just starting may hang on TERM, and would hold the port.
        with_us = ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which("setpriv") else []
        argv = [*with_us, program, "--keep-in-foreground", f"--conf-file={file}",
                "--log-facility=-", "--pid-file", "--user=root", "--group=root"]  # fmt: skip
        # It has no more of root's power than we: the names only keep it from changing itself,
        # by which it would forget to die with us (PR_SET_PDEATHSIG in prctl(2)).
        self._process = subprocess.Popen(argv, stdin=subprocess.DEVNULL)


def serve(data: Path, uplink: str, stopping: threading.Event) -> None:
    """Hand out addresses until told to stop.

    Raises:
        InputError: dnsmasq is missing or ended by itself.
    """
    server = Server(data, uplink)
    try:
        while not stopping.is_set():
            server.look()
            stopping.wait(TURN)
    finally:
        server.stop()
