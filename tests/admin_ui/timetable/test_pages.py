"""The bells, days that are different, the school year and its import."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance import clock
from appliance.accounts.posts import Post
from appliance.policy.timetable import OneOffDay
from appliance.store import calendar, policies
from tests.admin_ui.conftest import School
from tests.admin_ui.policy.test_previewing import actions, current, main_of
from tests.admin_ui.uploads import upload

BREAK = datetime(2026, 11, 23, 10, 35, tzinfo=UTC)
USUAL = [("Lesson 1", "lesson", "08:50", "10:30"), ("Break", "break", "10:30", "10:50"),
         ("Lesson 2", "lesson", "10:50", "12:10")]  # fmt: skip


@pytest.fixture
def school(make_school: Callable[..., School]) -> School:
    return make_school(rehearse=(BREAK - clock.real()).total_seconds())


def rows(*wanted: tuple[str, str, str, str], days: bool = True) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for place, (name, kind, start, end) in enumerate(wanted):
        found |= {f"name-{place}": name, f"kind-{place}": kind}
        found |= {f"start-{place}": start, f"end-{place}": end}
        found |= {f"days-{place}": ["0", "1", "2", "3", "4"]} if days else {}
    return found


def one_off(school: School) -> tuple[OneOffDay, ...]:
    with school.store.reading() as session:
        return calendar.days(session)


def test_today_and_the_week_are_shown(school: School) -> None:
    said = main_of(school.client(Post.STAFF).get("/timetable"))
    assert "Monday 23 November 2026" in said
    assert "An ordinary school day" in said
    assert "Break Now" in re.sub(r"\s+", " ", said)
    assert "Wet play today" not in said
    assert "Wet play today" in main_of(school.client(Post.HEADTEACHER).get("/timetable"))


@pytest.mark.parametrize(
    ("preset", "said"),
    [
        ("wet-play", "closes from 10:30am to 10:50am and from 12:10pm to 1:10pm"),
        ("early-close", "closes from 3:20pm to 6:00pm"),
        ("sports-day", "closes from 10:30am to 10:50am"),
        ("snow-day", "Closed all day"),
    ],
)
def test_a_preset_shows_what_it_changes_before_it_holds(
    school: School, preset: str, said: str
) -> None:
    page = main_of(school.client(Post.HEADTEACHER).get(f"/timetable/day?preset={preset}"))
    assert said in page
    assert one_off(school) == ()


def test_now_is_told_where_it_changes_now(school: School) -> None:
    client = school.client(Post.IT_TECHNICIAN)
    wet = main_of(client.get("/timetable/day?preset=wet-play"))
    assert "closes" in wet.partition("At this moment")[2][:300]
    assert "Nothing opens or closes right now" in main_of(
        client.get("/timetable/day?preset=early-close")
    )


def test_a_day_is_put_in_force_and_taken_back(school: School) -> None:
    client = school.client(Post.HEADTEACHER)
    sent = {**rows(*USUAL, days=False), "day": "2026-11-23", "name": "Wet play", "do": "save"}
    assert client.post("/timetable/day", data=sent).status_code == 303
    assert [(d.day, d.name, len(d.periods)) for d in one_off(school)] == [
        (date(2026, 11, 23), "Wet play", 3)
    ]
    assert actions(school)[-1] == "calendar.changed"
    school.publish()
    assert "Wet play" in main_of(client.get("/timetable"))
    client.post("/timetable/day/remove", data={"day": "2026-11-23"})
    assert one_off(school) == ()
    assert client.post("/timetable/day/remove", data={"day": "x"}).status_code == 400


def test_a_later_day_takes_the_place_of_an_earlier_one(school: School) -> None:
    client = school.client(Post.IT_TECHNICIAN)
    for name in ("First", "Second"):
        sent = {**rows(*USUAL, days=False), "day": "2026-11-24", "name": name, "do": "save"}
        client.post("/timetable/day", data=sent)
    assert [day.name for day in one_off(school)] == ["Second"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"day": "tomorrow"}, "Enter a date"),
        ({"name": ""}, "what kind of day"),
        ({"end-0": "08:00"}, "before it starts"),
        ({"end-0": "10:40"}, "overlaps"),
    ],
)
def test_a_day_that_cannot_be_is_refused(school: School, fields: dict[str, str], said: str) -> None:
    good = {**rows(*USUAL, days=False), "day": "2026-11-24", "name": "Half day", "do": "save"}
    answer = school.client(Post.IT_TECHNICIAN).post("/timetable/day", data={**good, **fields})
    assert answer.status_code == 422
    assert said in main_of(answer)
    assert one_off(school) == ()


def test_new_bells_are_a_change_of_the_policy_with_preview_and_reason(school: School) -> None:
    client = school.client(Post.IT_TECHNICIAN)
    later = [
        USUAL[0],
        ("Break", "break", "10:40", "11:00"),
        ("Lesson 2", "lesson", "11:00", "12:10"),
    ]
    answer = client.post("/timetable/default/bells", data=rows(*later))
    assert answer.status_code == 303
    said = main_of(client.get(answer.location))
    assert "opens from 10:50am to 11:00am, Monday to Friday" in said
    assert "from 10:30am to 10:40am" in said
    assert "between Lesson 1 and Break no period runs" in said
    client.post(answer.location, data={"reason": "New bells"})
    assert "start: 10:40" in current(school)[3].replace('"', "")


def test_a_timetable_for_some_is_added_and_removed(school: School) -> None:
    client = school.client(Post.IT_TECHNICIAN)
    place = client.post("/timetable/new", data={"id": "infants"}).location
    client.post(place, data={"reason": "Infants leave early"})
    assert "  infants:\n" in current(school)[3]
    school.publish()
    assert "The week of infants" in main_of(client.get("/timetable"))
    sent = {**rows(*USUAL, days=False), "day": "2026-11-24", "name": "All", "do": "save"}
    client.post("/timetable/day", data=sent)
    client.post("/timetable/day", data={**sent, "name": "Some", "timetables": ["infants"]})
    assert {(d.name, d.timetables) for d in one_off(school)} == {
        ("All", ("default",)), ("Some", ("infants",))
    }  # fmt: skip
    place = client.post("/timetable/infants/remove").location
    client.post(place, data={"reason": "No more"})
    assert "infants" not in current(school)[3]
    for id_ in ("default", "", "A b", "infants/x"):
        assert client.post("/timetable/new", data={"id": id_}).location.endswith("/timetable")


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.dictionaries(st.sampled_from(["name-0", "kind-0", "start-0", "end-0", "days-0", "do",
                                        "day", "name", "timetables", "preset"]),
                       st.text(max_size=20)))  # fmt: skip
def test_whatever_is_typed_the_forms_answer(school: School, typed: dict[str, str]) -> None:
    client = school.client(Post.IT_TECHNICIAN)
    for path in ("/timetable/default/bells", "/timetable/day", "/calendar", "/calendar/remove"):
        assert client.post(path, data=typed).status_code in (303, 400, 422, 200)


def test_dates_are_added_and_removed(school: School) -> None:
    client = school.client(Post.IT_TECHNICIAN)
    sent = {"kind": "holiday", "name": "Snow week", "first": "2027-01-18", "last": "2027-01-22"}
    assert client.post("/calendar", data=sent).status_code == 303
    school.publish()
    assert "Snow week" in main_of(client.get("/calendar"))
    assert actions(school)[-1] == "calendar.changed"
    client.post("/calendar/remove", data=sent)
    school.publish()
    assert "Snow week" not in main_of(client.get("/calendar"))
    client.post("/calendar", data={"kind": "inset", "first": "2027-02-22"})
    school.publish()
    assert "Monday 22 February 2027" in main_of(client.get("/calendar"))


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"first": "soon"}, "Enter a date"), ({"last": "2027-01-01"}, "before the first"),
     ({"last": "2028-12-01"}, "longer than"), ({"kind": ""}, "Choose what it is"),
     ({"first": "1999-01-01"}, "2000 to 2099")],
)  # fmt: skip
def test_dates_that_cannot_be_are_refused(
    school: School, fields: dict[str, str], said: str
) -> None:
    good = {"kind": "term", "name": "T", "first": "2027-01-04", "last": "2027-03-01"}
    answer = school.client(Post.IT_TECHNICIAN).post("/calendar", data={**good, **fields})
    assert answer.status_code == 422
    assert said in main_of(answer)


def ics(*events: tuple[str, str, str]) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x"]
    for number, (summary, first, last) in enumerate(events):
        lines += ["BEGIN:VEVENT", f"UID:{number}", "DTSTAMP:20260101T000000Z"]
        lines += [f"SUMMARY:{summary}", f"DTSTART;VALUE=DATE:{first}"]
        lines += [f"DTEND;VALUE=DATE:{last}", "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def test_a_calendar_file_is_shown_before_it_is_taken_over(school: School) -> None:
    client = school.client(Post.IT_TECHNICIAN)
    data = ics(
        ("Autumn term", "20260903", "20261218"), ("Nativity <b>play</b>", "20261210", "20261211")
    )
    page = upload(client, "/calendar/import", data, "a.ics")
    said = main_of(page)
    assert "Thursday 3 September 2026" in said
    assert "These give way" in said
    assert "<b>play" not in page.text
    packed = re.search(r'name="dates" value="([^"]*)"', page.text)
    assert packed
    client.post("/calendar/import/take", data={"dates": unescape(packed[1])})
    school.publish()
    assert "Thursday 3 September 2026" in main_of(client.get("/calendar"))


def test_mistakes_of_a_calendar_file_are_told_with_their_lines(school: School) -> None:
    client = school.client(Post.IT_TECHNICIAN)
    data = ics(("Autumn term", "20260903", "20260904"))
    answer = upload(client, "/calendar/import", data, "a.ics")
    assert answer.status_code == 422
    assert "Line 4" in main_of(answer)
    for bad in (b"", b"nonsense", b"x" * 1_000_001):
        answer = upload(client, "/calendar/import", bad, "a.ics")
        assert answer.status_code == 422


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.recursive(st.none() | st.text(max_size=9) | st.integers(),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
                        st.sampled_from(["terms", "holidays", "inset"]), inner)))  # fmt: skip
def test_dates_that_nobody_was_shown_change_nothing(school: School, packed: Any) -> None:
    client = school.client(Post.IT_TECHNICIAN)
    text = json.dumps(packed)
    assert client.post("/calendar/import/take", data={"dates": text}).status_code == 303
    assert client.post("/calendar/import/take", data={"dates": text[:-1]}).status_code == 303


def test_the_policy_keeps_its_bells_until_somebody_changes_them(school: School) -> None:
    with school.store.reading() as session:
        held = policies.current_policy(session)
        assert held
        assert "timetables:" not in held.text
    client = school.client(Post.IT_TECHNICIAN)
    page = client.get("/timetable/default/bells")
    assert page.text.count('value="08:50"') == 2
