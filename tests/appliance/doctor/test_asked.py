"""Asking for a self-test: a file with a name in it, and whatever else lies there asks nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.doctor import asked


def test_who_asks_is_told_until_it_is_done(tmp_path: Path) -> None:
    assert asked.asked(tmp_path) is None
    asked.ask(tmp_path, "technician")
    asked.ask(tmp_path, "dsl")
    assert asked.asked(tmp_path) == "dsl"
    asked.done(tmp_path)
    asked.done(tmp_path)
    assert asked.asked(tmp_path) is None


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'"x"', b"null", b"\xff", b"7"])
def test_what_cannot_be_read_asks_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / asked.FILE).write_bytes(content)
    assert asked.asked(tmp_path) is None


def test_a_long_name_is_cut(tmp_path: Path) -> None:
    asked.ask(tmp_path, "x" * 5000)
    assert len(asked.asked(tmp_path) or "") == 200


def test_a_directory_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        asked.ask(tmp_path / "run", "technician")
