"""The made-up school: the same each time, whole, and never beside a real one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyotp
import pytest

from appliance import policy_file
from appliance.accounts import passwords, responsible
from appliance.accounts.posts import SECOND_FACTOR, Post
from appliance.attempts.attempt import WITHHELD, Attempt
from appliance.demonstration import making, staff
from appliance.demonstration.making import Made
from appliance.store import (
    accounts,
    attempts,
    content_reports,
    credentials,
    devices,
    grants,
    people,
    permissions,
    policies,
    reports,
    requests,
    sanctions,
)
from appliance.store.requests import Wanted
from appliance.store.session import Store, open_store

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 23, 10, 35, tzinfo=LONDON)
REAL = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
KEY = bytes(range(32))


def school(
    path: Path, template: str = "duffield-meadows", now: datetime = NOW
) -> tuple[Store, Made]:
    store = open_store(path)
    with store.session() as session:
        text = policy_file.template_text(template)
        policies.set_policy(session, text, template, "test", "test", REAL)
    with store.session() as session:
        made = making.make(session, KEY, now=now, real=REAL)
    return store, made


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Made]]:
    store, found = school(tmp_path_factory.mktemp("made") / "bellgate.db")
    yield store, found
    store.close()


@pytest.fixture(scope="module")
def log(made: tuple[Store, Made]) -> list[Attempt]:
    with made[0].reading() as session:
        return [kept.attempt for kept in attempts.select(session)]


def test_there_is_a_fortnight_of_school_days_until_now_and_no_more(log: list[Attempt]) -> None:
    assert 15_000 < len(log) < 30_000
    days = {attempt.at.astimezone(LONDON).date() for attempt in log}
    assert len(days) == 11, "ten school days, and today until now"
    assert not {day for day in days if day.weekday() > 4}
    assert max(attempt.last for attempt in log) <= NOW
    assert min(days).isoformat() == "2026-11-09"


def test_lunch_and_break_are_the_busy_times(log: list[Attempt]) -> None:
    kinds = Counter(attempt.period_kind for attempt in log)
    minutes = {"lesson": 310, "break": 20, "lunch": 60}
    rate = {kind: kinds[kind] / length for kind, length in minutes.items()}
    assert rate["break"] > 3 * rate["lesson"]
    assert rate["lunch"] > 3 * rate["lesson"]


@pytest.mark.parametrize(
    "present",
    [
        ("page visits", lambda a: a.visit == "page" and a.url),
        ("an app's noise", lambda a: a.visit == "background"),
        ("look-ups", lambda a: a.visit == "lookup"),
        ("searches", lambda a: a.search),
        ("ways round", lambda a: a.reason == "circumvention"),
        ("allowed at break", lambda a: a.verdict == "allow" and a.period_kind == "break"),
        ("visitors", lambda a: a.role == "visitor" and not a.person),
        ("named pupils", lambda a: a.role == "pupil" and a.person),
        ("personal devices of staff", lambda a: a.device.startswith("phone")),
    ],
    ids=lambda pair: pair[0],
)
def test_every_sort_of_attempt_is_there(
    log: list[Attempt], present: tuple[str, Callable[[Attempt], object]]
) -> None:
    assert any(present[1](attempt) for attempt in log)


def test_what_is_unlawful_is_withheld(log: list[Attempt]) -> None:
    (found,) = [attempt for attempt in log if attempt.reason == "illegal"]
    assert (found.host, found.url) == (WITHHELD, "")


def test_no_helpline_is_in_it(log: list[Attempt]) -> None:
    assert not [attempt for attempt in log if attempt.reason == "sanctuary"]


def test_every_post_can_sign_in_with_what_is_printed(made: tuple[Store, Made]) -> None:
    store, found = made
    with store.reading() as session:
        everybody = accounts.list_(session)
        assert {post for one in everybody for post in one.posts} == set(Post)
        assert responsible.missing(session) == ()
        for one in everybody:
            kept = credentials.of(session, one.id)
            assert kept is not None
            assert passwords.fits(kept.password, found.keys.password)
            assert one.has_totp or not SECOND_FACTOR & one.posts
        keys = staff.keys(session, KEY)
    assert keys == found.keys
    assert staff.code(found.keys, REAL) == pyotp.TOTP(found.keys.secret).at(REAL)
    assert passwords.problem(found.keys.password) is None


def test_every_page_finds_something(made: tuple[Store, Made]) -> None:
    with made[0].reading() as session:
        found, _ = requests.find(session, Wanted(), NOW)
        shown = {
            state for state in ("submitted", "question_asked", "reviewed", "active", "expired",
                                "refused", "withdrawn", "revoked")
            if requests.find(session, Wanted(states=frozenset({state})), NOW)[1]
        }  # fmt: skip
        assert len(shown) == 8
        assert any(one.kind == "curriculum" for one in found)
        assert {report.state.value for report in content_reports.list_(session)} == {
            "submitted", "done"
        }  # fmt: skip
        assert reports.list_(session)
        assert sanctions.list_(session)
        assert grants.list_(session)
        assert permissions.list_(session)
        assert len(people.groups(session)) == 7
        owned = {device.ownership for device in devices.list_(session)}
        assert len(owned) == 2


def test_made_again_nothing_changes(made: tuple[Store, Made], tmp_path: Path) -> None:
    store, first = made
    with store.session() as session:
        again = making.make(session, KEY, now=NOW + timedelta(days=3), real=REAL)
    assert again == Made(first.keys, 0)


def test_the_same_seed_gives_the_same_days(log: list[Attempt], tmp_path: Path) -> None:
    store, other = school(tmp_path / "bellgate.db")
    with store.reading() as session:
        again = [kept.attempt for kept in attempts.select(session)]
    store.close()
    assert again == log
    assert other.keys.password != ""


@pytest.mark.parametrize("template", [t for t in policy_file.TEMPLATES if t != "duffield-meadows"])
def test_it_can_be_made_under_every_template(tmp_path: Path, template: str) -> None:
    monday = datetime(2026, 9, 7, 8, 0, tzinfo=LONDON)  # days after the year began: less to make
    store, found = school(tmp_path / "bellgate.db", template, monday)
    with store.reading() as session:
        assert found.attempts == attempts.count(session) > 1000
    store.close()


def test_a_school_that_is_used_is_left_alone(tmp_path: Path) -> None:
    store = open_store(tmp_path / "bellgate.db")
    with store.session() as session:
        text = policy_file.template_text("date-palm")
        policies.set_policy(session, text, "date-palm", "test", "test", REAL)
        accounts.add(session, "tech", "T. Technician", [Post.IT_TECHNICIAN], at=REAL)
    with pytest.raises(making.RealSchoolError), store.session() as session:
        making.make(session, KEY, now=NOW, real=REAL)
    with store.reading() as session:
        assert len(accounts.list_(session)) == 1
        assert not staff.on(session)
        assert staff.keys(session, KEY) is None
        assert people.people(session) == ()
    store.close()
