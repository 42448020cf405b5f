"""Lists where they lie: files, gzip, UT1's folder and archive, v2fly's folder; and what is none."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
from pathlib import Path

import pytest

from appliance.lists.formats import Format
from appliance.lists.gather import LONGEST, gather
from appliance.lists.load import lines_of
from appliance.policy.names import name_of


def read(path: Path, format_: Format = Format.DOMAINS, *, beside: bool = False) -> list[str]:
    with lines_of(path, format_, beside=beside) as lines:
        return [line.rstrip("\n") for line in lines]


def tar_of(path: Path, files: dict[str, bytes]) -> Path:
    """Write a tar.gz."""
    with tarfile.open(path, "w:gz") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


@pytest.mark.parametrize("format_", Format)
def test_a_file_gives_its_lines(tmp_path: Path, format_: Format) -> None:
    (tmp_path / "list").write_bytes(b"a.example\r\nb.example\n\nc.example")
    assert read(tmp_path / "list", format_) == ["a.example", "b.example", "", "c.example"]


def test_a_packed_file_gives_its_lines(tmp_path: Path) -> None:
    (tmp_path / "list.gz").write_bytes(
        gzip.compress(b"a.example\n") + gzip.compress(b"b.example\n")
    )
    assert read(tmp_path / "list.gz") == ["a.example", "b.example"]


def test_an_empty_file_gives_none(tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(b"")
    assert read(tmp_path / "list") == []
    (tmp_path / "list.gz").write_bytes(gzip.compress(b""))
    assert read(tmp_path / "list.gz") == []


def test_a_file_in_another_encoding_costs_its_own_lines_only(tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(b"good.example\nb\xfccher.example\n\xff\xfe\n")
    with (
        lines_of(tmp_path / "list", Format.DOMAINS) as lines,
        gather(lines, Format.DOMAINS, tmp_path) as found,
    ):
        assert (found.entries, found.refused) == (1, 2)


def test_a_line_without_end_is_never_whole_in_memory(tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(b"a.example\n" + b"x" * 3_000_000 + b"\nb.example\n")
    lines = read(tmp_path / "list")
    assert [len(line) for line in lines] == [9, LONGEST, 9]
    with (
        lines_of(tmp_path / "list", Format.DOMAINS) as flow,
        gather(flow, Format.DOMAINS, tmp_path) as found,
    ):
        assert (found.entries, found.refused) == (2, 1)
        assert [line for _, _, line in found.items()] == [1, 3]


def test_a_small_archive_that_swells_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "list.gz").write_bytes(gzip.compress(b"\0" * 20_000_000))
    assert (tmp_path / "list.gz").stat().st_size < 30_000
    with (
        pytest.raises(ValueError, match="larger than 10 MB"),
        lines_of(tmp_path / "list.gz", Format.DOMAINS, most=10 << 20) as lines,
    ):
        for _ in lines:
            pass


@pytest.mark.parametrize("cut", [12, 40, -9, -1])
def test_a_packed_file_cut_short_says_so(tmp_path: Path, cut: int) -> None:
    whole = gzip.compress(os.urandom(300).hex().encode())
    (tmp_path / "list.gz").write_bytes(whole[:cut])
    with pytest.raises(ValueError, match="damaged"):
        read(tmp_path / "list.gz")


def test_a_packed_file_that_is_damaged_says_so(tmp_path: Path) -> None:
    whole = bytearray(gzip.compress(os.urandom(3000).hex().encode()))
    whole[900] ^= 0xFF
    (tmp_path / "list.gz").write_bytes(whole)
    with pytest.raises(ValueError, match="damaged"):
        read(tmp_path / "list.gz")


def test_what_is_no_ordinary_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(ValueError, match="no ordinary file"):
            read(path)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "none")


def test_a_ut1_folder_gives_domains_and_then_urls(tmp_path: Path) -> None:
    (tmp_path / "domains").write_text("a.example\nb.example\n")
    (tmp_path / "urls").write_text("big.example/page\nc.example/\n")
    (tmp_path / "usage").write_text("black\n")
    lines = ["a.example", "b.example", "big.example/page", "c.example/"]
    assert read(tmp_path, Format.UT1) == lines
    (tmp_path / "urls").unlink()
    assert read(tmp_path, Format.UT1) == lines[:2]


def test_a_ut1_folder_with_a_link_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "domains").symlink_to("/etc/hostname")
    with pytest.raises(OSError, match="symbolic link"):
        read(tmp_path, Format.UT1)


def test_a_folder_that_is_no_list_says_so(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="neither domains nor urls"):
        read(tmp_path, Format.UT1)
    with pytest.raises(ValueError, match="only UT1"):
        read(tmp_path, Format.HOSTS)


@pytest.mark.parametrize("first", ["domains", "urls"])
def test_a_ut1_archive_gives_domains_and_then_urls(tmp_path: Path, first: str) -> None:
    files = {"adult/domains": b"a.example\nb.example\n", "adult/urls": b"c.example/page\n"}
    if first == "urls":
        files = dict(reversed(files.items()))
    path = tar_of(tmp_path / "adult.tar.gz", {"adult/usage": b"black\n", **files})
    with lines_of(path, Format.UT1) as lines, gather(lines, Format.UT1, tmp_path) as found:
        assert (found.entries, found.pages, found.refused) == (2, 1, 0)
        assert [(name_of(key), line) for key, _, line in found.items()] == [
            ("a.example", 1), ("b.example", 2),
        ]  # fmt: skip


def test_a_tar_that_is_not_packed_is_read_too(tmp_path: Path) -> None:
    path = tar_of(tmp_path / "adult.tar.gz", {"adult/domains": b"a.example\n"})
    (tmp_path / "adult.tar").write_bytes(gzip.decompress(path.read_bytes()))
    assert read(tmp_path / "adult.tar", Format.UT1) == ["a.example"]


def test_a_plain_file_serves_as_ut1s_domains(tmp_path: Path) -> None:
    (tmp_path / "domains").write_text("a.example\n")
    assert read(tmp_path / "domains", Format.UT1) == ["a.example"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a/domains": b"x.example\n", "b/domains": b"y.example\n"}, "several lists"),
        ({"a/domains": b"x.example\n", "b/urls": b"y.example/\n"}, "several lists"),
        ({"a/usage": b"black\n"}, "neither domains nor urls"),
        ({"../domains": b"x.example\n"}, "leads out"),
    ],
)
def test_an_archive_that_is_no_list_says_so(
    tmp_path: Path, files: dict[str, bytes], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        read(tar_of(tmp_path / "a.tar.gz", files), Format.UT1)


def test_an_archive_of_another_format_says_so(tmp_path: Path) -> None:
    path = tar_of(tmp_path / "a.tar.gz", {"a/domains": b"x.example\n"})
    with pytest.raises(ValueError, match="only UT1"):
        read(path, Format.HOSTS)


def test_nothing_of_an_archive_reaches_the_disk(tmp_path: Path) -> None:
    path = tar_of(tmp_path / "a.tar.gz", {"a/domains": b"x.example\n"})
    with lines_of(path, Format.UT1) as lines:
        next(lines)
        assert list(tmp_path.iterdir()) == [path]
