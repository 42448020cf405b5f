"""Term dates from iCalendar files as schools publish them, and from broken ones."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.policy.timetable import Calendar, DateSpan
from appliance.policy_file import PolicyFileError
from appliance.policy_file.ics import SchoolDates, read_dates, with_dates

HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//\r\n"


def ics(*events: str) -> bytes:
    """Return a calendar; each event is ``SUMMARY|DTSTART line|more lines``."""
    made = []
    for event in events:
        summary, *rest = event.split("|")
        lines = ["BEGIN:VEVENT", "UID:x", f"SUMMARY:{summary}", *rest, "END:VEVENT"]
        made.append("\r\n".join(lines) + "\r\n")
    return (HEAD + "".join(made) + "END:VCALENDAR\r\n").encode()


def all_day(summary: str, first: str, end: str = "") -> str:
    more = f"|DTEND;VALUE=DATE:{end}" if end else ""
    return f"{summary}|DTSTART;VALUE=DATE:{first}{more}"


def read(*events: str) -> SchoolDates:
    return read_dates(ics(*events), "terms.ics")


def failed(data: bytes) -> list[str]:
    with pytest.raises(PolicyFileError) as caught:
        read_dates(data, "terms.ics")
    return [str(mistake) for mistake in caught.value.mistakes]


def test_the_end_of_an_all_day_event_is_the_day_after() -> None:
    found = read(all_day("Autumn Term", "20260902", "20261219"))
    assert found.terms == (DateSpan(date(2026, 9, 2), date(2026, 12, 18), "Autumn Term"),)


def test_a_term_may_be_two_events() -> None:
    found = read(
        all_day("Spring term ends", "20270325"),
        all_day("First day of Spring Term", "20270104"),
        all_day("Autumn term begins", "20260902"),
        all_day("Last day of term", "20261218", "20261219"),
    )
    assert [(t.first, t.last) for t in found.terms] == [
        (date(2026, 9, 2), date(2026, 12, 18)),
        (date(2027, 1, 4), date(2027, 3, 25)),
    ]


@pytest.mark.parametrize(
    "summary",
    ["Half term", "HALF-TERM", "Autumn Half Term holiday", "Half–term", "Christmas holidays",
     "Early May Bank Holiday", "School closed", "Easter break"],
)  # fmt: skip
def test_closed_days(summary: str) -> None:
    found = read(all_day(summary, "20261026", "20261031"))
    assert found.holidays == (DateSpan(date(2026, 10, 26), date(2026, 10, 30), summary),)
    assert not found.terms


@pytest.mark.parametrize(
    "summary",
    ["INSET", "Inset day (term starts tomorrow)", "Staff training day", "Non-pupil day",
     "In-service day 2", "INSET day - bank holiday week"],
)  # fmt: skip
def test_inset_days_are_days_each(summary: str) -> None:
    found = read(all_day(summary, "20260831", "20260902"))
    assert found.inset == (date(2026, 8, 31), date(2026, 9, 1))
    assert not found.holidays


@pytest.mark.parametrize(
    ("lines", "last"),
    [
        # floating: the school's own wall clock
        ("DTSTART:20261026T090000|DTEND:20261027T150000", date(2026, 10, 27)),
        # midnight is not part of the last day
        ("DTSTART:20261026T000000|DTEND:20261028T000000", date(2026, 10, 27)),
        # a zone of its own is taken to the school's: 23:30 in London
        ("DTSTART:20261026T090000|DTEND;TZID=Europe/Paris:20261028T003000", date(2026, 10, 27)),
        # UTC, in summer time: 00:30 on the next day in London
        ("DTSTART:20260526T080000Z|DTEND:20260526T233000Z", date(2026, 5, 27)),
        ("DTSTART;VALUE=DATE:20261026|DURATION:P2D", date(2026, 10, 27)),
        ("DTSTART;VALUE=DATE:20261026", date(2026, 10, 26)),
        ("DTSTART;VALUE=DATE:20261026|DTEND;VALUE=DATE:20261026", date(2026, 10, 26)),
    ],
)
def test_every_way_to_write_a_time(lines: str, last: date) -> None:
    assert read(f"Half term|{lines}").holidays[0].last == last


def test_what_is_not_about_the_year_is_left_alone_and_named() -> None:
    found = read(
        all_day("Sports day", "20270701"),
        all_day("School closes for half term", "20261023"),
        all_day("INSET", "20260901") + "|STATUS:CANCELLED",
    )
    assert found == SchoolDates((), (), (), ("Sports day", "School closes for half term", "INSET"))


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ("Half term", "terms.ics:4: event 'Half term': has no DTSTART"),
        (all_day("Half term", "20260230"), "Wrong date format 20260230"),
        (all_day("Half term", "20261026", "20261020"), "ends before it begins"),
        (all_day("Half term", "20261026", "20291020"), "more than 200 days"),
        (all_day("Half term", "20261026") + "|RRULE:FREQ=YEARLY", "repeats"),
        ("Half term|DTSTART;VALUE=PERIOD:20260202T000000Z/PT1H", "no date"),
        (all_day("Half term", "20261026") + "|DTSTART:20261026T090000", "DTSTART more than once"),
        (all_day("Autumn term", "20260902"), "is a term of one day"),
        (all_day("Autumn term begins", "20260902"), "'Autumn term begins': has no end"),
        (all_day("Autumn term ends", "20261218"), "ends a term that never began"),
    ],
)
def test_a_bad_event_is_named_with_its_line(event: str, said: str) -> None:
    (mistake,) = failed(ics(event))
    assert mistake.startswith("terms.ics:4: event ")
    assert said in mistake


def test_all_bad_events_are_told_at_once() -> None:
    said = failed(ics("Half term", all_day("Sports day", "20270701"), "Easter holidays"))
    assert [line.split(":")[1] for line in said] == ["4", "13"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "holds no events"),
        (b"hello\r\n", "not iCalendar"),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n", "holds no events"),
        (b"\r\n\xff\xfe", "terms.ics:2: the file: not UTF-8"),
        (b"x" * 1_000_001, "at most 1000000 are read"),
    ],
)
def test_a_bad_file_is_refused(data: bytes, said: str) -> None:
    (mistake,) = failed(data)
    assert said in mistake


def test_imported_terms_replace_the_calendars_own() -> None:
    old = Calendar(
        covers=DateSpan(date(2026, 9, 1), date(2027, 7, 1)),
        terms=(DateSpan(date(2026, 9, 2), date(2026, 12, 18)),),
        holidays=(
            DateSpan(date(2026, 10, 26), date(2026, 10, 30), "Half-term"),
            DateSpan(date(2026, 12, 25), date(2026, 12, 25), "Christmas Day"),
        ),
        inset=(date(2026, 9, 3),),
    )
    found = read(
        all_day("Autumn term", "20260907", "20261217"),
        all_day("Half term", "20261019", "20261024"),
        all_day("Summer term", "20270412", "20270724"),
    )
    new = with_dates(old, found)
    assert new.terms == found.terms
    assert [span.name for span in new.holidays] == ["Christmas Day", "Half term"]
    assert new.inset == (date(2026, 9, 3),)  # before the imported terms: not theirs to replace
    assert new.covers == DateSpan(date(2026, 9, 1), date(2027, 7, 23))


def test_without_terms_imported_days_are_added() -> None:
    old = Calendar(terms=(DateSpan(date(2026, 9, 2), date(2026, 12, 18)),))
    new = with_dates(old, read(all_day("INSET", "20261123"), all_day("Half term", "20261026")))
    assert (new.terms, new.inset, len(new.holidays)) == (old.terms, (date(2026, 11, 23),), 1)


@given(
    st.lists(
        st.one_of(
            st.sampled_from(["BEGIN:VEVENT", "END:VEVENT", "SUMMARY:Half term", "END:VCALENDAR",
                             "DTSTART;VALUE=DATE:20261026", "DTEND:20261027T090000Z",
                             "DTSTART;TZID=Nowhere/There:20261026T090000", "DURATION:-P9999999D"]),
            st.text(max_size=30),
        ),
        max_size=12,
    )
)  # fmt: skip
def test_nothing_but_dates_or_a_clear_error(lines: list[str]) -> None:
    try:
        data = (HEAD + "\r\n".join(lines) + "\r\nEND:VCALENDAR\r\n").encode()
    except UnicodeEncodeError:
        data = b"\xed\xa0\x80"
    try:
        assert isinstance(read_dates(data, "x.ics"), SchoolDates)
    except PolicyFileError as error:
        assert error.mistakes
