"""``bellgate networks leases``: files that are there, by their whole path."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from tests.appliance.cli.test_stored import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "data")


def test_lease_files_come_and_go(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "dnsmasq.leases"
    file.write_text("1 00:00:5e:00:53:01 10.1.0.7 pad-7 *\n1 00:00:5e:00:53:02 10.1.0.8 * *\n")
    monkeypatch.chdir(tmp_path)
    said = bench.json("networks", "leases", "add", "dnsmasq.leases")
    assert said == {"lease_files": [str(file)], "leases": 2, "named": 1}
    assert bench.json("networks", "leases", "list") == {"lease_files": [str(file)]}
    assert bench.json("networks", "leases", "remove", str(file)) == {"removed": str(file)}
    assert bench.run("networks", "leases", "remove", str(file)).exit_code == 2
    assert "No lease file" in bench.run("networks", "leases", "list").stdout


@pytest.mark.parametrize("name", ["nothing-there", "."])
def test_what_cannot_be_read_is_refused(bench: Bench, tmp_path: Path, name: str) -> None:
    done = bench.run("networks", "leases", "add", str(tmp_path / name))
    assert done.exit_code == 2
    assert done.stderr


@pytest.mark.parametrize("kind", ["pipe", "device", "link", "large"])
def test_what_is_no_ordinary_file_is_refused_at_once(
    bench: Bench, tmp_path: Path, kind: str
) -> None:
    file = tmp_path / "leases"
    if kind == "pipe":
        os.mkfifo(file)
    elif kind == "large":
        with file.open("wb") as opened:
            opened.truncate((16 << 20) + 1)
    else:
        file.symlink_to("/dev/zero" if kind == "device" else file)
    done = bench.run("networks", "leases", "add", str(file))
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"{file}: cannot be read" in done.stderr
    assert bench.json("networks", "leases", "list") == {"lease_files": []}


@pytest.mark.parametrize(
    "text", ["root:*:19000:0:99999:7:::\n", "Some words of no meaning\n", "\0\1"]
)
def test_what_is_no_lease_file_is_refused(bench: Bench, tmp_path: Path, text: str) -> None:
    file = tmp_path / "shadow"
    file.write_text(text)
    done = bench.run("networks", "leases", "add", str(file))
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"{file}: is no lease file" in done.stderr


@pytest.mark.parametrize("text", ["", "\n", "duid 00:01:00:01\n", "address,hwaddr,client_id\n"])
def test_one_without_leases_yet_is_one(bench: Bench, tmp_path: Path, text: str) -> None:
    file = tmp_path / "leases"
    file.write_text(text)
    assert bench.json("networks", "leases", "add", str(file))["leases"] == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="gives a data directory away")
def test_root_is_warned_of_a_file_that_the_gate_cannot_read() -> None:
    with tempfile.TemporaryDirectory(prefix="bellgate-leases-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        bench, file = Bench(folder / "data"), folder / "leases"
        os.chown(bench.data, 65534, 65534)
        file.touch(mode=0o600)
        done = bench.run("networks", "leases", "add", str(file))
        assert done.exit_code == 0
        assert f"user 65534, who cannot read {file} (Permission denied)" in done.stderr
        file.chmod(0o644)
        assert bench.run("networks", "leases", "add", str(file)).stderr == ""
