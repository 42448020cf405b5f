"""Files of the CA are replaced whole, with the mode they must have."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from appliance.authority import files


def test_a_mode_is_set_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        files.write(tmp_path / "key", b"one", mode=0o600)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


def test_a_file_is_replaced_not_rewritten(tmp_path: Path) -> None:
    path = tmp_path / "key"
    files.write(path, b"one", mode=0o600)
    with path.open("rb") as reading:
        files.write(path, b"two", mode=0o600)
        assert reading.read() == b"one"
    assert path.read_bytes() == b"two"
    assert [p.name for p in tmp_path.iterdir()] == ["key"]


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "key").write_bytes(pem)
    with pytest.raises(files.AuthorityError, match="key: the key is not an RSA key"):
        files.read_key(tmp_path / "key")


def test_the_lock_makes_a_folder_for_its_owner(tmp_path: Path) -> None:
    with files.locked(tmp_path / "a" / "ca"):
        assert stat.S_IMODE((tmp_path / "a" / "ca").stat().st_mode) == 0o700
