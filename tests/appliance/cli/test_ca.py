"""The certificate authority: shown, exported, its root key taken off and brought back."""

from __future__ import annotations

import json
import plistlib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography import x509

from appliance import clock
from appliance.authority.authority import Authority, ensure
from appliance.cli import main


def run(data: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["ca", *words, "--data", str(data)])


@pytest.fixture
def held(tmp_path: Path) -> Authority:
    return ensure(tmp_path / "ca", ["facebook.com", "x.com"], clock.real())


@pytest.mark.usefixtures("held")
def test_show(tmp_path: Path) -> None:
    said = json.loads(run(tmp_path, "show", "--json").stdout)
    assert said["root_key_here"] is True
    assert "facebook.com" in said["sites"]
    text = run(tmp_path, "show").stdout
    assert said["fingerprint"] in text
    assert "PRIVATE" not in text


def test_export_in_every_form(tmp_path: Path, held: Authority) -> None:
    pem = run(tmp_path, "export").stdout_bytes
    assert x509.load_pem_x509_certificate(pem) == held.root
    assert b"PRIVATE" not in pem
    der = run(tmp_path, "export", "--format", "der").stdout_bytes
    assert x509.load_der_x509_certificate(der) == held.root
    file = tmp_path / "school.mobileconfig"
    assert run(tmp_path, "export", "--format", "mobileconfig", "-o", str(file)).exit_code == 0
    assert plistlib.loads(file.read_bytes())["PayloadType"] == "Configuration"


def test_the_root_key_leaves_and_comes_back(tmp_path: Path, held: Authority) -> None:
    stick, key = tmp_path / "stick.key", tmp_path / "ca" / "root.key"
    before = key.read_bytes()
    assert run(tmp_path, "take-root", str(stick)).exit_code == 0
    assert not key.exists()
    assert stick.read_bytes() == before
    assert stick.stat().st_mode & 0o777 == 0o600
    assert json.loads(run(tmp_path, "show", "--json").stdout)["root_key_here"] is False
    assert "not on this machine" in run(tmp_path, "take-root", str(tmp_path / "2")).stderr
    assert run(tmp_path, "return-root", str(stick)).exit_code == 0
    assert key.read_bytes() == before
    assert key.stat().st_mode & 0o777 == 0o600
    assert held.root.subject


@pytest.mark.usefixtures("held")
def test_nothing_is_overwritten_and_no_foreign_key_taken(tmp_path: Path) -> None:
    stick = tmp_path / "stick.key"
    stick.write_text("mine")
    refused = run(tmp_path, "take-root", str(stick))
    assert refused.exit_code == 2
    assert "not overwritten" in refused.stderr
    assert stick.read_text() == "mine"
    assert (tmp_path / "ca" / "root.key").exists()
    assert run(tmp_path, "return-root", str(stick)).exit_code == 2
    ensure(tmp_path / "other" / "ca", ["x.com"], clock.real())
    foreign = run(tmp_path, "return-root", str(tmp_path / "other" / "ca" / "root.key"))
    assert foreign.exit_code == 2
    assert "is not the key of" in foreign.stderr


@pytest.mark.parametrize("words", [("show",), ("export",), ("take-root", "f")])
def test_without_an_authority_it_says_so(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = run(tmp_path, *words)
    assert done.exit_code == 2
    assert "Traceback" not in done.output
    assert str(tmp_path / "ca") in done.stderr


@pytest.mark.usefixtures("held")
def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "ca" / "root.pem").write_text("nonsense")
    done = run(tmp_path, "show")
    assert done.exit_code == 2
    assert "root.pem" in done.stderr


@pytest.mark.usefixtures("held")
def test_what_is_no_key_is_said_in_plain_words(tmp_path: Path) -> None:
    file = tmp_path / "photo.jpg"
    file.write_bytes(bytes(range(256)) * 20)
    done = run(tmp_path, "return-root", str(file))
    assert done.exit_code == 2
    assert done.stderr == (
        f"Error: {file}: holds no private key of ours; give the file that `bellgate ca take-root` "
        "wrote\n"
    )
