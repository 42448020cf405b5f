"""Lists that lie on this machine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from appliance.lists.body import FetchError, Known, Limits
from appliance.lists.fetch import fetch
from appliance.lists.formats import Format
from appliance.lists.local import path_of


@pytest.mark.parametrize("form", ["{}", "file://{}", "file://localhost{}"])
def test_a_file_is_read_where_it_lies_and_only_when_it_changed(tmp_path: Path, form: str) -> None:
    file = tmp_path / "my list.txt"
    file.write_text("a.example\n")
    address = form.format(str(file) if form == "{}" else str(file).replace(" ", "%20"))
    body = fetch(address, Format.DOMAINS, tmp_path)
    assert body is not None
    assert (body.path, body.size) == (file, 10)
    assert fetch(address, Format.DOMAINS, tmp_path, known=Known(etag=body.etag)) is None
    file.write_text("b.example\nc.example\n")
    changed = fetch(address, Format.DOMAINS, tmp_path, known=Known(etag=body.etag))
    assert changed is not None
    assert changed.etag != body.etag


def test_a_folder_of_ut1(tmp_path: Path) -> None:
    folder = tmp_path / "adult"
    folder.mkdir()
    with pytest.raises(FetchError, match="neither domains nor urls"):
        fetch(str(folder), Format.UT1, tmp_path)
    (folder / "domains").write_text("a.example\n")
    body = fetch(str(folder), Format.UT1, tmp_path)
    assert body is not None
    assert body.path == folder
    (folder / "urls").write_text("b.example/page\n")
    assert fetch(str(folder), Format.UT1, tmp_path, known=Known(etag=body.etag)) is not None
    with pytest.raises(FetchError, match="folder"):
        fetch(str(folder), Format.HOSTS, tmp_path)


def test_what_is_no_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="no such file"):
        fetch(str(tmp_path / "none.txt"), Format.DOMAINS, tmp_path)
    page = tmp_path / "page.txt"
    page.write_text("<!doctype html>")
    with pytest.raises(FetchError, match="web page"):
        fetch(str(page), Format.DOMAINS, tmp_path)
    with pytest.raises(FetchError, match=r"[Tt]oo big"):
        fetch(str(page), Format.DOMAINS, tmp_path, limits=Limits(size=3))
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FetchError, match="no ordinary file"):
        fetch(str(tmp_path / "pipe"), Format.DOMAINS, tmp_path)
    with pytest.raises(FetchError, match="no ordinary file"):
        fetch("/dev/zero", Format.DOMAINS, tmp_path)


def test_paths() -> None:
    assert path_of("file:///a%20b/c") == Path("/a b/c")
    assert path_of("/a%20b") == Path("/a%20b")
