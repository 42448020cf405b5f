"""The commands of the Wi-Fi's accounting."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.cli.places import Places
from tests.appliance.cli.test_stored import Bench
from tests.appliance.cli.wifi import School
from tests.appliance.identity.accounting import START, request


def test_names_and_realms_and_clients_are_put_by_command(tmp_path: Path) -> None:
    bench, file = Bench(tmp_path / "data"), tmp_path / "secret"
    file.write_text("not so secret, but long\n")
    added = bench.json("radius", "clients", "add", "10.0.0.0/24", "--secret-file", str(file))
    assert added == {"prefix": "10.0.0.0/24", "name": ""}
    assert bench.json("radius", "clients", "list") == [added]
    assert b"not so secret" not in (tmp_path / "data" / "bellgate.db").read_bytes()
    for words in (("10.0.0.1/24",), ("nonsense",), ("0.0.0.0/0",)):
        refused = bench.run("radius", "clients", "add", *words, "--secret-file", str(file))
        assert (refused.exit_code, refused.stdout) == (2, "")
    file.write_text("short")
    assert bench.run("radius", "clients", "add", "10.0.2.0/24", "--secret-file",
                     str(file)).exit_code == 2  # fmt: skip
    assert bench.run("radius", "names", "add", "larch.t", "nobody").exit_code == 2
    assert bench.json("radius", "realms", "add", "@School.Example") == {"realm": "school.example"}
    assert bench.json("radius", "realms", "list") == ["school.example"]
    for part, what in (("clients", "10.0.0.0/24"), ("realms", "school.example")):
        assert bench.json("radius", part, "remove", what) == {"removed": what}
        assert bench.run("radius", part, "remove", what).exit_code == 2
        assert bench.json("radius", part, "list") == []
    actions = [one["action"] for one in bench.json("audit", "show")]
    assert "settings.radius_client_added" in actions
    assert "settings.radius_client_removed" in actions


def test_a_name_means_whom_the_school_says(wifi: School) -> None:
    assert wifi.bench.run("radius", "names", "add", "Larch.T", "t-larch").exit_code == 0
    assert wifi.bench.json("radius", "names", "list") == {"larch.t": "t-larch"}
    wifi.hear(request(START, "LARCH.T@anywhere.example"))
    assert wifi.person() == "t-larch"
    assert wifi.bench.run("radius", "realms", "add", "school.example").exit_code == 0
    wifi.hear(request(START, "larch.t@anywhere.example", session="s2"))
    assert wifi.person() is None


@pytest.mark.parametrize(
    "text",
    [b"[]", b"1", b'"x"', b"null", b'{"a": "b"}', b'{"a": true}', b"{", b"\xff", b"[" * 9999],
)
def test_counts_that_make_no_sense_are_named(tmp_path: Path, text: bytes) -> None:
    bench = Bench(tmp_path / "data")
    file = Places(bench.data).run / "radius.json"
    file.write_bytes(text)
    for more in ((), ("--json",)):
        done = bench.run("radius", "counts", *more)
        assert (done.exit_code, done.stdout) == (2, "")
        assert str(file) in done.stderr
        assert "Traceback" not in done.stderr
    file.write_text('{"\\u001b[2J": 3}')
    assert bench.run("radius", "counts").stdout.split()[-1] == "3"
    assert "\x1b" not in bench.run("radius", "counts").stdout


@pytest.mark.parametrize(
    ("text", "said"), [(b"\xff\xfe\x00", "is not text"), (b"x" * 1025, "is longer than 1024")]
)
def test_a_file_that_holds_no_secret_is_named(tmp_path: Path, text: bytes, said: str) -> None:
    bench, file = Bench(tmp_path / "data"), tmp_path / "secret"
    file.write_bytes(text)
    done = bench.run("radius", "clients", "add", "10.0.0.0/24", "--secret-file", str(file))
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"--secret-file: {file}: {said}" in " ".join(done.stderr.split())
    assert bench.json("radius", "clients", "list") == []
