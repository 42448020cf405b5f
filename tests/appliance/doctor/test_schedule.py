"""When a self-test is due: once a day for each role in each kind of period."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from appliance.doctor.schedule import MARGIN, Stand, day_began, due, stands
from tests import builders

AT = datetime(2026, 11, 23, 10, 35, tzinfo=UTC)
LATER = AT + timedelta(minutes=10)
PUPIL, STAFF = Stand("pupil", "break", LATER), Stand("staff", "break", None)


@pytest.mark.parametrize(
    ("tried", "wanted"),
    [
        (frozenset(), True),
        ({("pupil", "break")}, True),  # staff not yet
        ({("pupil", "break"), ("staff", "break")}, False),
        ({("pupil", "lesson"), ("staff", "lesson")}, True),  # another kind of period
    ],
)
def test_each_role_in_each_kind_of_period(tried: set[tuple[str, str]], wanted: bool) -> None:
    assert due((PUPIL, STAFF), frozenset(tried), AT) is wanted


def test_a_period_about_to_end_is_left_for_another_day() -> None:
    assert not due((Stand("pupil", "break", AT + MARGIN),), frozenset(), AT)
    assert due((Stand("pupil", "break", AT + MARGIN + timedelta(seconds=1)),), frozenset(), AT)


def test_a_school_without_networks_is_never_due() -> None:
    assert not due((), frozenset(), AT)


def test_the_kind_of_period_is_the_one_of_each_networks_role() -> None:
    snapshot = builders.snapshot()
    found = list(stands(snapshot, builders.at("10:35"), clock_trusted=True))
    assert {one.role for one in found} == {n.role for n in snapshot.contents.networks}
    assert {one.period_kind for one in found} == {"break"}
    doubtful = stands(snapshot, builders.at("10:35"), clock_trusted=False)
    assert {one.period_kind for one in doubtful} == {"lesson"}


def test_a_day_begins_at_the_schools_own_midnight() -> None:
    summer = datetime(2026, 7, 1, 0, 30, tzinfo=UTC)  # 01:30 in London
    assert day_began(summer, "Europe/London") == datetime(2026, 6, 30, 23, 0, tzinfo=UTC)
    winter = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
    assert day_began(winter, "Europe/London") == datetime(2026, 11, 23, tzinfo=UTC)
