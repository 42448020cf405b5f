"""Bells and terms: shown as they would be rung, taken from a file, refused with the line."""

from __future__ import annotations

import io

from appliance.store import calendar
from appliance.store.tables import SpanRow
from tests.admin_ui.setup.conftest import Fresh, said, went

TERM = b"""BEGIN:VCALENDAR\r
BEGIN:VEVENT\r
SUMMARY:Autumn term\r
DTSTART;VALUE=DATE:20260907\r
DTEND;VALUE=DATE:20261217\r
END:VEVENT\r
BEGIN:VEVENT\r
SUMMARY:INSET day\r
DTSTART;VALUE=DATE:20260904\r
END:VEVENT\r
END:VCALENDAR\r
"""


def test_the_week_and_the_year_are_shown(fresh: Fresh) -> None:
    page = fresh.technician().get("/setup/timetable").text
    assert "Monday to Friday" in page
    assert "Lesson 1" in page
    assert "Wednesday 2 September" in page


def test_term_dates_are_taken_over(fresh: Fresh) -> None:
    client = fresh.technician()
    given = {"bells": "keep", "dates": (io.BytesIO(TERM), "terms.ics")}
    assert went(client.post("/setup/timetable", data=given)) == "/setup/networks"
    page = client.get("/setup/networks").text
    assert "1 terms, 0 holidays, 1 INSET days were taken over." in page
    with fresh.store.reading() as session:
        assert session.query(SpanRow).count() > 0
        assert calendar.days(session) == ()
    assert "calendar.imported" in fresh.actions()


def test_a_file_that_cannot_be_read_is_refused_by_its_line(fresh: Fresh) -> None:
    client = fresh.technician()
    for data in (b"\xff\xfe", b"hello", TERM.replace(b"20261217", b"20260907"), b""):
        given = {"bells": "keep", "dates": (io.BytesIO(data), "terms.ics")}
        assert "Line" in said(client.post("/setup/timetable", data=given))
    with fresh.store.reading() as session:
        assert session.query(SpanRow).count() == 0


def test_whoever_changes_the_bells_now_is_led_there(fresh: Fresh) -> None:
    client = fresh.technician()
    there = went(client.post("/setup/timetable", data={"bells": "change"}))
    assert there in ("/timetable", "/setup/networks")
