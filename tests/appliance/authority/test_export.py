"""The root in the forms that devices take."""

from __future__ import annotations

import plistlib
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from appliance.authority import export, files
from appliance.authority.authority import ensure

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("export") / "ca"
    ensure(found, (), NOW)
    return found


@pytest.fixture
def root(directory: Path) -> x509.Certificate:
    return files.read_certificates(directory / files.ROOT)[0]


def test_the_fingerprint_is_the_one_openssl_shows(directory: Path, root: x509.Certificate) -> None:
    done = subprocess.run(
        ["openssl", "x509", "-noout", "-fingerprint", "-sha256", "-in", directory / files.ROOT],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip().partition("=")[2] == export.fingerprint(root)


def test_pem_and_der_hold_the_same_certificate_and_no_key(root: x509.Certificate) -> None:
    assert x509.load_pem_x509_certificate(export.pem(root)) == root
    assert x509.load_der_x509_certificate(export.der(root)) == root
    assert b"PRIVATE" not in export.pem(root)


def test_the_profile_installs_a_root(root: x509.Certificate) -> None:
    profile = plistlib.loads(export.mobileconfig(root, "Duffield & Sons <School>"))
    (payload,) = profile["PayloadContent"]
    assert payload["PayloadType"] == "com.apple.security.root"
    assert payload["PayloadContent"] == export.der(root)
    assert profile["PayloadOrganization"] == "Duffield & Sons <School>"
    assert payload["PayloadUUID"] != profile["PayloadUUID"]


def test_the_same_root_makes_the_same_profile(root: x509.Certificate, tmp_path: Path) -> None:
    first, again = (plistlib.loads(export.mobileconfig(root, "S")) for _ in range(2))
    other = ensure(tmp_path / "ca", (), NOW).root
    third = plistlib.loads(export.mobileconfig(other, "S"))
    assert first == again
    assert third["PayloadUUID"] != first["PayloadUUID"]
    assert third["PayloadIdentifier"] != first["PayloadIdentifier"]
