"""``bellgate run dhcp``: dnsmasq as the snapshot says, changed with it, gone with it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.cli import handing_out
from appliance.cli.errors import InputError
from appliance.cli.handing_out import CONFIGURATION, Server
from appliance.cli.places import Places
from tests.appliance.cli.test_stored import Bench
from tests.e2e.netns import Namespace

FAKE = """\
#!/bin/sh
echo "$@" >> "{log}"
exec sleep 600
"""


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path / "data")
    made.json("networks", "add", "Pupils", "10.1.0.0/16", "--role", "pupil")
    Places(made.data).run.mkdir(exist_ok=True)
    return made


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in dnsmasq's place that needs no port and writes down that it was begun."""
    log = tmp_path / "begun"
    program = tmp_path / "standing-in"
    program.write_text(FAKE.format(log=log))
    program.chmod(0o755)
    which = shutil.which
    monkeypatch.setattr(
        handing_out.shutil, "which",
        lambda name, **more: str(program) if name == "dnsmasq" else which(name, **more),
    )  # fmt: skip
    return log


def plan(bench: Bench, last: str) -> None:
    bench.json("networks", "dhcp", "set", "pupils", "10.1.0.100", last)
    bench.publish()


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def begun(log: Path) -> int:
    return len(log.read_text().splitlines()) if log.exists() else 0


def test_it_follows_the_plans(bench: Bench, log: Path) -> None:
    server = Server(bench.data, "")
    try:
        bench.publish()
        server.look()
        assert begun(log) == 0
        plan(bench, "10.1.0.200")
        server.look()
        server.look()
        until(lambda: begun(log) == 1)
        plan(bench, "10.1.0.150")
        server.look()
        until(lambda: begun(log) == 2)
        assert "10.1.0.150" in (Places(bench.data).run / CONFIGURATION).read_text()
        bench.json("networks", "dhcp", "off", "pupils")
        bench.publish()
        server.look()
        server.look()
        assert begun(log) == 2
    finally:
        server.stop()


def test_one_that_ends_by_itself_is_said(bench: Bench, log: Path) -> None:
    plan(bench, "10.1.0.200")
    server = Server(bench.data, "")
    program = Path(str(handing_out.shutil.which("dnsmasq")))
    program.write_text("#!/bin/sh\nexit 5\n")
    server.look()

    def said() -> bool:
        try:
            server.look()
        except InputError as error:
            return "exit code 5" in str(error)
        return False

    until(said)
    server.stop()


def test_without_dnsmasq_it_says_which_package(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan(bench, "10.1.0.200")
    monkeypatch.setattr(handing_out.shutil, "which", lambda *_a, **_m: None)
    with pytest.raises(InputError, match="dnsmasq-base"):
        Server(bench.data, "").look()


def test_it_ends_dnsmasq_when_it_is_told_to_stop(bench: Bench, log: Path) -> None:
    plan(bench, "10.1.0.200")
    stopping = threading.Event()
    thread = threading.Thread(target=handing_out.serve, args=(bench.data, "", stopping))
    thread.start()
    until(lambda: begun(log) == 1)
    stopping.set()
    thread.join(30)
    assert not thread.is_alive()


def alive(pid: str) -> str:
    """Return a process's name; empty where it is gone, if only nobody has buried it yet."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return ""
    fields = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    return "" if fields["State"].startswith("Z") else fields["Name"]


@pytest.mark.namespaces
@pytest.mark.skipif(
    os.geteuid() != 0 or not all(map(shutil.which, ("dnsmasq", "setpriv"))),
    reason="needs root, dnsmasq-base and setpriv",
)
def test_a_killed_one_leaves_no_dnsmasq_behind(bench: Bench) -> None:
    plan(bench, "10.1.0.200")
    gate = Namespace("dhcpk")
    try:
        gate.address("lo", "10.1.0.1/16")
        argv = [sys.executable, "-m", "appliance.cli", "run", "dhcp", "--data", str(bench.data)]
        with subprocess.Popen(gate.command(*argv)) as running:

            def inside() -> list[str]:
                found = subprocess.run(
                    ["ip", "netns", "pids", gate.name], capture_output=True, text=True, check=True
                ).stdout.split()
                return [name for name in map(alive, found) if name]

            until(lambda: "dnsmasq" in inside())
            running.send_signal(signal.SIGKILL)
            running.wait()
            until(lambda: inside() == [])
    finally:
        gate.remove()
