"""``bellgate up --web-tls``: the admin UI by HTTPS, and what its certificate holds for."""

from __future__ import annotations

import json
import socket
import subprocess
from pathlib import Path

import pytest

from appliance.cli.web_certificate import spoken_of
from tests.appliance.cli.gate_process import BELLGATE, Gate, until, upstream


def test_up_serves_https_and_says_so(tmp_path: Path) -> None:
    flags = ("--web-tls", "--web-name", "Gate.school.example", "--web-name", "10.9.8.7")
    with upstream() as resolver, Gate(tmp_path / "data", resolver, *flags) as gate:
        gate.ready()
        port = gate.ports["web"]
        assert f"https://gate.school.example:{port}/" in "\n".join(gate.output)
        for host in ("gate.school.example", "10.9.8.7", "localhost"):
            done = subprocess.run(
                ["curl", "-sS", "--max-time", "20", "--connect-to", f"::127.0.0.1:{port}",
                 "--cacert", str(gate.data / "ca" / "root.pem"), "-o", str(tmp_path / "page"),
                 "-w", "%{json}", f"https://{host}:{port}/"],
                capture_output=True, text=True, check=False, timeout=60,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr
            assert json.loads(done.stdout)["response_code"] == 200
        checks = {check["name"]: check for check in gate.json("status")["checks"]}
        assert checks["web"]["level"] == "good"
        assert f"https://gate.school.example:{port}" in checks["web"]["words"]
        page = gate.curl("https://www.facebook.com/", "127.0.20.5")
        assert f"https://gate.school.example:{port}/requests/new?url=" in page.stdout


@pytest.mark.parametrize("name", ["https://gate", "gate school", "", "-gate", "gäte", "a" * 300])
def test_what_is_no_name_is_refused(tmp_path: Path, name: str) -> None:
    done = subprocess.run(
        [*BELLGATE, "up", "--data", str(tmp_path / "d"), "--web-name", name],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert "--web-name" in done.stderr
    assert not (tmp_path / "d").exists()


@pytest.mark.parametrize(
    ("listen", "given", "hosts", "addresses"),
    [
        ("127.0.0.1", (), {"localhost"}, {"127.0.0.1", "::1"}),
        ("0.0.0.0", ("gate.example",), {"localhost", "gate.example"}, {"127.0.0.1", "::1"}),
        ("192.0.2.7", ("2001:db8::1",), set(), {"192.0.2.7", "2001:db8::1"}),
        ("fe80::1%eth0", (), set(), {"fe80::1"}),
    ],
)
def test_the_certificate_holds_for_what_people_type(
    listen: str, given: tuple[str, ...], hosts: set[str], addresses: set[str]
) -> None:
    found_hosts, found_addresses = spoken_of(listen, given)
    own = socket.gethostname().lower()
    assert {host for host in found_hosts if not host.startswith(own)} == hosts
    assert set(found_addresses) == addresses


def test_a_gate_without_its_roots_key_says_what_it_needs(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with upstream() as resolver:
        with Gate(data, resolver) as first:
            first.ready()
        (data / "ca" / "root.key").unlink()
        with Gate(data, resolver, "--web-tls") as second:
            until(lambda: any("bellgate ca return-root" in line for line in second.output))
