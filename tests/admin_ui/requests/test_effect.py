"""What a request would open, by the engine that enforces: before, after, and for others."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from admin_ui.requests.effect import Effect, effect_of, reached
from admin_ui.requests.effect_rows import effect_rows
from admin_ui.requests.scope import Scope, target_of
from appliance import policy_file
from appliance.policy.domains import ListMatch
from appliance.policy.model import (
    Grant,
    Ownership,
    PeriodKind,
    ReportedBlock,
    Sanction,
    Subject,
    SubjectKind,
    SupervisedSession,
    Target,
    TargetKind,
)
from appliance.policy.situation import Query
from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import Device, Group, Person
from appliance.policy.urls import parse
from appliance.policy_file import build, demo

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # Lesson 1
VIDEO = "https://www.youtube.com/watch?v=abc"
PUPILS = Subject(SubjectKind.ROLE, "pupil")
PIP = Subject(SubjectKind.PERSON, "pip")
STEPS = {"lesson", "break", "lunch", "before_school", "after_school", "closed"}


def school(**more: object) -> Snapshot:
    contents = demo.demo_school(
        build.contents(policy_file.template("duffield-meadows"), version=1, built_at=AT)
    )
    return Snapshot(
        replace(
            contents,
            groups=(Group(id="3B", name="Class 3B"),),
            people=(Person(id="pip", name="P. Pupil", role="pupil", groups=("3B",)),),
            devices=(
                Device(id="tablet", name="Tablet", addresses=("127.0.10.8",), person="pip",
                       ownership=Ownership.SCHOOL, trusts_ca=True),
                Device(id="phone", name="Phone", addresses=("127.0.20.9",), role="staff"),
            ),
            **more,  # type: ignore[arg-type]
        )
    )  # fmt: skip


def effect(
    url: str = VIDEO, width: str = "page", who: Subject = PUPILS, when: str = "",
    ends: timedelta = timedelta(days=2), snapshot: Snapshot | None = None,
) -> Effect:  # fmt: skip
    now = snapshot or school()
    scope = Scope(
        subject=who, target=target_of(url, width, now), when=frozenset(when.split()),
        until="date", starts=AT, ends=AT + ends,
    )  # fmt: skip
    return effect_of(scope, url, AT, now)


def beside(found: Effect) -> dict[str, bool]:
    return {change.what: change.after.open for change in found.lines[0].beside}


def test_one_page_opens_and_nothing_beside_it() -> None:
    found = effect()
    assert found.refused == ()
    assert {c.kind for c in found.lines[0].page} == STEPS
    assert all(c.after.open and not c.before.open for c in found.lines[0].page)
    assert beside(found) == {
        "Other pages of www.youtube.com": False, "The rest of the service (youtu.be)": False,
        "Posting and signing in there": False, "ytimg.com": True, "googlevideo.com": True,
    }  # fmt: skip
    assert found.hosts == ("ytimg.com", "googlevideo.com")
    assert found.public_view
    assert [line.opens for line in found.others] == [False, False]


@pytest.mark.parametrize(
    ("width", "elsewhere", "posting"), [("page", False, False), ("host", False, True),
                                        ("service", True, True)],
)  # fmt: skip
def test_the_wider_it_is_the_more_opens(width: str, elsewhere: bool, posting: bool) -> None:
    opened = beside(effect(width=width))
    assert opened["The rest of the service (youtu.be)"] is elsewhere
    assert opened["Posting and signing in there"] is posting


def test_only_the_periods_asked_for_open() -> None:
    found = effect(when="lunch break")
    assert {c.kind for c in found.lines[0].page} == {PeriodKind.LUNCH, PeriodKind.BREAK}


def test_what_opens_is_what_the_grant_opens() -> None:
    """The preview and enforcement are one: with the grant in force every row comes true."""
    now, found = school(), effect(when="lesson")
    grant = Grant(id="G1", subject=PUPILS, target=target_of(VIDEO, "page", now), start=AT,
                  end=AT + timedelta(days=2), when=frozenset({"lesson"}))  # fmt: skip
    then = Snapshot(replace(now.contents, grants=(grant,)))
    for line in found.lines:
        for change in line.page:
            client = now.register.resolve("127.0.10.77")
            query = Query(client, "www.youtube.com", AT, parse(VIDEO))
            assert reached(query, then).open is change.after.open is True
            assert not reached(replace(query, url=parse(VIDEO.replace("abc", "xyz"))), then).open


class Listed:
    """A published list that names one site."""

    def find(self, host: str) -> tuple[ListMatch, ...]:
        """Return the match of the one site."""
        return (ListMatch("illegal", "the-list", host),) if host == "bad.example" else ()


def test_illegal_content_opens_for_nobody() -> None:
    now = school()
    listed = Snapshot(now.contents, Listed())
    found = effect("https://bad.example/x", snapshot=listed)
    assert found.illegal
    assert "illegal" in found.refused[0]


@pytest.mark.parametrize(("url", "width"), [(VIDEO, "page"), (VIDEO, "host"), (VIDEO, "service")])
def test_what_was_reported_opens_for_nobody(url: str, width: str) -> None:
    target = Target(TargetKind.SERVICE, "youtube")
    block = ReportedBlock(id="B1", target=target, start=AT)
    found = effect(url, width, snapshot=school(reported=(block,)))
    assert "after a report" in found.refused[0]


def test_a_page_beside_a_reported_one_may_open() -> None:
    block = ReportedBlock(
        id="B1", target=Target(TargetKind.URL, "www.youtube.com/watch?v=xyz"), start=AT
    )
    snapshot = school(reported=(block,))
    assert effect(snapshot=snapshot).refused == ()
    assert effect("https://www.youtube.com/watch?v=xyz", snapshot=snapshot).refused


def test_ways_round_the_filter_cannot_be_opened() -> None:
    assert "way round" in effect("https://nordvpn.com/x").refused[0]


SANCTION = Sanction(id="S1", subject=PIP, start=AT, end=None, clause="7.2")


def test_who_is_restricted_stays_so() -> None:
    snapshot = school(sanctions=(SANCTION,))
    assert "restricted" in effect(who=PIP, snapshot=snapshot).refused[0]
    others = effect(who=Subject(SubjectKind.GROUP, "3B"), snapshot=snapshot)
    assert not any(line.opens for line in others.lines)  # nobody else is in the class
    everybody = effect(who=PUPILS, snapshot=snapshot)
    assert everybody.refused == ()
    assert sorted(line.opens for line in everybody.lines) == [False, True]
    rows = [row for line in everybody.lines for row in effect_rows(line)]
    assert "restricted for now" in {row.why for row in rows}


def test_a_supervised_session_lets_a_request_through() -> None:
    sits = SupervisedSession(subject=PIP, start=AT, end=AT + timedelta(days=3))
    found = effect(who=PIP, snapshot=school(sanctions=(SANCTION,), supervised=(sits,)))
    assert found.refused == ()


def test_a_visitors_own_device_takes_no_permission() -> None:
    found = effect(who=Subject(SubjectKind.ROLE, "visitor"))
    assert "no permission opens this" in found.refused[0]
    assert "6.9" in found.refused[0]


def test_a_device_without_the_certificate_is_shown_no_single_page() -> None:
    phone = Subject(SubjectKind.DEVICE, "phone")
    assert "certificate" in effect(who=phone).refused[0]
    assert effect(width="host", who=phone).refused == ()


def test_what_is_open_already_is_said() -> None:
    found = effect("https://www.bbc.co.uk/news")
    assert found.opens_nothing_new
    assert found.refused == ()


def test_periods_that_never_come_open_nothing() -> None:
    found = effect(when="lunch", ends=timedelta(minutes=10))
    assert "None of the periods" in found.refused[0]


def test_a_subject_that_nobody_is_in_is_still_shown() -> None:
    empty = school()
    group = replace(empty.contents, groups=(Group(id="9Z", name="Class 9Z"),))
    found = effect(width="host", who=Subject(SubjectKind.GROUP, "9Z"), snapshot=Snapshot(group))
    assert found.lines[0].page


def test_a_thousand_devices_are_asked_about_as_the_few_sorts_they_are() -> None:
    many = tuple(
        Device(id=f"d{n}", name=f"D{n}", macs=(f"02:00:00:00:{n // 256:02x}:{n % 256:02x}",),
               role="pupil", ownership=Ownership.SCHOOL, trusts_ca=True)
        for n in range(1000)
    )  # fmt: skip
    snapshot = school()
    crowd = Snapshot(replace(snapshot.contents, devices=(*snapshot.contents.devices, *many)))
    found = effect(snapshot=crowd)
    assert len(found.lines) < 5


def test_rows_say_the_same_for_every_period_once() -> None:
    (page, *others) = effect_rows(effect().lines[0])
    assert page.what == "What was asked for, in every period it is for"
    assert (page.before, page.after) == (False, True)
    assert [row.what for row in others] == [
        "Other pages of www.youtube.com", "The rest of the service (youtu.be)",
        "Posting and signing in there",
    ]  # fmt: skip
