"""A backup holds all that a gate is, and a restore takes nothing that is not one."""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
import tarfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from appliance.cli import main
from appliance.cli.places import Places


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def rows(path: Path) -> list[tuple[str]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT x FROM t ORDER BY x").fetchall()
    finally:
        connection.close()


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    data = tmp_path / "gate"
    Places(data).make()
    connection = sqlite3.connect(data / "bellgate.db")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE t (x)")
    connection.execute("INSERT INTO t VALUES ('kept')")
    connection.commit()
    connection.close()
    (data / "ca" / "root.pem").write_text("a certificate")
    (data / "ca" / "root.key").write_text("a key")
    return data


def test_there_and_back_while_somebody_writes(gate: Path, tmp_path: Path) -> None:
    file, other = tmp_path / "b.tar.gz", tmp_path / "other"
    writer = sqlite3.connect(gate / "bellgate.db")
    writer.execute("INSERT INTO t VALUES ('committed')")
    writer.commit()
    writer.execute("INSERT INTO t VALUES ('not committed')")
    done = run("backup", str(file), "--data", str(gate), "--json")
    writer.rollback()
    writer.close()
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert file.stat().st_mode & 0o777 == 0o600

    assert run("restore", str(file), "--data", str(other)).exit_code == 0
    assert rows(other / "bellgate.db") == [("committed",), ("kept",)]
    assert (other / "ca" / "root.key").read_text() == "a key"
    assert (other / "ca" / "root.key").stat().st_mode & 0o777 == 0o600


def test_a_gate_that_is_there_is_not_replaced_unasked(gate: Path, tmp_path: Path) -> None:
    file = tmp_path / "b.tar.gz"
    run("backup", str(file), "--data", str(gate))
    refused = run("restore", str(file), "--data", str(gate))
    assert refused.exit_code == 2
    assert "--force" in refused.stderr
    (gate / "bellgate.db-wal").write_bytes(b"of the database before")
    assert run("restore", str(file), "--data", str(gate), "--force").exit_code == 0
    assert not (gate / "bellgate.db-wal").exists()
    assert rows(gate / "bellgate.db") == [("kept",)]


def test_a_running_gate_is_not_restored_over(gate: Path, tmp_path: Path) -> None:
    file = tmp_path / "b.tar.gz"
    run("backup", str(file), "--data", str(gate))
    with Places(gate).lock():
        assert Places(gate).running()
        refused = run("restore", str(file), "--data", str(gate), "--force")
    assert refused.exit_code == 2
    assert "another gate runs" in refused.stderr
    assert not Places(gate).running()


def archive(path: Path, files: dict[str, bytes], **sums: str) -> Path:
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    manifest = json.dumps({"format": 1, "files": {**digests, **sums}}).encode()
    with tarfile.open(path, "w:gz") as made:
        for name, data in {"manifest.json": manifest, **files}.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            made.addfile(entry, io.BytesIO(data))
    return path


@pytest.mark.parametrize(
    ("name", "message"),
    [("../outside", "outside"), ("/etc/x", "/etc/x"), ("ca/../../x", "x"), ("other.db", "other.db"),
     ("run/gate.json", "gate.json")],
)  # fmt: skip
def test_nothing_is_written_outside(tmp_path: Path, name: str, message: str) -> None:
    file = archive(tmp_path / "b.tar.gz", {"bellgate.db": b"x", name: b"y"})
    refused = run("restore", str(file), "--data", str(tmp_path / "gate"))
    assert refused.exit_code == 2
    assert message in refused.stderr
    assert not (tmp_path / "gate" / "bellgate.db").exists()


def test_damage_is_found_before_anything_is_written(tmp_path: Path) -> None:
    file = archive(tmp_path / "b.tar.gz", {"bellgate.db": b"x"}, **{"bellgate.db": "0" * 64})
    refused = run("restore", str(file), "--data", str(tmp_path / "gate"))
    assert "checksum" in refused.stderr
    assert not (tmp_path / "gate" / "bellgate.db").exists()


@pytest.mark.parametrize("cut", [0, 10, 60, 150])
def test_what_is_no_backup_is_refused(gate: Path, tmp_path: Path, cut: int) -> None:
    file = tmp_path / "b.tar.gz"
    run("backup", str(file), "--data", str(gate))
    file.write_bytes(file.read_bytes()[:cut])
    refused = run("restore", str(file), "--data", str(tmp_path / "new"))
    assert refused.exit_code == 2
    assert "b.tar.gz" in refused.stderr


def test_a_damaged_database_is_not_backed_up(gate: Path, tmp_path: Path) -> None:
    (gate / "bellgate.db").write_bytes(b"no database at all" * 500)
    refused = run("backup", str(tmp_path / "b"), "--data", str(gate))
    assert refused.exit_code == 2
    assert "bellgate.db" in refused.stderr
    assert not (tmp_path / "b").exists()


def test_without_a_gate_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    refused = run("backup", str(tmp_path / "b"), "--data", str(tmp_path / "none"))
    assert refused.exit_code == 2
    assert "no gate" in refused.stderr


@pytest.mark.parametrize(
    "content", [b"", b"a letter home", bytes(range(256)) * 40, b"\x1f\x8b\x08\0" + b"\xff" * 99,
                b"BZh9" + b"x" * 99, b"\xfd7zXZ\0" + b"x" * 99]
)  # fmt: skip
def test_any_other_file_is_refused_in_plain_words(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "letter.odt"
    file.write_bytes(content)
    refused = run("restore", str(file), "--data", str(tmp_path / "gate"))
    assert refused.exit_code == 2
    assert refused.stderr == (
        f"Error: {file}: is no whole backup of a gate; give the file that `bellgate backup` wrote\n"
    )
