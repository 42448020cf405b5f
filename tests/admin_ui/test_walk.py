"""What the walk over every page would notice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Response

from tests.admin_ui import walk
from tests.admin_ui.browser import DESKTOP, ZOOMED, Browser
from tests.admin_ui.conftest import School
from tests.admin_ui.live import Site, served

pytestmark = pytest.mark.chromium

HEAD = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title><link rel="stylesheet" href="/dull.css"><style></style>"""
CSS = ".dull:focus{outline:none} .tiny{display:block;width:10px;height:10px} .wide{width:900px}"
BODIES = {
    "unseen": '<button class="dull" style="x">One</button>',
    "trap": '<input onkeydown="1" id="a"><a href="/">after</a>',
    "fine": '<h1>One</h1><button>One</button><a href="/">Two</a>',
    "tiny": '<button class="tiny">x</button>',
    "wide": '<p class="wide">wide</p>',
    "scroll": '<div class="bellgate-scroll" tabindex="0"><p class="wide">wide</p></div>',
    "radio": '<form action="/x"><input type="radio" name="r" value="1"><input type="radio" name="r"'
             ' value="2"><button>Go</button></form>',
    "two": "<h1>One</h1><h1>Two</h1>",
}  # fmt: skip


@pytest.fixture
def site(school: School) -> Iterator[Site]:
    def page(name: str) -> Response:
        title = "One · School" if name == "fine" else "One"
        return Response(HEAD.format(title=title) + BODIES[name], content_type="text/html")

    school.app.add_url_rule("/walk/<name>", "static.walk", page)
    css = CSS + " .bellgate-scroll{overflow-x:auto}"
    school.app.add_url_rule("/dull.css", "static.dull", lambda: Response(css, mimetype="text/css"))
    school.app.before_request_funcs[None] = []
    with served(school.app) as running:
        yield running


def opened(browser: Browser, site: Site, name: str, size: tuple[int, int] = DESKTOP) -> Browser:
    browser.at(site)
    browser.size(size)
    browser.open(f"/walk/{name}")
    return browser


def test_focus_that_is_not_seen_is_told(site: Site, browser: Browser) -> None:
    assert "focus is not seen" in walk.keyboard(opened(browser, site, "unseen"))[0]
    for name in ("fine", "radio", "scroll"):
        assert not walk.keyboard(opened(browser, site, name)), name


def test_what_tab_does_not_reach_is_told(site: Site, browser: Browser) -> None:
    opened(browser, site, "trap")
    browser.run(
        "document.getElementById('a').addEventListener('keydown', (e) => e.preventDefault())"
    )
    assert any("does not reach" in line and "after" in line for line in walk.keyboard(browser))


def test_a_page_that_scrolls_sideways_is_told(site: Site, browser: Browser) -> None:
    assert walk.too_wide(opened(browser, site, "wide", ZOOMED))
    assert not walk.too_wide(opened(browser, site, "scroll", ZOOMED))
    assert not walk.too_wide(opened(browser, site, "fine", ZOOMED))


def test_small_targets_and_wrong_headings_are_told(site: Site, browser: Browser) -> None:
    assert walk.too_small(opened(browser, site, "tiny"))
    assert walk.headings(opened(browser, site, "two")) == ["2 main headings", "title: 'One'"]
    assert not walk.headings(opened(browser, site, "fine"))


def test_the_weight_is_of_everything_a_page_loads(school: School, browser: Browser) -> None:
    with served(school.app) as site:
        browser.at(site)
        browser.open("/")
        weight = walk.weight(browser)
    assert 60_000 < weight < walk.HEAVIEST  # style sheet, scripts, two fonts and the page
