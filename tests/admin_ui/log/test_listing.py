"""The list: what it shows, folds away and pages through; watched live in a real browser."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from appliance.accounts.posts import Post
from tests.admin_ui.browser import Browser
from tests.admin_ui.live import served
from tests.admin_ui.log.conftest import Log
from tests.builders import attempt
from tests.e2e.waiting import until


def ids(text: str) -> list[int]:
    """Return the rows of a page, in order."""
    return [int(found) for found in re.findall(r'<tr [^>]*id="a(\d+)"', text)]


def test_rows_are_told_in_words(log: Log) -> None:
    text = log.school.client(Post.DSL).get("/log").text
    row = text[text.index('id="a1"') : text.index("</tr>", text.index('id="a1"'))]
    for words in (
        "Sam Pupil",
        "Pupil · Year 5",
        "https://tiktok.com/path-of-sam",
        "Blocked",
        "The policy names this service. Clause DM 7.1.",
        "Lesson 1",
        "Page opened",
    ):
        assert words in row, words
    assert re.search(r"(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day \d+ \w+, \d+:\d\d[ap]m|midday", row)
    assert 'href="https://tiktok' not in text


def test_noise_is_folded_and_one_click_unfolds_it(log: Log) -> None:
    client = log.school.client(Post.DSL)
    text = client.get("/log?verdict=block").text
    assert "1 row of background noise between these is folded away" in text
    assert log.ids["noise"] not in ids(text)
    assert "/log?noise=1&amp;verdict=block" in text
    unfolded = client.get("/log?noise=1&verdict=block").text
    assert log.ids["noise"] in ids(unfolded)
    assert "Fold it away" in unfolded


def test_pages_follow_each_other(log: Log) -> None:
    made = [attempt(f"{n}.example", at=log.now - timedelta(hours=2, seconds=n), role="pupil")
            for n in range(120)]  # fmt: skip
    log.write(*made)
    client, seen, path = log.school.client(Post.DSL), list[int](), "/log?role=pupil"
    for _ in range(3):
        text = client.get(path).text
        seen += ids(text)
        older = re.search(r'href="(/log\?[^"]*before=[^"]*)"', text)
        path = older.group(1).replace("&amp;", "&") if older else ""
    assert path == ""
    assert len(seen) == len(set(seen)) == 122


def test_tags_take_off_one_filter_each(log: Log) -> None:
    text = log.school.client(Post.DSL).get("/log?person=sam&service=tiktok&from=2026-01-01").text
    tags = dict(re.findall(r'moj-filter__tag" href="([^"]+)">.*?</span>\s*([^<]+)</a>', text))
    assert {words.strip() for words in tags.values()} == {
        "Person: Sam Pupil", "Service: TikTok", "From Thursday 1 January 2026",
    }  # fmt: skip
    assert "/log?person=sam&amp;service=tiktok" in tags


@pytest.mark.parametrize("bad", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_what_the_network_wrote_is_shown_letter_by_letter(log: Log, bad: str) -> None:
    log.write(log.pupil(bad, 1, url=bad, search=bad, device_name=bad, period=bad, rule=bad))
    (id_,) = log.write(attempt(bad, at=log.now, person="", role="pupil", device_name=bad,
                               address="10.1.0.7", mac="", device=""))  # fmt: skip
    client = log.school.client(Post.DSL)
    for path in ("/log", f"/log?q={bad}", f"/log/attempt/{id_}", "/log/person/person/sam",
                 "/log/new?after=0"):  # fmt: skip
        text = client.get(path).text
        assert "alert(1)" in text, path
        assert "<script>alert" not in text, path
        assert "<img" not in text, path


def test_who_sees_no_rows_is_led_on(log: Log) -> None:
    assert log.school.client(Post.GOVERNOR).get("/log").location == "/log/charts"
    assert log.school.client(Post.STAFF).get("/log").location == "/log/mine"


def test_the_core_is_asked_for_what_the_faces_wrote(log: Log) -> None:
    (log.school.data / "run").mkdir()
    log.school.client(Post.DSL).get("/log")
    assert (log.school.data / "run" / "look").exists()


@pytest.mark.parametrize("after", ["", "-1", "x", "9" * 30, "²"])
def test_what_is_no_row_is_refused(log: Log, after: str) -> None:
    assert log.school.client(Post.DSL).get(f"/log/new?after={after}").status_code == 400


@pytest.mark.chromium
def test_new_rows_appear_by_themselves_until_paused(log: Log, browser: Browser) -> None:
    with served(log.school.app) as site:
        browser.at(site)
        browser.sign_in_as(log.school.client(Post.DSL))
        browser.open("/log?person=sam")
        said = browser.find("[data-live-said]")
        assert said.get_attribute("aria-live") == "polite"
        log.write(log.pupil("live-one.example", 0), log.teacher("not-sams.example", 0))
        until(lambda: "live-one.example" in browser.text(), "the row", 15)
        assert "not-sams.example" not in browser.text()
        assert "live-one.example" in browser.all("table[data-log] tbody tr")[0].text
        assert said.text == "1 new since you opened this page."
        browser.press("Pause")
        log.write(log.pupil("live-two.example", 0))
        assert browser.find("[data-live-pause]").get_attribute("aria-pressed") == "true"
        asked = browser.run("return performance.getEntriesByType('resource').length")
        browser.driver.execute_async_script("setTimeout(arguments[0], 5000)")
        assert browser.run("return performance.getEntriesByType('resource').length") == asked
        assert "live-two.example" not in browser.text()
        browser.press("Go on")
        until(lambda: "live-two.example" in browser.text(), "the row", 15)
        assert browser.complaints() == []
