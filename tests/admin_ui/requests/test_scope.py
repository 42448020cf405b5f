"""How wide a request is: read from hostile text, and never made wider by a review."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_ui.requests import scope as scoping
from admin_ui.requests import wording
from admin_ui.requests.scope import Scope, ScopeError, end_of, subject_of, target_of, wider
from appliance import policy_file
from appliance.policy import urls
from appliance.policy.model import Ownership, Subject, SubjectKind, Target, TargetKind
from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import Client, Device, Group, Person
from appliance.policy.timetable import Calendar
from appliance.policy_file import build

LESSON = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SATURDAY = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
PUPILS = Subject(SubjectKind.ROLE, "pupil")
DAY = timedelta(days=1)


def school() -> Snapshot:
    contents = build.contents(policy_file.template("duffield-meadows"), version=1, built_at=LESSON)
    return Snapshot(
        replace(
            contents,
            groups=(Group(id="3B", name="Class 3B"), Group(id="4A", name="Class 4A")),
            people=(Person(id="ann", name="A. Teacher", role="staff"),
                    Person(id="bob", name="B. Teacher", role="staff"),
                    Person(id="pip", name="P. Pupil", role="pupil", groups=("3B",))),
            devices=(Device(id="laptop", name="Laptop", person="ann"),
                     Device(id="pc", name="PC", role="pupil", groups=("3B",),
                            ownership=Ownership.SCHOOL),
                     Device(id="odd", name="Odd"),
                     Device(id="lent", name="Lent", person="bob", role="pupil")),
        )
    )  # fmt: skip


SCHOOL = school()


@pytest.mark.parametrize(
    ("url", "width", "expected"),
    [
        ("https://www.youtube.com/watch?v=abc", "page", "url:www.youtube.com/watch?v=abc"),
        ("https://WWW.YouTube.com:443/a%20b/", "page", "url:www.youtube.com/a b/"),
        ("www.youtube.com/watch", "page", "url:www.youtube.com/watch"),
        ("https://facebook.com@evil.example/x", "page", "url:evil.example/x"),
        ("https://www.youtube.com/watch?v=abc", "host", "host:www.youtube.com"),
        ("https://m.youtube.com/x", "service", "service:youtube"),
        ("https://i.ytimg.com/x", "service", "service:youtube"),
        ("https://xn--bcher-kva.example/x", "page", "url:xn--bcher-kva.example/x"),
    ],
)
def test_an_address_becomes_a_target(url: str, width: str, expected: str) -> None:
    target = target_of(url, width, SCHOOL)
    assert f"{target.kind.value}:{target.id}" == expected
    assert wording.target_words(target, SCHOOL)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://user:secret@www.example.org/a", "https://www.example.org/a"),
        ("https://www.good.example@b@evil.example:8443/x", "https://evil.example:8443/x"),
        ("https://www.example.org/@a?b=c@d#e@f", "https://www.example.org/@a?b=c@d#e@f"),
    ],
)
def test_a_name_and_password_in_an_address_are_not_kept(url: str, kept: str) -> None:
    assert scoping.address(url) == (kept, urls.parse(url))


@pytest.mark.parametrize(
    ("url", "width", "field"),
    [
        ("", "page", "url"), ("   ", "page", "url"), ("javascript:alert(1)", "page", "url"),
        ("data:text/html,x", "page", "url"), ("ftp://x.example/", "page", "url"),
        ("https://", "page", "url"), ("https://com/", "page", "url"),
        ("localhost", "host", "url"),
        ("https://x.example/a%23b", "page", "url"), ("https://x.example/a/../b", "page", "url"),
        ("https://x.example/%2e%2e/b", "page", "url"),
        ("https://x.example/a%252f", "page", "url"),
        ("https://x.example/" + "a" * 2000, "page", "url"),
        ("https://nothing.example/", "service", "width"),
    ],
)  # fmt: skip
def test_what_is_no_address_is_said_beside_its_field(url: str, width: str, field: str) -> None:
    with pytest.raises(ScopeError) as said:
        target_of(url, width, SCHOOL)
    assert said.value.field == field


CLASSROOM = Client(address="::", role="pupil", device="pc", device_name="PC")
LAPTOP = Client(address="::", role="staff", device="laptop", person="ann")
NAMELESS = Client(address="::", role="pupil")


@pytest.mark.parametrize(
    ("who", "chosen", "me", "client", "expected"),
    [
        ("me", "", "ann", LAPTOP, "person:ann"),
        ("me", "", "ann", CLASSROOM, "person:ann"),  # the form says it does not open here
        ("here", "", "ann", CLASSROOM, "device:pc"),
        ("me", "", None, CLASSROOM, "device:pc"),
        ("me", "", "pip", CLASSROOM, "device:pc"),  # no device is registered as theirs
        ("group", "3B", "ann", CLASSROOM, "group:3B"),
        ("role", "staff", "ann", CLASSROOM, "role:staff"),
        ("device", "laptop", "ann", CLASSROOM, "device:laptop"),
    ],
)
def test_whom_it_is_for(
    who: str, chosen: str, me: str | None, client: Client, expected: str
) -> None:
    subject = subject_of(who, chosen, me, client, SCHOOL.contents)
    assert f"{subject.kind.value}:{subject.id}" == expected
    assert wording.subject_words(subject, SCHOOL.contents)


@pytest.mark.parametrize(
    ("who", "chosen", "me", "client", "field"),
    [
        ("me", "", None, NAMELESS, "who"), ("me", "", "pip", NAMELESS, "who"),
        ("here", "", "ann", NAMELESS, "who"), ("", "", "ann", LAPTOP, "who"),
        ("everyone", "*", "ann", LAPTOP, "who"), ("network", "x", "ann", LAPTOP, "who"),
        ("group", "", "ann", LAPTOP, "group"), ("group", "9Z", "ann", LAPTOP, "group"),
        ("role", "head", "ann", LAPTOP, "role"), ("device", "none", "ann", LAPTOP, "device"),
    ],
)  # fmt: skip
def test_nobody_is_nobody(
    who: str, chosen: str, me: str | None, client: Client, field: str
) -> None:
    with pytest.raises(ScopeError) as said:
        subject_of(who, chosen, me, client, SCHOOL.contents)
    assert said.value.field == field


@pytest.mark.parametrize(
    ("until", "day", "at", "expected"),
    [
        ("lesson", "", LESSON, "2026-11-23T10:30"),
        ("lesson", "", LESSON.replace(hour=10, minute=35), "2026-11-23T10:50"),  # break
        ("today", "", LESSON, "2026-11-24T00:00"),
        ("today", "", SATURDAY, "2026-11-29T00:00"),
        ("date", "2026-11-23", LESSON, "2026-11-24T00:00"),
        ("date", "30/11/2026", LESSON, "2026-12-01T00:00"),
        ("date", "31/8/2027", LESSON, "2027-08-31T23:00"),  # British summer time
    ],
)
def test_until_when(until: str, day: str, at: datetime, expected: str) -> None:
    ends = end_of(until, day, PUPILS, at, SCHOOL)
    assert ends == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("until", "day", "at", "field"),
    [
        ("lesson", "", SATURDAY, "until"), ("", "", LESSON, "until"), ("ever", "", LESSON, "until"),
        ("date", "", LESSON, "until_date"), ("date", "tomorrow", LESSON, "until_date"),
        ("date", "31/02/2027", LESSON, "until_date"), ("date", "22/11/2026", LESSON, "until_date"),
        ("date", "1/9/2027", LESSON, "until_date"), ("date", "0001-01-01", LESSON, "until_date"),
        ("date", "9999-12-31", LESSON, "until_date"),
    ],
)  # fmt: skip
def test_no_time_beyond_the_school_year(until: str, day: str, at: datetime, field: str) -> None:
    with pytest.raises(ScopeError) as said:
        end_of(until, day, PUPILS, at, SCHOOL)
    assert said.value.field == field


def test_an_empty_calendar_gives_today_and_nothing_longer() -> None:
    empty = Snapshot(replace(SCHOOL.contents, calendar=Calendar()))
    assert end_of("today", "", PUPILS, LESSON, empty) == datetime(2026, 11, 24, tzinfo=UTC)
    for until in ("lesson", "date"):
        with pytest.raises(ScopeError):
            end_of(until, "30/11/2026", PUPILS, LESSON, empty)


BASE = Scope(
    subject=PUPILS, target=Target(TargetKind.HOST, "youtube.com"), when=frozenset(), until="date",
    starts=LESSON, ends=LESSON + 7 * DAY,
)  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "within"),
    [
        ("url:a.example/x", "url:a.example/x/y", True),
        ("url:a.example/x", "url:a.example/", False),
        ("url:a.example/x", "url:a.example/xy", False),
        ("url:a.example/x", "url:b.example/x", False),
        ("url:a.example/w?v=1", "url:a.example/w", False),
        ("url:a.example/w", "url:a.example/w?v=1", True),
        ("url:a.example/w?v=1", "url:a.example/w?t=2&v=1", True),
        ("url:a.example/w?v=1", "url:a.example/w?v=2", False),
        ("host:a.example", "url:m.a.example/x", True), ("host:a.example", "host:m.a.example", True),
        ("host:m.a.example", "host:a.example", False), ("host:a.example", "url:xa.example/", False),
        ("host:a.example", "service:youtube", False), ("url:a.example/", "host:a.example", False),
        ("service:youtube", "host:m.youtube.com", True),
        ("service:youtube", "url:youtu.be/abc", True),
        ("service:youtube", "url:www.facebook.com/x", False),
        ("service:youtube", "service:facebook", False), ("service:gone", "url:a.example/", False),
    ],
)  # fmt: skip
def test_a_target_lies_within_another_or_not(old: str, new: str, within: bool) -> None:
    targets = [Target(TargetKind(k), i) for k, _, i in (t.partition(":") for t in (old, new))]
    wide, narrow = (replace(BASE, target=target) for target in targets)
    assert ("target" not in wider(narrow, wide, SCHOOL)) == within


@pytest.mark.parametrize(
    ("old", "new", "within"),
    [
        ("role:staff", "person:ann", True),
        ("role:pupil", "person:ann", False),
        ("role:staff", "person:bob", False),  # a device of theirs counts as a pupil's
        ("role:staff", "device:laptop", True),
        ("role:pupil", "device:pc", True),
        ("role:pupil", "device:odd", False),  # what it counts as, its network says
        ("role:staff", "role:pupil", False),
        ("role:pupil", "group:3B", False),
        ("group:3B", "person:pip", True),
        ("group:3B", "device:pc", True),
        ("group:4A", "person:pip", False),
        ("person:ann", "device:laptop", True),
        ("person:ann", "device:pc", False),
        ("device:pc", "role:pupil", False),
        ("role:staff", "person:gone", False),
        ("role:staff", "device:gone", False),
        ("device:laptop", "person:ann", False),
    ],
)
def test_a_subject_lies_within_another_or_not(old: str, new: str, within: bool) -> None:
    subjects = [Subject(SubjectKind(k), i) for k, _, i in (t.partition(":") for t in (old, new))]
    wide, narrow = (replace(BASE, subject=subject) for subject in subjects)
    assert ("subject" not in wider(narrow, wide, SCHOOL)) == within


@pytest.mark.parametrize(
    ("old", "new", "within"),
    [
        ("", "lunch", True), ("lunch", "lunch", True), ("break lunch", "lunch", True),
        ("lunch", "break", False), ("lunch", "", False), ("lunch", "break lunch", False),
    ],
)  # fmt: skip
def test_periods_may_be_taken_away_alone(old: str, new: str, within: bool) -> None:
    wide, narrow = (replace(BASE, when=frozenset(text.split())) for text in (old, new))
    assert ("periods" not in wider(narrow, wide, SCHOOL)) == within


@pytest.mark.parametrize(("days", "within"), [(-1, True), (0, True), (1, False)])
def test_time_may_be_taken_away_alone(days: int, within: bool) -> None:
    narrow = replace(BASE, ends=BASE.ends + days * DAY)
    assert ("until_date" not in wider(narrow, BASE, SCHOOL)) == within
    assert wider(replace(BASE, starts=LESSON - DAY), BASE, SCHOOL)


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [([], frozenset()), (["lunch"], frozenset({"lunch"})),
     (["lesson", "break", "lunch", "before_school", "after_school", "closed"], frozenset())],
)  # fmt: skip
def test_all_periods_are_the_same_as_none(kinds: list[str], expected: frozenset[str]) -> None:
    assert scoping.periods_of(kinds) == expected
    assert wording.when_words(expected)


def test_a_kind_of_period_that_is_none_is_refused() -> None:
    with pytest.raises(ScopeError):
        scoping.periods_of(["lunch", "midnight"])


@given(st.text(max_size=60), st.sampled_from(["page", "host", "service", "", "x"]))
def test_whatever_is_typed_gives_a_target_or_a_mistake(text: str, width: str) -> None:
    try:
        target = target_of(f"https://www.youtube.com/{text}", width, SCHOOL)
    except ScopeError as error:
        assert error.field in ("url", "width")
        return
    assert target.kind is not TargetKind.EVERYTHING
    if target.kind is TargetKind.URL:
        assert urls.canonical_prefix(f"https://{target.id}") == target.id


@given(st.text(max_size=30))
def test_whatever_is_typed_as_a_date_is_one_of_this_year_or_a_mistake(text: str) -> None:
    try:
        ends = end_of("date", text, PUPILS, LESSON, SCHOOL)
    except ScopeError as error:
        assert error.field == "until_date"
        return
    assert LESSON.date() <= (ends - timedelta(hours=2)).date() <= date(2027, 8, 31)
