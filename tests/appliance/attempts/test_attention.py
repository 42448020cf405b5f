from __future__ import annotations

import threading
from pathlib import Path

import pytest

from appliance.attempts import attention
from appliance.attempts.attention import Attention


def test_a_mark_waits_until_it_is_answered(tmp_path: Path) -> None:
    reader, core = Attention(tmp_path), Attention(tmp_path)
    assert core.waiting() is None
    mark = reader.ask()
    assert core.waiting() == mark
    core.answer(mark)
    assert core.waiting() is None
    assert reader.wait(mark)


def test_a_later_mark_is_not_answered_by_an_earlier_answer(tmp_path: Path) -> None:
    both = Attention(tmp_path)
    first = both.ask()
    both.answer(first - 1)
    assert both.waiting() == first


def test_a_reader_waits_for_an_answer_that_comes(tmp_path: Path) -> None:
    reader = Attention(tmp_path)
    mark = reader.ask()
    answering = threading.Timer(0.1, Attention(tmp_path).answer, (mark,))
    answering.start()
    assert reader.wait(mark)
    answering.join()


def test_a_core_that_is_down_holds_nobody_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attention, "LONGEST", 0.1)
    reader = Attention(tmp_path)
    assert not reader.wait(reader.ask())


def test_where_no_mark_can_be_left_nothing_is_waited_for(tmp_path: Path) -> None:
    reader = Attention(tmp_path / "missing")
    assert reader.ask() == 0
    assert reader.wait(0)
