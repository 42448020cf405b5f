"""Input that would harm or cannot work, refused in words that name it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from appliance.cli import main
from tests.appliance.cli.gate_process import free_ports
from tests.appliance.cli.test_stored import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "data")


@pytest.mark.parametrize(
    "prefix", ["0.0.0.0/0", "::/0", "1.0.0.0/8", "128.0.0.0/1", "2000::/3", "8.0.0.0/15",
               "2001:db8::/31", "172.0.0.0/11", "f000::/4"]
)  # fmt: skip
def test_a_network_that_is_half_the_internet_is_refused(bench: Bench, prefix: str) -> None:
    done = bench.run("networks", "add", "Z", "10.77.0.0/16", prefix, "--role", "pupil")
    assert done.exit_code == 2
    assert prefix in done.stderr
    assert "open resolver" in done.stderr
    assert "z" not in {network["id"] for network in bench.json("networks", "list")}


@pytest.mark.parametrize(
    "prefix", ["10.0.0.0/8", "172.16.0.0/12", "192.0.2.0/24", "131.111.0.0/16", "fc00::/7",
               "2001:db8::/32"]
)  # fmt: skip
def test_one_that_a_school_may_have_is_not(bench: Bench, prefix: str) -> None:
    assert bench.run("networks", "add", "Z", prefix, "--role", "pupil").exit_code == 0


@pytest.mark.parametrize("content", ["", "# nothing yet\n\n"])
def test_an_empty_list_is_said_to_be_empty(bench: Bench, tmp_path: Path, content: str) -> None:
    file = tmp_path / "chat.txt"
    file.write_text(content)
    done = bench.run("lists", "add", str(file), "--category", "social_media")
    assert done.exit_code == 2
    assert done.stderr == f"Error: {file}: there is no name in it; it is empty, or comments alone\n"


def test_upstream_authorities_that_are_none_end_before_anything_starts(tmp_path: Path) -> None:
    file, data = tmp_path / "random", tmp_path / "data"
    file.write_bytes(bytes(range(256)) * 20)
    faces = ("dns", "http", "https", "proxy", "web")
    ports = zip(faces, free_ports(len(faces)), strict=True)
    flags = [word for face, port in ports for word in (f"--{face}-port", str(port))]
    done = CliRunner().invoke(main, ["up", "--upstream-ca", str(file), "--data", str(data), *flags])
    assert done.exit_code == 2
    assert f"--upstream-ca: {file}" in done.stderr
    assert not data.exists()
