from __future__ import annotations

from pathlib import Path

import pytest

from tests.appliance.cli.test_stored import Bench

TEACHER = "127.0.40.5"
ICS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//school//terms//EN
BEGIN:VEVENT
UID:1
DTSTART;VALUE=DATE:20261102
DTEND;VALUE=DATE:20261219
SUMMARY:Autumn term (second half)
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART;VALUE=DATE:20261127
DTEND;VALUE=DATE:20261128
SUMMARY:INSET day
END:VEVENT
BEGIN:VEVENT
UID:3
DTSTART;VALUE=DATE:20261203
SUMMARY:Nativity play
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "data")


def period(bench: Bench, at: str, client: str = TEACHER) -> str:
    bench.publish()
    return str(bench.json("explain", "x.com", "--client", client, "--at", at)["period"])


def test_term_dates_come_from_the_schools_own_calendar(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "terms.ics"
    file.write_text(ICS.replace("\n", "\r\n"), encoding="utf-8")
    assert period(bench, "2026-09-07T10:35") == "break"
    said = bench.json("calendar", "import", str(file))
    assert (said["terms"], said["inset"], said["ignored"]) == (1, 1, ["Nativity play"])
    assert period(bench, "2026-11-23T10:35") == "break"
    assert period(bench, "2026-11-27T10:35") == "lesson"  # INSET: staff are at work
    assert period(bench, "2026-11-27T10:35", "127.0.10.5") == "closed"
    shown = bench.json("calendar", "show")
    assert {"kind": "INSET", "first": "2026-11-27", "last": "2026-11-27", "name": ""} in shown
    assert "Autumn term" in bench.run("calendar", "show").stdout


def test_a_broken_calendar_changes_nothing(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "terms.ics"
    file.write_text(ICS.replace("20261219", "2026XXYY"), encoding="utf-8")
    before = bench.json("calendar", "show")
    done = bench.run("calendar", "import", str(file))
    assert done.exit_code == 2
    assert "terms.ics:" in done.output
    assert bench.json("calendar", "show") == before


def test_a_day_with_bells_of_its_own(bench: Bench) -> None:
    assert period(bench, "2026-11-24T10:35") == "break"
    done = bench.run("calendar", "add-day", "2026-11-24", "--name", "Wet play",
                     "--period", "Lessons=lesson@08:50-12:00",
                     "--period", "Indoors=lunch@12:00-13:00")  # fmt: skip
    assert done.output == "2026-11-24: Wet play.\n"
    assert period(bench, "2026-11-24T10:35") == "lesson"
    assert period(bench, "2026-11-24T12:05") == "lunch"
    assert period(bench, "2026-11-24T14:00") == "closed"
    assert bench.run("calendar", "remove-day", "2026-11-24").exit_code == 0
    assert period(bench, "2026-11-24T10:35") == "break"
    assert bench.run("calendar", "remove-day", "2026-11-24").exit_code == 2


@pytest.mark.parametrize(
    ("day", "more", "said"),
    [
        ("tomorrow", (), "DATE: 'tomorrow'"),
        ("2026-11-24", ("--period", "Lesson"), "--period: 'Lesson'"),
        ("2026-11-24", ("--period", "A=nap@08:50-09:00"), "'nap' is not one of"),
        ("2026-11-24", ("--period", "A=lesson@09:00-08:00"), "ends before it begins"),
        ("2026-11-24", ("--period", "A=lesson@09:70-10:00"), "not a time of day"),
        ("2026-11-24", ("--period", "A=lesson@09:00-10:00", "--period", "B=lunch@09:30-11:00"),
         "overlap"),
        ("2026-11-24", ("--timetable", "none"), "--timetable: there is no 'none'"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_day(bench: Bench, day: str, more: tuple[str, ...], said: str) -> None:
    done = bench.run("calendar", "add-day", day, "--name", "X", *more)
    assert done.exit_code == 2
    assert said in done.output
