"""Who is signed in on a device: found by MAC or address, the stricter first, and never a guess."""

from __future__ import annotations

import itertools
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.identity import sign_ins
from appliance.identity.sign_ins import FILE, LOOK, MOST_BYTES, SignIn, SignIns
from tests.appliance.identity.signed_in import person_of

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
MAC, OTHER = "00:16:3e:00:00:01", "00:16:3e:00:00:02"
HOUR = timedelta(hours=1)


def entry(person: str = "t1", how: str = "portal", mac: str = MAC, *addresses: str,
          start: datetime = AT, rank: int = 1) -> SignIn:  # fmt: skip
    return SignIn(person, how, mac, addresses, start.timestamp(), (start + HOUR).timestamp(), rank)


class Clock:
    """A monotonic clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def known(run: Path, *entries: SignIn) -> SignIns:
    sign_ins.write(run, entries)
    return SignIns(run)


@pytest.mark.parametrize("address", ["10.3.0.7", "fd00:3::7", "fe80::7%eth0", "not an address"])
def test_both_families_of_a_device_are_found_by_its_mac(tmp_path: Path, address: str) -> None:
    found = known(tmp_path, entry())
    assert person_of(found, address, MAC, AT) == "t1"
    assert person_of(found, address, MAC.upper(), AT) == "t1"
    assert person_of(found, address, OTHER, AT) is None
    assert person_of(found, address, None, AT) is None


@pytest.mark.parametrize("address", ["10.3.0.7", "::ffff:10.3.0.7"])
def test_behind_a_router_the_address_is_all_there_is(tmp_path: Path, address: str) -> None:
    found = known(tmp_path, entry("t1", "portal", "", "10.3.0.7"))
    assert person_of(found, address, None, AT) == "t1"
    assert person_of(found, "10.3.0.8", None, AT) is None
    # A device that is near enough to show its MAC is not the one that was far away.
    assert person_of(found, address, MAC, AT) is None


def test_what_the_wifi_says_of_an_address_holds_where_no_mac_is_seen(tmp_path: Path) -> None:
    found = known(tmp_path, entry("t1", "radius", MAC, "10.3.0.7"), entry("t2", "portal", OTHER,
                  "10.3.0.8"))  # fmt: skip
    assert person_of(found, "10.3.0.7", None, AT) == "t1"
    assert person_of(found, "10.3.0.7", OTHER, AT) == "t2"
    assert person_of(found, "10.3.0.8", None, AT) is None  # the portal saw a MAC there


def test_it_counts_from_its_start_until_its_end_and_not_at_the_end(tmp_path: Path) -> None:
    found = known(tmp_path, entry())
    before, end = AT - timedelta(microseconds=1), AT + HOUR
    answers = [person_of(found, "10.3.0.7", MAC, at) for at in (before, AT, end - HOUR / 2, end)]
    assert answers == [None, "t1", "t1", None]


@pytest.mark.parametrize(
    ("one", "other", "wins"),
    [
        (entry("strict", "portal", rank=5), entry("lax", "radius", rank=1), "strict"),
        (entry("lax", "portal", rank=1), entry("strict", "radius", rank=5), "strict"),
        (entry("wifi", "radius"), entry("page", "portal"), "wifi"),
        (entry("old", start=AT - HOUR / 2), entry("new"), "new"),
    ],
)
def test_of_two_people_the_stricter_then_the_wifi_then_the_newer(
    tmp_path: Path, one: SignIn, other: SignIn, wins: str
) -> None:
    assert person_of(known(tmp_path, one, other), "10.3.0.7", MAC, AT) == wins
    assert person_of(known(tmp_path, other, one), "10.3.0.7", MAC, AT) == wins


@pytest.mark.parametrize(
    ("entries", "person", "addresses"),
    [
        ((), None, None),
        ((entry("t1", "portal", MAC, "10.3.0.7"),), "t1", ("10.3.0.7",)),
        ((entry("t1", "radius", MAC),), "t1", ()),  # the Wi-Fi does not say where
        # It is one person's device by the Wi-Fi and by the page: on the networks of both.
        ((entry("t1", "radius", MAC, "10.2.0.7"), entry("t1", "portal", MAC, "10.1.0.7")), "t1",
         ("10.1.0.7", "10.2.0.7")),
        ((entry("t1", "radius", MAC, "10.2.0.7"), entry("t2", "portal", MAC, "10.1.0.7")), "t1",
         ("10.2.0.7",)),
        ((entry("t1", "radius", MAC), entry("t1", "portal", MAC, "10.1.0.7", start=AT - 2 * HOUR)),
         "t1", ()),  # one that has ended says nothing
        ((entry("t1", "radius", MAC), entry("t1", "portal", OTHER, "10.1.0.7")), "t1", ()),
    ],
)  # fmt: skip
def test_it_says_at_which_addresses_somebody_signed_in(
    tmp_path: Path, entries: tuple[SignIn, ...], person: str | None, addresses: object
) -> None:
    found = known(tmp_path, *entries).presence("10.3.0.7", MAC, AT)
    assert (found and found.person, found and found.addresses) == (person, addresses)


def test_the_file_is_looked_at_now_and_then_and_the_version_says_when_it_moved(
    tmp_path: Path,
) -> None:
    clock = Clock()
    found = SignIns(tmp_path, clock)
    assert person_of(found, "10.3.0.7", MAC, AT) is None
    first = found.version(AT)
    sign_ins.write(tmp_path, [entry()])
    assert found.version(AT) == first  # not looked yet
    clock.at += LOOK
    assert found.version(AT) > first
    assert person_of(found, "10.3.0.7", MAC, AT) == "t1"
    clock.at += LOOK
    (tmp_path / FILE).unlink()
    assert person_of(found, "10.3.0.7", MAC, AT) is None


def test_the_version_moves_when_a_sign_in_begins_or_ends_by_itself(tmp_path: Path) -> None:
    found = known(tmp_path, entry())
    steps = [AT - HOUR, AT - HOUR / 2, AT, AT + HOUR / 2, AT + HOUR, AT + 2 * HOUR, AT + HOUR / 2]
    versions = [found.version(at) for at in steps]
    moved = [later != sooner for sooner, later in itertools.pairwise(versions)]
    assert moved == [False, True, False, True, False, True]


@pytest.mark.parametrize("rubbish", [b"", b"null", b"[1]", b'[["t1"]]', b"\xff", b"[" * 100_000,
                                     b'[["t1","portal","m",[],"x",2,3]]'])  # fmt: skip
def test_what_cannot_be_read_is_nobody(tmp_path: Path, rubbish: bytes) -> None:
    (tmp_path / FILE).write_bytes(rubbish)
    (tmp_path / FILE).chmod(0o600)
    assert person_of(SignIns(tmp_path), "10.3.0.7", MAC, AT) is None


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=300), st.text(max_size=40), st.text(max_size=20) | st.none())
def test_no_file_address_or_mac_raises(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, address: str, mac: str | None
) -> None:
    run = tmp_path_factory.mktemp("run")
    (run / FILE).write_bytes(data)
    found = SignIns(run)
    assert person_of(found, address, mac, AT) is None
    assert found.version(AT) >= 0


def test_a_file_that_others_may_write_a_link_and_one_too_large_are_nobody(tmp_path: Path) -> None:
    sign_ins.write(tmp_path, [entry()])
    path = tmp_path / FILE
    path.chmod(0o622)
    assert person_of(SignIns(tmp_path), "10.3.0.7", MAC, AT) is None
    path.chmod(0o600)
    assert person_of(SignIns(tmp_path), "10.3.0.7", MAC, AT) == "t1"
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert person_of(SignIns(tmp_path), "10.3.0.7", MAC, AT) is None
    path.unlink()
    path.write_bytes(msgspec.json.encode((entry(),)) + b" " * MOST_BYTES)
    path.chmod(0o600)
    assert person_of(SignIns(tmp_path), "10.3.0.7", MAC, AT) is None


def test_it_is_written_for_this_user_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        sign_ins.write(tmp_path, [entry()])
    finally:
        os.umask(before)
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_without_room_nobody_stays_signed_in(tmp_path: Path) -> None:
    sign_ins.write(tmp_path, [entry()])
    (tmp_path / f".{FILE}").mkdir()  # the draft cannot be made
    with pytest.raises(OSError):
        sign_ins.write(tmp_path, [])
    assert person_of(SignIns(tmp_path), "10.3.0.7", MAC, AT) is None
