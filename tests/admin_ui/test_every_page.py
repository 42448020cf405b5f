"""Every page, opened in Chromium by somebody who may: accessible, quiet, narrow, light."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from flask import url_for

from admin_ui.access import MATRIX, Door
from admin_ui.app import create_app
from admin_ui.settings import WebSettings
from appliance.accounts.posts import Post
from tests.admin_ui import axe, walk
from tests.admin_ui.browser import DESKTOP, PHONE, ZOOMED, Browser
from tests.admin_ui.conftest import School, founded
from tests.admin_ui.live import Site, served
from tests.admin_ui.samples import SAMPLES, Visit, furnish
from tests.architecture.source import ROOT

pytestmark = [pytest.mark.chromium, pytest.mark.walk]


def _pages() -> list[str]:
    """Return the endpoint of every page; those with arguments only where there is a sample."""
    with TemporaryDirectory() as folder:
        rules = list(create_app(WebSettings(data=Path(folder))).url_map.iter_rules())
    plain = {r.endpoint for r in rules if "GET" in (r.methods or ()) and not r.arguments}
    return sorted(plain | set(SAMPLES))


PAGES = _pages()
FORMS = 3  # forms of a page that are sent empty
PICTURES = {PHONE: "var/screenshots/phone", DESKTOP: "var/screenshots/desktop"}  # git ignores var


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    made = founded(tmp_path_factory.mktemp("walk"))
    made.app.config["WTF_CSRF_ENABLED"] = True  # as it is served
    furnish(made)
    yield made
    made.app.extensions["gate"].close()
    made.store.close()


@pytest.fixture(scope="module")
def site(school: School) -> Iterator[Site]:
    with served(school.app) as running:
        yield running


def opener(endpoint: str, visit: Visit) -> Post | None:
    """Return who opens a page: whom the sample names, else the first who may."""
    line = MATRIX.get(endpoint, frozenset())
    if visit.post is not None or line is Door.EVERYBODY:
        return visit.post
    posts = set(Post) if isinstance(line, Door) else line
    assert posts, f"nobody may open {endpoint}"
    return next(post for post in Post if post in posts)


def test_every_page_with_arguments_has_a_sample(school: School) -> None:
    rules = [r for r in school.app.url_map.iter_rules() if "GET" in (r.methods or ())]
    wanting = {r.endpoint for r in rules if r.arguments} - set(SAMPLES) - {"static"}
    assert not wanting, "add lines to tests/admin_ui/samples.py"


@pytest.mark.parametrize("endpoint", PAGES)
def test_the_page_is_fit_for_everybody(
    school: School, site: Site, browser: Browser, endpoint: str
) -> None:
    for visit in SAMPLES.get(endpoint, (Visit(),)):
        with school.app.test_request_context():
            path = url_for(endpoint, **visit.arguments(school)) + visit.query
        post = opener(endpoint, visit)
        client = school.nobody() if post is None else school.client(post)
        first = client.get(path)
        expected = visit.status or min(first.status_code, 399)
        assert first.status_code == expected, f"{path} as {post}: {first.status_code}"
        if first.status_code >= 300 or first.mimetype != "text/html":
            first.close()
            continue  # a file, or a step to another page
        browser.at(site)
        browser.sign_in_as(client)
        assert not looked_at(browser, path, endpoint), f"{path} as {post}"
        assert not mistaken(browser, path), f"{path} as {post}, its forms sent empty"
        held = client.get_cookie("bellgate")
        weight = walk.weight(site, path, f"bellgate={held.value}" if held else "")
        assert weight < walk.HEAVIEST, f"{path}: {weight} bytes"


def looked_at(browser: Browser, path: str, name: str) -> list[str]:
    """Return everything that is wrong with a page at three sizes; keep a picture of two."""
    wrong = []
    for size in (DESKTOP, PHONE, ZOOMED):
        browser.size(size)
        browser.open(path)
        found = walk.too_wide(browser)
        if size is not ZOOMED:
            found += axe.violations(browser) + walk.too_small(browser)
        if size is DESKTOP:
            found += walk.headings(browser) + walk.keyboard(browser)
        wrong += [f"{size[0]} pixels: {line}" for line in (*found, *browser.complaints())]
        if size in PICTURES:
            browser.run("document.activeElement.blur(); scrollTo(0, 0)")
            (ROOT / PICTURES[size]).mkdir(parents=True, exist_ok=True)
            browser.picture(ROOT / PICTURES[size] / f"{name}.png", whole=True)
    return wrong


def mistaken(browser: Browser, path: str) -> list[str]:
    """Return what is wrong with the answers to forms that were sent without being filled in."""
    wrong = []
    browser.size(PHONE)
    browser.open(path)
    for number in range(min(walk.forms(browser), FORMS)):
        browser.open(path)
        if number >= walk.forms(browser):
            break  # the one before it changed the page
        wrong += walk.send_empty(browser, number)
        wrong += axe.violations(browser) + walk.too_wide(browser) + walk.headings(browser)
        wrong += [line for line in browser.complaints() if "Failed to load" not in line]
    return wrong
