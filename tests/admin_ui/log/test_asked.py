"""What an address asks for: read without ever failing, put back as it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from admin_ui.log import asked
from admin_ui.log.asked import FIELDS, Asked
from admin_ui.log.reader import Reader, reader_of
from appliance.accounts.posts import Post
from appliance.store.attempt_wanted import Cursor
from tests.admin_ui.log.conftest import Log
from tests.builders import at


@pytest.fixture
def dsl(log: Log) -> Iterator[Reader]:
    """Give the DSL as a reader, within the application."""
    with log.school.app.test_request_context(), log.school.store.reading() as session:
        yield reader_of(session, log.school.accounts[Post.DSL])


def read(reader: Reader, **args: str) -> Asked:
    return asked.read({name.rstrip("_"): text for name, text in args.items()}, reader)


@pytest.mark.parametrize("said", ["sam", "Sam Pupil", "sam pupil", "Sam Pupil (sam)"])
def test_a_person_is_known_by_id_and_by_name(dsl: Reader, said: str) -> None:
    found = read(dsl, person=said)
    assert (found.wanted.person, found.query, found.mistakes) == ("sam", {"person": "sam"}, {})
    assert found.somebody == ("person", "sam")


def test_somebody_unknown_finds_nobody_and_not_everybody(dsl: Reader) -> None:
    found = read(dsl, person="Nobody Here")
    assert found.mistakes == {"person": asked.NOBODY}
    assert found.wanted.person not in ("", "Nobody Here")


@pytest.mark.parametrize(
    ("said", "device"),
    [
        ("teacher-laptop", "teacher-laptop"), ("ann’s LAPTOP", "teacher-laptop"),
        ("02-00-00-00-00-77", "teacher-laptop"), ("02:00:00:00:00:AA", "02:00:00:00:00:aa"),
        ("Other", "Other"),
    ],
)  # fmt: skip
def test_a_device_is_known_by_name_and_mac(dsl: Reader, said: str, device: str) -> None:
    assert read(dsl, device=said).wanted.device == device


@pytest.mark.parametrize(
    ("args", "since", "until"),
    [
        ({"from_": "2026-11-23"}, at("00:00"), None),
        ({"from_": "2026-11-23", "from_time": "09:30"}, at("09:30"), None),
        ({"to": "2026-11-23"}, None, at("00:00") + timedelta(days=1)),
        ({"to": "2026-11-23", "to_time": "10:30"}, None, at("10:30")),
    ],
)
def test_days_and_times_are_the_schools(
    dsl: Reader, args: dict[str, str], since: object, until: object
) -> None:
    found = read(dsl, **args)
    assert (found.wanted.since, found.wanted.until, found.mistakes) == (since, until, {})


@pytest.mark.parametrize(
    ("args", "field"),
    [
        ({"from_": "23/11/2026"}, "from"), ({"to": "2026-13-01"}, "to"),
        ({"from_": "2026-11-23", "from_time": "25:00"}, "from_time"), ({"to_time": "10:00"}, "to"),
        ({"from_": "2026-11-23", "to": "2026-11-22"}, "to"), ({"from_": "9999-12-31"}, "from"),
    ],
)  # fmt: skip
def test_what_is_no_date_is_said(dsl: Reader, args: dict[str, str], field: str) -> None:
    assert set(read(dsl, **args).mistakes) == {field}


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from((*FIELDS, "before", "x")), st.text(max_size=60)))
def test_anything_can_be_asked(dsl: Reader, args: dict[str, str]) -> None:
    found = asked.read(args, dsl)
    assert found.query.keys() <= set(FIELDS)
    if not found.mistakes:
        assert asked.read(found.query, dsl).wanted == found.wanted


@given(st.integers(0, 4 * 10**15), st.integers(0, 10**17))
def test_a_place_in_the_log_goes_there_and_back(microseconds: int, id_: int) -> None:
    found = asked.cursor(f"{microseconds}.{id_}")
    assert found is not None
    assert asked.place(found) == f"{microseconds}.{id_}"


@pytest.mark.parametrize("text", ["", ".", "1", "1.", "-1.2", "1.x", "²", "9" * 30 + ".1", "1.2.3"])
def test_what_is_no_place_is_none(text: str) -> None:
    assert asked.cursor(text) is None


def test_a_cursor_of_an_instant() -> None:
    assert asked.cursor("0.0") == Cursor(asked.EPOCH, 0)
