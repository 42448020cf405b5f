"""The charts: figures of the right hour, day and week; nobody named; drawn in a real browser."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import g

from admin_ui.log.charts import grid, trend
from admin_ui.log.today import today
from appliance import clock
from appliance.accounts.posts import Post
from tests.admin_ui.browser import Browser
from tests.admin_ui.live import served
from tests.admin_ui.log.conftest import HIDDEN, PUPIL, Log
from tests.builders import LONDON


def test_the_grid_tells_the_schools_time() -> None:
    """Half past eight in London is half past seven UTC in summer."""
    summer, winter = datetime(2026, 7, 6, 7, tzinfo=UTC), datetime(2026, 11, 23, 8, tzinfo=UTC)
    found = grid([(summer, 3), (winter, 4)], LONDON)
    assert found.rows[0] == ("Monday", tuple(7 if hour == 8 else 0 for hour in found.hours))
    assert len(found.rows) == 5
    sunday = grid([(datetime(2026, 11, 22, 23, tzinfo=UTC), 1)], LONDON)
    assert len(sunday.rows) == 7
    assert sunday.hours[-1] == 23


def test_the_trend_sets_each_day_beside_the_week_before() -> None:
    now = [(datetime(2026, 11, 23, 9, tzinfo=UTC), 5)]
    then = [(datetime(2026, 11, 16, 9, tzinfo=UTC), 2), (datetime(2026, 11, 17, 9, tzinfo=UTC), 3)]
    found = trend(now, then, date(2026, 11, 24), LONDON)
    assert found[-2:] == [("Monday 23 November", 5, 2), ("Tuesday 24 November", 0, 3)]
    assert len(found) == 7


@pytest.mark.parametrize("post", [Post.GOVERNOR, Post.AUDITOR, Post.IT_TECHNICIAN, Post.DSL])
@pytest.mark.parametrize("query", ["", "?weeks=4&verdict=block", "?weeks=99&verdict=x"])
def test_counts_are_shown_and_nobody_is_named(log: Log, post: Post, query: str) -> None:
    text = log.school.client(post).get(f"/log/charts{query}").text
    assert "TikTok" in text
    assert "<strong>4</strong> attempts" in text
    assert not [name for name in (PUPIL, "sam", *HIDDEN) if name in text]


@pytest.mark.parametrize(
    ("post", "figures"),
    [(Post.DSL, (4, 0, 0)), (Post.GOVERNOR, (4, 0, None)), (Post.STAFF, None)],
)
def test_the_home_page_gets_its_figures(log: Log, post: Post, figures: object) -> None:
    with log.school.app.test_request_context(), log.school.store.reading() as session:
        g.session = None
        found = today(session, log.school.accounts[post], clock.real(), LONDON)
    shown = found and (found.blocked + found.blocked_then, found.allowed, found.concerns)
    assert shown == figures


@pytest.mark.chromium
def test_the_charts_are_drawn_from_the_tables(log: Log, browser: Browser) -> None:
    with served(log.school.app) as site:
        browser.at(site)
        browser.sign_in_as(log.school.client(Post.GOVERNOR))
        browser.open("/log/charts")
        drawn = browser.all(".bellgate-chart--drawn canvas[role=img]")
        assert [place.get_attribute("data-chart") for place in browser.all("[data-chart]")] == [
            "line", "heat", "bar", "bar",
        ]  # fmt: skip
        assert len(drawn) == 4
        assert "TikTok" in drawn[2].get_attribute("aria-label") or "Facebook" in str(
            drawn[2].get_attribute("aria-label")
        )
        assert browser.complaints() == []
