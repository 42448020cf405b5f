"""Leaves are renewed by themselves, and an intermediate that changes is taken up."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance.authority import files
from appliance.authority.authority import Authority, ensure
from proxy_addons.certificates import LEAVES, Certificates

START = datetime(2026, 11, 21, tzinfo=UTC)


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = START
        self.seconds = 0.0

    def real(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("made") / "ca"
    ensure(found, ("facebook.com",), START)
    return found


@pytest.fixture
def directory(tmp_path: Path, made: Path) -> Path:
    shutil.copytree(made, tmp_path / "ca")
    return tmp_path / "ca"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def held(directory: Path) -> Authority:
    return ensure(directory, (), START)


@pytest.fixture
def leaves(directory: Path, clock: Clock, held: Authority) -> Certificates:
    return Certificates(directory, held, clock.real, clock.monotonic)


def test_a_leaf_is_made_once_and_renewed_before_its_end(leaves: Certificates, clock: Clock) -> None:
    first = leaves.leaf("facebook.com")
    assert leaves.leaf("facebook.com") is first
    clock.now = first.renew_at - timedelta(seconds=1)
    assert leaves.leaf("facebook.com") is first
    clock.now = first.renew_at
    renewed = leaves.leaf("facebook.com")
    assert renewed.certificate.not_valid_after_utc > first.certificate.not_valid_after_utc
    assert first.renew_at < first.certificate.not_valid_after_utc - timedelta(days=1)


def test_it_lives_thirty_days_at_most(leaves: Certificates) -> None:
    leaf = leaves.leaf("facebook.com").certificate
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc <= timedelta(days=30)


def test_a_leafs_key_is_not_the_authoritys(leaves: Certificates, held: Authority) -> None:
    assert leaves.leaf("facebook.com").certificate.public_key() != held.key.public_key()


def test_a_new_intermediate_is_taken_up_within_a_second(
    leaves: Certificates, clock: Clock, directory: Path
) -> None:
    before = leaves.leaf("facebook.com")
    assert not leaves.covers("x.com")
    ensure(directory, ("x.com",), START)
    assert not leaves.covers("x.com")  # looked at a moment ago
    clock.seconds += 1
    assert leaves.covers("x.com")
    after = leaves.leaf("facebook.com")
    assert after.certificate.issuer != before.certificate.issuer


def test_a_damaged_file_changes_nothing_and_is_said(
    leaves: Certificates, clock: Clock, directory: Path
) -> None:
    (directory / files.INTERMEDIATE).write_bytes(b"nonsense")
    clock.seconds += 1
    assert leaves.covers("facebook.com")
    assert leaves.leaf("facebook.com")
    assert files.INTERMEDIATE in leaves.damage


def test_names_without_end_do_not_fill_the_memory(
    leaves: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(LEAVES + 5):
        leaves._leaves[f"{n}.facebook.com"] = leaves.leaf("facebook.com")
    leaves.leaf("new.facebook.com")
    assert len(leaves._leaves) == 1
