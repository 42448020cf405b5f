"""Flags for whom, what and until when: read, or refused with what there is instead."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest

from appliance.cli import speaking
from appliance.cli.errors import InputError
from appliance.policy.model import Ownership, Subject, SubjectKind, Target, TargetKind
from appliance.policy.subjects import Device, Group, Person
from appliance.policy.timetable import Period, PeriodKind, Timetable
from appliance.policy.urls import BadUrlError
from tests.builders import DAY, at, contents, snapshot

LATE = Timetable("late", (Period("Lesson 1", PeriodKind.LESSON, 540, 640),))
KNOWN = {
    "groups": (Group(id="3B", name="3B", timetable="late"),),
    "people": (Person(id="ada", name="Ada", role="pupil", groups=("3B",)),),
    "devices": (Device(id="ipad-1", name="iPad", ownership=Ownership.SCHOOL, person="ada"),),
    "timetables": (DAY, LATE),
}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("role:staff", Subject(SubjectKind.ROLE, "staff")),
        ("group:3B", Subject(SubjectKind.GROUP, "3B")),
        ("person:ada", Subject(SubjectKind.PERSON, "ada")),
        ("device:ipad-1", Subject(SubjectKind.DEVICE, "ipad-1")),
        ("network:pupils", Subject(SubjectKind.NETWORK, "pupils")),
        ("everyone", Subject(SubjectKind.EVERYONE)),
    ],
)
def test_subjects(text: str, read: Subject) -> None:
    assert speaking.subject(text, contents(**KNOWN)) == read


@pytest.mark.parametrize("text", ["", "staff", "role:", "role:wizard", "planet:mars", ":x"])
def test_an_unknown_subject_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="--for"):
        speaking.subject(text, contents(**KNOWN))


def test_a_wrong_id_is_answered_with_those_there_are() -> None:
    with pytest.raises(InputError, match="there are: staff, pupil, visitor"):
        speaking.subject("role:teacher", contents())


def target(**given: str) -> Target:
    asked: dict[str, str | None] = dict.fromkeys(("url", "host", "service", "category"))
    asked.update(given)
    return speaking.target(**asked, contents=contents())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"url": "https://www.Facebook.com/School"}, (TargetKind.URL, "www.facebook.com/School")),
        ({"host": "X.com."}, (TargetKind.HOST, "x.com")),
        ({"service": "facebook"}, (TargetKind.SERVICE, "facebook")),
        ({"category": "social_media"}, (TargetKind.CATEGORY, "social_media")),
    ],
)
def test_targets(given: dict[str, str], read: tuple[TargetKind, str]) -> None:
    assert target(**given) == Target(*read)


@pytest.mark.parametrize(
    "given",
    [{}, {"service": "facebook", "host": "x.com"}, {"service": "none"}, {"category": "none"}],
)
def test_no_target_or_several_or_unknown_ones_are_refused(given: dict[str, str]) -> None:
    with pytest.raises(InputError):
        target(**given)


def test_a_url_that_servers_read_in_different_ways_is_refused() -> None:
    with pytest.raises(BadUrlError):
        target(url="https://www.facebook.com/a/../b")


@pytest.mark.parametrize(
    ("text", "who", "end"),
    [
        ("lesson", "role:staff", at("10:30")),
        ("lesson", "group:3B", at("10:40")),
        ("lesson", "person:ada", at("10:40")),
        ("lesson", "device:ipad-1", at("10:40")),
        ("lesson", "network:pupils", at("10:30")),
        ("lesson", "everyone", at("10:30")),
        ("today", "role:staff", at("00:00") + timedelta(days=1)),
        ("2026-11-24T09:00", "role:staff", at("09:00") + timedelta(days=1)),
        ("2026-11-24T09:00Z", "role:staff", at("09:00") + timedelta(days=1)),
    ],
)
def test_until(text: str, who: str, end: object) -> None:
    snap = snapshot(**KNOWN)
    found = speaking.until(text, speaking.subject(who, snap.contents), at("09:30"), snap)
    assert found == end
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "clock"), [("lesson", "16:00"), ("2026-11-23T09:00", "09:30"), ("soon", "09:30")]
)
def test_an_end_that_is_none_is_refused(text: str, clock: str) -> None:
    with pytest.raises(ValueError) if text == "soon" else pytest.raises(InputError):
        speaking.until(text, Subject(SubjectKind.ROLE, "staff"), at(clock), snapshot())


def test_periods_by_kind_and_name() -> None:
    assert speaking.when(("lunch", "Lesson 2"), contents()) == {"lunch", "Lesson 2"}
    assert speaking.when((), contents()) == frozenset()
    with pytest.raises(InputError, match="--when"):
        speaking.when(("teatime",), contents())
