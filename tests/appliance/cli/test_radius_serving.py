"""The listener as ``up`` starts it, and the client of FreeRADIUS."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.appliance.cli.gate_process import free_ports, until
from tests.appliance.cli.test_stored import Bench
from tests.appliance.identity.accounting import SECRET

MAC = "00:16:3e:00:00:01"
RADCLIENT = shutil.which("radclient")


@pytest.mark.skipif(RADCLIENT is None, reason="radclient (freeradius-utils) is not here")
def test_a_real_radius_client_is_heard_and_answered(tmp_path: Path) -> None:
    """The process as ``up`` starts it, and the client of FreeRADIUS."""
    bench, file = Bench(tmp_path / "data"), tmp_path / "secret"
    file.write_bytes(SECRET)
    bench.run("radius", "clients", "add", "127.0.0.1/32", "--secret-file", str(file))
    (port,) = free_ports(1)
    process = subprocess.Popen([sys.executable, "-m", "appliance.cli", "run", "radius", "--data",
                               str(bench.data), "--listen", f"127.0.0.1:{port}"])  # fmt: skip
    try:
        until(lambda: (bench.data / "run" / "radius.json").exists())
        said = (
            'Acct-Status-Type = Start, User-Name = "Sam", Acct-Session-Id = "7", '
            'Calling-Station-Id = "00-16-3E-00-00-01", Framed-IP-Address = 127.0.30.9, '
            'NAS-Identifier = "ap1"'
        )
        with_right = _radclient(said, port, SECRET.decode())
        assert "Received Accounting-Response" in with_right.stdout, with_right
        (one,) = bench.json("sign-ins", "list")
        assert (one["by"], one["mac"], one["addresses"]) == ("Sam", MAC, ["127.0.30.9"])
        assert "Received" not in _radclient(said, port, "another secret").stdout
        stop = _radclient(said.replace("Start", "Stop"), port, SECRET.decode())
        assert "Received Accounting-Response" in stop.stdout
        assert bench.json("sign-ins", "list") == []
        until(lambda: bench.json("radius", "counts").get("taken") == 2)
        assert bench.json("radius", "counts")["forged"] >= 1
    finally:
        process.terminate()
        assert process.wait(30) == 0


def _radclient(said: str, port: int, secret: str) -> subprocess.CompletedProcess[str]:
    assert RADCLIENT is not None
    return subprocess.run(
        [RADCLIENT, "-x", "-r", "1", "-t", "5", f"127.0.0.1:{port}", "acct", secret],
        input=said, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_without_a_database_the_listener_ends_and_says_why(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    done = subprocess.run(
        [sys.executable, "-m", "appliance.cli", "run", "radius", "--data", str(tmp_path),
         "--listen", f"127.0.0.1:{port}"], capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "bellgate.db" in done.stderr
