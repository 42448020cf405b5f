"""Archives from strangers: nothing is unpacked, and nothing in one costs memory or time."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.lists import tarball


def archive(fill: Callable[[tarfile.TarFile], None], format_: int = tarfile.GNU_FORMAT) -> bytes:
    """Return what the standard library makes."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=format_) as tar:
        fill(tar)
    return made.getvalue()


def put(tar: tarfile.TarFile, path: str, data: bytes = b"", **fields: object) -> None:
    """Add a member."""
    info = tarfile.TarInfo(path)
    info.size = len(data)
    for field, value in fields.items():
        setattr(info, field, value)
    tar.addfile(info, io.BytesIO(data))


def read(data: bytes) -> list[tuple[str, bytes]]:
    return [(one.path, one.content.read()) for one in tarball.members(io.BytesIO(data))]


def fill(tar: tarfile.TarFile) -> None:
    put(tar, "adult", type=tarfile.DIRTYPE)
    put(tar, "adult/domains", b"a.example\n" * 1000)
    put(tar, "adult/urls", b"b.example/page\n", mtime=1_234_567_890.5)
    put(tar, "adult/usage")
    put(tar, f"adult/{'x' * 150}", b"a long name")


@pytest.mark.parametrize("format_", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_files_come_as_they_lie_in_the_archive(format_: int) -> None:
    data = archive(
        lambda tar: (
            fill(tar) if format_ != tarfile.USTAR_FORMAT else put(tar, "adult/domains", b"x")
        ),
        format_,
    )
    found = read(data)
    assert tarball.is_head(data[: tarball.BLOCK])
    if format_ == tarfile.USTAR_FORMAT:
        assert found == [("adult/domains", b"x")]
        return
    assert found[:3] == [
        ("adult/domains", b"a.example\n" * 1000),
        ("adult/urls", b"b.example/page\n"),
        ("adult/usage", b""),
    ]


def test_a_file_that_is_not_read_is_passed_over() -> None:
    stream = io.BytesIO(archive(fill))
    assert [one.path for one in tarball.members(stream)][:3] == [
        "adult/domains", "adult/urls", "adult/usage",
    ]  # fmt: skip


def test_a_dot_before_the_names_is_nothing() -> None:
    assert read(archive(lambda tar: put(tar, "./domains", b"x"))) == [("domains", b"x")]


@pytest.mark.parametrize("path", ["/etc/domains", "../domains", "a/../../domains"])
def test_a_name_that_leads_out_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="leads out"):
        read(archive(lambda tar: put(tar, path, b"x")))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE])
def test_a_link_is_no_list(kind: bytes) -> None:
    with pytest.raises(ValueError, match="is a link"):
        read(archive(lambda tar: put(tar, "a/domains", type=kind, linkname="/etc/shadow")))
    other = archive(lambda tar: put(tar, "a/ads", type=kind, linkname="publicite"))
    assert read(other) == []


def test_a_sparse_file_is_no_file() -> None:
    """It could stand for terabytes of nothing."""
    assert read(archive(lambda tar: put(tar, "a/domains", b"x", type=tarfile.GNUTYPE_SPARSE))) == []


def test_an_extended_header_is_never_read_whole() -> None:
    """One of half a gigabyte passes by in small pieces."""

    class Endless(io.RawIOBase):
        def __init__(self, head: bytes, size: int) -> None:
            self.head, self.left, self.largest = head, size, 0

        def read(self, size: int = -1) -> bytes:
            self.largest = max(self.largest, size)
            if self.head:
                piece, self.head = self.head[:size], self.head[size:]
                return piece
            self.left -= size
            return b"\0" * size if self.left > 0 else b""

    info = tarfile.TarInfo("domains")
    info.type, info.size = tarfile.XHDTYPE, 1 << 29
    stream = Endless(info.tobuf(tarfile.USTAR_FORMAT), (1 << 29) + 2048)
    assert list(tarball.members(stream)) == []  # type: ignore[arg-type]
    assert stream.largest <= 1 << 16


def test_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tarball, "_MOST", 3)
    with pytest.raises(ValueError, match="more than 3 files"):
        read(archive(fill))


@pytest.mark.parametrize("length", [1, 511, 512, 700, 1100, 5000, 11_000])
def test_an_archive_cut_short_says_so(length: int) -> None:
    with pytest.raises(ValueError, match="archive"):
        read(archive(fill)[:length])


def test_a_damaged_head_says_so() -> None:
    data = bytearray(archive(fill))
    data[512 + 5] ^= 1
    with pytest.raises(ValueError, match="damaged"):
        read(bytes(data))


@settings(deadline=None)
@given(st.binary(max_size=2000), st.integers(0, 4000))
def test_whatever_bytes_come_it_is_files_or_a_sentence(data: bytes, place: int) -> None:
    whole = bytearray(archive(fill))
    whole[place : place + len(data)] = data
    try:
        read(bytes(whole))
    except ValueError as error:
        assert "archive" in str(error)
