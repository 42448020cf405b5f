"""Who may stand in for somebody: whoever has the key, from this machine, and nobody else."""

from __future__ import annotations

import os
import stat
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.identity import stand_in
from appliance.identity.stand_in import StandIns, make, on_loopback, saying

HERE = ip_address("127.0.0.1").packed
PUPIL = "10.1.0.5"


def said(run: Path, address: str = PUPIL) -> bytes:
    found = saying(run, address)
    assert found is not None
    return found


@pytest.mark.parametrize("address", [PUPIL, "fd00:1::5"])
@pytest.mark.parametrize("source", ["127.0.0.1", "127.3.2.1", "::1", "::ffff:127.0.0.1"])
def test_whoever_has_the_key_stands_in_from_this_machine(
    tmp_path: Path, address: str, source: str
) -> None:
    make(tmp_path)
    proven = StandIns(tmp_path).stood_in(ip_address(source).packed, said(tmp_path, address))
    assert proven == ip_address(address).packed


@pytest.mark.parametrize("source", [PUPIL, "192.0.2.1", "fd00:1::5", "::ffff:10.1.0.5", "::"])
def test_from_anywhere_else_the_same_words_count_for_nothing(tmp_path: Path, source: str) -> None:
    make(tmp_path)
    assert StandIns(tmp_path).stood_in(ip_address(source).packed, said(tmp_path)) is None


def test_a_proof_is_for_one_address_alone(tmp_path: Path) -> None:
    make(tmp_path)
    other = ip_address("10.2.0.5").packed + said(tmp_path)[4:]
    assert StandIns(tmp_path).stood_in(HERE, other) is None


def test_each_start_ends_what_was_proven_before(tmp_path: Path) -> None:
    make(tmp_path)
    before = said(tmp_path)
    make(tmp_path)
    assert StandIns(tmp_path).stood_in(HERE, before) is None
    assert StandIns(tmp_path).stood_in(HERE, said(tmp_path)) is not None


def test_the_key_is_for_this_user_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        make(tmp_path)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / stand_in.FILE).stat().st_mode) == 0o600


def test_without_a_key_nobody_stands_in(tmp_path: Path) -> None:
    assert saying(tmp_path, PUPIL) is None
    make(tmp_path)
    words = said(tmp_path)
    (tmp_path / stand_in.FILE).unlink()
    assert StandIns(tmp_path).stood_in(HERE, words) is None


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_key_that_others_may_read_is_no_key(tmp_path: Path, mode: int) -> None:
    make(tmp_path)
    words = said(tmp_path)
    (tmp_path / stand_in.FILE).chmod(mode)
    assert StandIns(tmp_path).stood_in(HERE, words) is None
    assert saying(tmp_path, PUPIL) is None


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_a_damaged_key_is_no_key(tmp_path: Path, content: bytes) -> None:
    make(tmp_path)
    (tmp_path / stand_in.FILE).write_bytes(content)
    assert saying(tmp_path, PUPIL) is None


def test_a_link_in_the_place_of_the_key_is_no_key(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / stand_in.FILE).rename(tmp_path / "elsewhere")
    (tmp_path / stand_in.FILE).symlink_to(tmp_path / "elsewhere")
    assert saying(tmp_path, PUPIL) is None


def test_a_key_that_cannot_be_written_leaves_the_one_before(tmp_path: Path) -> None:
    make(tmp_path)
    words = said(tmp_path)
    (tmp_path / f".{stand_in.FILE}").mkdir()  # where the new one would be drafted
    with pytest.raises(OSError, match=r"\S"):
        make(tmp_path)
    assert StandIns(tmp_path).stood_in(HERE, words) is not None


@given(st.binary(max_size=80))
def test_no_bytes_prove_anything_by_chance(words: bytes) -> None:
    assert StandIns(Path("/nonexistent")).stood_in(HERE, words) is None
    assert not on_loopback(words) or len(words) in (4, 16)
