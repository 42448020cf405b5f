"""A person's day: in order, an hour around an event, from day to day, and nobody unknown."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from appliance.accounts.posts import Post
from tests.admin_ui.log.conftest import Log


def ids(text: str) -> list[int]:
    """Return the events of a timeline, in order."""
    return [int(found) for found in re.findall(r'moj-timeline__item[^"]*" id="a(\d+)"', text)]


def test_an_hour_either_side_of_an_event(log: Log) -> None:
    minutes = (10, 50, 75, 140, 190)
    made = log.write(*(log.pupil(f"{n}.example", n) for n in minutes))
    text = log.school.client(Post.DSL).get(f"/log/person/person/sam?around={made[2]}").text
    assert ids(text) == [made[1], made[2]] or ids(text) == [made[0], made[1], made[2]]
    assert "This event" in text
    assert "An hour either side of" in text


def test_a_day_and_its_neighbours(log: Log) -> None:
    day = (log.now - timedelta(days=3)).date()
    made = log.write(log.pupil("that-day.example", 3 * 24 * 60))
    text = log.school.client(Post.DSL).get(f"/log/person/person/sam?day={day}").text
    assert ids(text) == made
    assert f"day={day - timedelta(days=1)}" in text
    assert f"day={day + timedelta(days=1)}" in text


@pytest.mark.parametrize(
    ("path", "rows"),
    [
        ("device/class-pc", 1), ("device/02:00:00:00:00:09", 1), ("address/10.3.0.9", 1),
        ("address/10.99.0.1", 0), ("person/sam?day=nonsense", 1), ("person/sam?around=99999", 1),
    ],
)  # fmt: skip
def test_devices_and_addresses_have_days_too(log: Log, path: str, rows: int) -> None:
    today = log.now.astimezone(log.school.app.extensions["gate"].view().zone).date()
    mark = "&" if "?" in path else "?"
    full = path if mark == "&" else f"{path}?day={today}"
    got = log.school.client(Post.DSL).get(f"/log/person/{full}")
    assert got.status_code == 200
    assert len(ids(got.text)) == rows


@pytest.mark.parametrize(
    "path", ["/log/person/person/nobody", "/log/person/role/pupil", "/log/person/person/",
             "/log/attempt/999", "/log/attempt/-1", "/log/why/person/nobody"],
)  # fmt: skip
def test_whom_nobody_knows_is_not_found(log: Log, path: str) -> None:
    assert log.school.client(Post.DSL).get(path).status_code == 404


def test_somebody_who_left_can_still_be_opened_while_rows_are_left(log: Log) -> None:
    log.write(log.pupil("old.example", 1, person="gone-girl"))
    assert log.school.client(Post.DSL).get("/log/person/person/gone-girl").status_code == 200


def test_details_say_everything_that_is_known(log: Log) -> None:
    text = log.school.client(Post.DSL).get("/log/attempt/1").text
    for words in ("Sam Pupil", "Year 5", "Class PC 5", "02:00:00:00:00:05", "10.1.0.5", "TikTok",
                  "the web proxy", "no-facebook", "7.1"):  # fmt: skip
        assert words in text, words


def test_the_technician_sees_details_without_who(log: Log) -> None:
    text = log.school.client(Post.IT_TECHNICIAN).get("/log/attempt/1").text
    assert "tiktok.com" in text
    assert "10.1.x.x" in text
    assert "Write a note" not in text
