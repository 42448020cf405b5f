"""What the scout found is kept whole, and a spoilt file is nothing found."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

import pytest

from appliance.cli import scouted

FOUND = {
    "facebook.com": (ip_address("192.0.2.66").packed, ip_address("2001:db8::66").packed),
    "x.com": (ip_address("192.0.2.7").packed,),
}


def test_what_is_kept_is_recalled(tmp_path: Path) -> None:
    scouted.keep(tmp_path, FOUND)
    assert scouted.recalled(tmp_path) == FOUND


@pytest.mark.parametrize(
    "spoilt",
    [
        b"",
        b"[1]",
        b"null",
        b"{",
        b"\xff",
        b'{"x.com": ["nowhere"]}',
        b'{"x.com": 7}',
        b"[" * 99_999,
    ],
)
def test_a_spoilt_file_is_nothing_found(tmp_path: Path, spoilt: bytes) -> None:
    (tmp_path / scouted.FILE).write_bytes(spoilt)
    assert scouted.recalled(tmp_path) == {}


def test_without_a_file_nothing_is_known_and_a_huge_one_is_not_read(tmp_path: Path) -> None:
    assert scouted.recalled(tmp_path) == {}
    with (tmp_path / scouted.FILE).open("wb") as file:
        file.truncate(5 << 20)
    assert scouted.recalled(tmp_path) == {}


def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    scouted.keep(tmp_path, FOUND)
    (tmp_path / f".{scouted.FILE}").mkdir()
    scouted.keep(tmp_path, {})
    assert scouted.recalled(tmp_path) == FOUND
