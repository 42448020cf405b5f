"""``bellgate networks leases``: files that are there, by their whole path."""

from __future__ import annotations

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
