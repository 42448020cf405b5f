"""What an accounting request says, and that no bytes raise anything but the one error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.identity.radius import BadPacketError, Status, mac_of, names, read, record
from tests.appliance.identity.accounting import SECRET, answers, attribute, request

MAC = "00:16:3e:00:00:01"


def said(*more: bytes, **options: object) -> object:
    return record(read(request(1, "t", "00-16-3E-00-00-01", "s", *more, **options)))  # type: ignore[arg-type]


def test_a_start_says_who_where_and_when() -> None:
    found = record(read(request(addresses=("10.3.0.7", "fd00:3::7"), at=1_700_000_000, delay=2)))
    assert (found.status, found.user, found.mac) == (Status.START, "t-larch", MAC)
    assert (found.session, found.nas) == ("s1", "ap1")
    assert found.addresses == ("10.3.0.7", "fd00:3::7")
    assert (found.at, found.delay) == (1_700_000_000, 2)


@pytest.mark.parametrize(
    "text",
    ["00-16-3E-00-00-01", "00:16:3e:00:00:01", "00163E000001", "0016.3e00.0001", "0016-3e00-0001",
     "00-16-3E-00-00-01:School Wi-Fi", "00163e000001:x", " 00:16:3E:00:00:01 "],
)  # fmt: skip
def test_a_mac_is_known_in_every_form_that_access_points_write(text: str) -> None:
    assert mac_of(text) == MAC


@pytest.mark.parametrize(
    "text", ["", "10.3.0.7", "00-16-3E-00-00", "01-16-3E-00-00-01", "ff:ff:ff:ff:ff:ff",
             "000000000000", "zz-16-3E-00-00-01", "0044 161 496 0000"],
)  # fmt: skip
def test_what_is_no_devices_mac_is_none(text: str) -> None:
    assert mac_of(text) == ""


@pytest.mark.parametrize(
    ("user", "realms", "wanted"),
    [
        ("t-larch", (), ("t-larch",)),
        ("T-Larch", (), ("t-larch",)),
        ("T-LARCH@School.Example", (), ("t-larch@school.example", "t-larch")),
        ("SCHOOL\\T-Larch", (), ("school\\t-larch", "t-larch")),
        ("t-larch@school.example", ("SCHOOL.example",), ("t-larch@school.example", "t-larch")),
        ("t-larch@other.example", ("school.example",), ("t-larch@other.example",)),
        ("t-larch", ("school.example",), ("t-larch",)),
        ("host/laptop.school.example", (), ()),
        ("", (), ()),
        ("  ", (), ()),
        ("a\nb", (), ()),
        ("@school.example", (), ("@school.example",)),
        ("ｔ-larch", (), ("t-larch",)),
    ],
)
def test_a_user_name_loses_case_and_the_schools_realm(
    user: str, realms: tuple[str, ...], wanted: tuple[str, ...]
) -> None:
    assert names(user, realms) == wanted


@pytest.mark.parametrize(
    ("kind", "value", "wanted"),
    [
        (8, bytes((10, 3, 0, 7)), ("10.3.0.7",)),
        (8, b"\xff\xff\xff\xfe", ()),
        (8, b"\xff\xff\xff\xff", ()),
        (8, bytes(4), ()),
        (8, b"\x0a\x03", ()),
        (168, bytes.fromhex("fd000003" + "0" * 23 + "7"), ("fd00:3::7",)),
        (97, b"\0\x80" + bytes.fromhex("fd000003" + "0" * 23 + "7"), ("fd00:3::7",)),
        (97, b"\0\x40" + bytes.fromhex("fd00000300000000"), ()),
        (97, b"\0", ()),
    ],
)
def test_the_addresses_that_it_names(kind: int, value: bytes, wanted: tuple[str, ...]) -> None:
    assert said(attribute(kind, value)).addresses == wanted  # type: ignore[attr-defined]


def test_a_prefix_and_an_interface_id_are_one_address() -> None:
    prefix = attribute(97, b"\0\x40" + bytes.fromhex("fd00000300000000"))
    found = said(prefix, attribute(96, bytes.fromhex("02163efffe000001")))
    assert found.addresses == ("fd00:3::216:3eff:fe00:1",)  # type: ignore[attr-defined]


def test_a_device_has_only_so_many_addresses() -> None:
    many = [attribute(8, bytes((10, 3, 0, n))) for n in range(1, 60)]
    assert len(said(*many).addresses) == 16  # type: ignore[attr-defined]


def test_only_who_knows_the_secret_signs() -> None:
    packet = read(request())
    assert packet.signed_with(SECRET)
    assert not packet.signed_with(SECRET + b"x")
    changed = bytearray(request())
    changed[-1] ^= 1
    assert not read(bytes(changed)).signed_with(SECRET)


def test_the_answer_is_right_and_gives_back_what_proxies_put_in() -> None:
    states = attribute(33, b"one") + attribute(33, b"two")
    sent = request(1, "t", "", "s", states)
    found = read(sent).response(SECRET)
    assert answers(sent, found)
    assert found[20:] == states


def test_what_stands_after_its_length_is_padding() -> None:
    assert record(read(request() + b"more")) == record(read(request()))


@pytest.mark.parametrize(
    "data",
    [b"", request()[:19], request()[:-1], request(code=1), request(code=2), request(None),
     request(99), request(1, "t", "", "s", b"\x01"), request(1, "t", "", "s", b"\x01\x01"),
     request(1, "t", "", "s", b"\x01\xffabc"), b"\x04\x01\x00\x05" + bytes(16),
     b"\x04\x01\xff\xff" + bytes(70_000)],
)  # fmt: skip
def test_what_is_no_whole_request_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(BadPacketError):
        record(read(data))


@given(st.binary(max_size=400))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    for tried in (data, b"\x04\x01" + (20 + len(data)).to_bytes(2, "big") + bytes(16) + data):
        try:
            found = record(read(tried))
        except BadPacketError:
            continue
        assert len(found.addresses) <= 16
        assert names(found.user) is not None


@given(st.text(max_size=60))
def test_any_text_is_a_mac_or_none(text: str) -> None:
    assert mac_of(text) == "" or len(mac_of(text)) == 17
    assert all(name == name.casefold() for name in names(text))
