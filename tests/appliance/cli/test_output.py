"""What is printed: JSON that scripts read, tables that cannot be steered from outside."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.cli import output
from appliance.policy.model import Action, Subject, SubjectKind


def test_json_of_every_kind_of_value(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_json(
        {
            "at": datetime(2026, 11, 23, 10, 35, tzinfo=UTC), "day": date(2026, 11, 23),
            "verdict": Action.BLOCK, "groups": frozenset({"b", "a"}), "path": Path("/x"),
            "subject": Subject(SubjectKind.ROLE, "staff"), "name": "Ysgol Â",
        }
    )  # fmt: skip
    assert json.loads(capsys.readouterr().out) == {
        "at": "2026-11-23T10:35:00+00:00", "day": "2026-11-23", "verdict": "block",
        "groups": ["a", "b"], "path": "/x", "subject": {"kind": "role", "id": "staff"},
        "name": "Ysgol Â",
    }  # fmt: skip
    with pytest.raises(TypeError, match="no JSON form"):
        output.print_json(object())


def test_a_table_or_the_sentence_that_says_why_not(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table(("A", "B"), [("[red]x[/red]", "y" * 90)], "Nothing.")
    text = capsys.readouterr().out
    assert "[red]x[/red]" in text, "cells come from outside: they are no markup"
    assert "y" * 90 in text
    output.print_table(("A",), [], "Nothing.")
    assert capsys.readouterr().out == "Nothing.\n"


@given(st.text())
def test_nothing_from_outside_steers_a_terminal(text: str) -> None:
    shown = output.printable(text + "\x1b[2J\r\n\x9b")
    assert shown.isprintable()
    assert len(shown) == len(text) + 7
