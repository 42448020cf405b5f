"""The CA on disk: made once, readable by its owner alone, re-issued as the policy grows."""

from __future__ import annotations

import shutil
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance.authority import authority, certificates, files
from appliance.authority.authority import Authority, ensure, load
from appliance.authority.files import AuthorityError

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SUFFIXES = ("facebook.com", "fbcdn.net")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys take their time: made once, and copied for each test."""
    found = tmp_path_factory.mktemp("made") / "ca"
    ensure(found, SUFFIXES, NOW)
    return found


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "ca"


@pytest.fixture
def held(directory: Path, made: Path) -> Authority:
    shutil.copytree(made, directory)
    return load(directory, NOW)


def test_it_is_made_on_first_start_and_then_kept(directory: Path, held: Authority) -> None:
    again = ensure(directory, SUFFIXES, NOW)
    assert again.root == held.root
    assert again.intermediate == held.intermediate
    assert load(directory, NOW).key.public_key() == held.key.public_key()


def test_keys_are_for_their_owner_alone(directory: Path, held: Authority) -> None:
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    for name in (files.ROOT_KEY, files.INTERMEDIATE):
        assert stat.S_IMODE((directory / name).stat().st_mode) == 0o600
    assert held.key.private_numbers()
    assert b"PRIVATE" not in (directory / files.ROOT).read_bytes()


def test_the_file_is_mitmproxys_with_the_chain(directory: Path, held: Authority) -> None:
    chain = files.read_certificates(directory / files.INTERMEDIATE)
    assert chain == [held.intermediate, held.root]
    assert files.INTERMEDIATE == "mitmproxy-ca.pem"


def test_it_covers_what_can_be_steered_and_the_portal(held: Authority) -> None:
    assert held.covers("www.facebook.com")
    assert held.covers("bellgate.internal")
    assert not held.covers("notfacebook.com")
    assert not held.covers("bank.example")
    assert held.missing(("x.com", "fbcdn.net")) == ("x.com",)


def test_it_grows_under_the_same_root(directory: Path, held: Authority) -> None:
    grown = ensure(directory, (*SUFFIXES, "x.com"), NOW)
    assert grown.root == held.root
    assert grown.covers("x.com")
    assert grown.covers("facebook.com")


def test_a_host_taken_off_the_list_needs_no_new_certificate(
    directory: Path, held: Authority
) -> None:
    assert ensure(directory, ("facebook.com",), NOW).intermediate == held.intermediate


def test_it_is_renewed_before_its_end(directory: Path, held: Authority) -> None:
    end = held.intermediate.not_valid_after_utc
    early = end - certificates.INTERMEDIATE_MARGIN - timedelta(days=1)
    assert ensure(directory, SUFFIXES, early).intermediate == held.intermediate
    late = end - certificates.INTERMEDIATE_MARGIN + timedelta(days=1)
    assert ensure(directory, SUFFIXES, late).intermediate.not_valid_after_utc > end


def test_the_root_key_can_be_taken_off_the_box(directory: Path, held: Authority) -> None:
    (directory / files.ROOT_KEY).unlink()
    kept = ensure(directory, (*SUFFIXES, "x.com"), NOW)
    assert kept.intermediate == held.intermediate
    assert kept.missing(("x.com",)) == ("x.com",)


def test_a_first_start_that_was_cut_short_is_done_again(directory: Path, held: Authority) -> None:
    (directory / files.ROOT).unlink()  # it is written last
    assert ensure(directory, SUFFIXES, NOW).root != held.root


def test_a_lost_root_is_never_replaced_behind_the_devices_back(
    directory: Path, held: Authority
) -> None:
    (directory / files.ROOT).unlink()
    (directory / files.ROOT_KEY).unlink()
    with pytest.raises(AuthorityError, match=r"root\.pem: is missing"):
        ensure(directory, SUFFIXES, NOW)


@pytest.mark.parametrize("name", [files.ROOT, files.INTERMEDIATE])
@pytest.mark.parametrize("damage", [b"", b"nonsense", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_damaged_file_is_named(
    directory: Path, held: Authority, name: str, damage: bytes
) -> None:
    (directory / name).write_bytes(damage)
    with pytest.raises(AuthorityError, match=str(directory / name)):
        ensure(directory, SUFFIXES, NOW)


def test_a_damaged_root_key_is_named_when_it_is_needed(directory: Path, held: Authority) -> None:
    (directory / files.ROOT_KEY).write_bytes(b"nonsense")
    assert ensure(directory, SUFFIXES, NOW).intermediate == held.intermediate
    with pytest.raises(AuthorityError, match=files.ROOT_KEY):
        ensure(directory, (*SUFFIXES, "x.com"), NOW)


def test_files_of_two_authorities_do_not_pass_for_one(
    directory: Path, held: Authority, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    ensure(other, SUFFIXES, NOW)
    for name in (files.ROOT, files.ROOT_KEY):
        own = (directory / name).read_bytes()
        (directory / name).write_bytes((other / name).read_bytes())
        with pytest.raises(AuthorityError, match=name.replace(".", r"\.")):
            ensure(directory, (*SUFFIXES, "x.com"), NOW)
        (directory / name).write_bytes(own)


def test_a_key_beside_another_certificate_is_refused(directory: Path, held: Authority) -> None:
    path = directory / files.INTERMEDIATE
    before = path.read_bytes()
    ensure(directory, (*SUFFIXES, "x.com"), NOW)
    mark = b"-----BEGIN CERTIFICATE-----"
    key, _, _ = path.read_bytes().partition(mark)
    path.write_bytes(key + mark + before.partition(mark)[2])
    with pytest.raises(AuthorityError, match="do not belong together"):
        load(directory, NOW)


def test_an_authority_for_everything_is_refused(directory: Path, held: Authority) -> None:
    """mitmproxy's own CA, say, left in the folder by hand."""
    root_key = files.read_key(directory / files.ROOT_KEY)
    data = files.key_pem(root_key) + (directory / files.ROOT).read_bytes()
    (directory / files.INTERMEDIATE).write_bytes(data)
    with pytest.raises(AuthorityError, match="any host at all"):
        load(directory, NOW)


@pytest.mark.parametrize(("days", "name"), [(-2, files.ROOT), (731, files.INTERMEDIATE)])
def test_out_of_its_time_is_said_with_the_dates(
    directory: Path, held: Authority, days: int, name: str
) -> None:
    with pytest.raises(AuthorityError, match=rf"{name}.*holds from 2026-11-20"):
        load(directory, NOW + timedelta(days=days))


def test_what_is_not_there_is_named(directory: Path) -> None:
    with pytest.raises(AuthorityError, match=r"root\.pem: No such file"):
        authority.load(directory, NOW)
