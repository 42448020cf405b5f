"""Every page, opened in Chromium by somebody who may: accessible, quiet, narrow, light."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from flask.testing import FlaskClient

from admin_ui.app import create_app
from admin_ui.settings import WebSettings
from appliance.accounts.posts import Post
from tests.admin_ui import axe, walk
from tests.admin_ui.browser import DESKTOP, PHONE, ZOOMED, Browser
from tests.admin_ui.conftest import School
from tests.admin_ui.furnishing import alarmed, demonstrated, furnish, unmanned
from tests.admin_ui.live import Site, served
from tests.admin_ui.samples import SAMPLES, UNMANNED, Visit, Walker
from tests.architecture.source import ROOT

pytestmark = [pytest.mark.chromium, pytest.mark.walk]

FORMS = 2  # forms of a page that are sent empty
PICTURES = {PHONE: "var/screenshots/phone", DESKTOP: "var/screenshots/desktop"}  # git ignores var


def _pages() -> list[str]:
    """Return the endpoint of every address that can be opened."""
    with TemporaryDirectory() as folder:
        rules = list(create_app(WebSettings(data=Path(folder))).url_map.iter_rules())
    return sorted({r.endpoint for r in rules if "GET" in (r.methods or ())} - {"static"})


@dataclass(frozen=True)
class Served:
    """A school, where its pages are served, and the ways to them."""

    school: School
    site: Site
    ways: dict[str, list[Visit]]
    nobody: FlaskClient

    def client(self, visit: Visit) -> FlaskClient:
        """Return the browser in which a page is opened, having sent what comes before it."""
        client = self.nobody if visit.post is None else self.school.client(visit.post)
        if visit.after is not None:
            where, name, text = visit.after
            self.school.app.config["WTF_CSRF_ENABLED"] = False
            assert client.post(where, data={name: text}).status_code == 303
            self.school.app.config["WTF_CSRF_ENABLED"] = True
        return client


@pytest.fixture(scope="module")
def schools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, ...]]:
    """The demonstration, full of everything; a school being set up; a gate without anybody."""
    full, new = (
        demonstrated(tmp_path_factory.mktemp("full")),
        alarmed(tmp_path_factory.mktemp("new")),
    )
    empty, code = unmanned(tmp_path_factory.mktemp("empty"))
    full.app.config["WTF_CSRF_ENABLED"] = False
    furnish(full)
    clients = (full.nobody(), new.nobody(), empty.nobody())
    assert clients[2].post("/setup/code", data={"code": code}).status_code == 303
    ways = (
        Walker(full).walk(),
        Walker(new).walk(),
        {name: [way] for name, way in UNMANNED.items()},
    )
    with ExitStack() as stack:
        made = zip((full, new, empty), ways, clients, strict=True)
        yield tuple(
            Served(one, stack.enter_context(served(one.app)), found, nobody)
            for one, found, nobody in made
        )
    for school in (full, new, empty):
        school.app.extensions["gate"].close()
        school.store.close()


@pytest.mark.parametrize("endpoint", _pages())
def test_the_page_is_fit_for_everybody(
    schools: tuple[Served, ...], browser: Browser, endpoint: str
) -> None:
    full, new, empty = schools
    held = empty if endpoint in empty.ways else full if full.ways.get(endpoint) else new
    sample = SAMPLES.get(endpoint)
    visits = (sample,) if sample is not None else held.ways.get(endpoint)
    assert visits, f"nothing leads to {endpoint}: add a line to tests/admin_ui/samples.py"
    if all(visit.page for visit in visits):
        held.school.app.config["WTF_CSRF_ENABLED"] = True  # as it is served
        look(full if sample is not None else held, browser, endpoint, visits)


@pytest.mark.parametrize(("path", "post"), [("/nope", None), ("/accounts", Post.STAFF)])
def test_a_refusal_is_a_page_too(
    schools: tuple[Served, ...], browser: Browser, path: str, post: Post | None
) -> None:
    full = schools[0]
    browser.at(full.site)
    browser.sign_in_as(full.client(Visit(path, post)))
    for size in (DESKTOP, PHONE):
        browser.size(size)
        browser.open(path)
        assert walk.status(browser) in (403, 404)
        assert not axe.violations(browser) + walk.headings(browser) + walk.too_wide(browser)


def look(held: Served, browser: Browser, endpoint: str, visits: Sequence[Visit]) -> None:
    """Look at a page, weigh it, and look at what its forms answer when they are sent empty."""
    browser.at(held.site)
    for visit in visits:
        where = f"{visit.path} as {visit.post}"
        browser.sign_in_as(held.client(visit))
        browser.open(visit.path)
        if walk.status(browser) == 200:
            break  # others were removed by forms that were sent empty
        browser.complaints()
        browser.complaints()  # that it is not there any more
    assert walk.status(browser) in (200, 404 if endpoint in SAMPLES else 200), where
    weight = walk.weight(browser)
    assert weight < walk.HEAVIEST, f"{where}: {weight} bytes"
    assert not looked_at(browser, visit.path, endpoint), where
    assert not mistaken(browser, visit.path), f"{where}, its forms sent empty"


def looked_at(browser: Browser, path: str, name: str) -> list[str]:
    """Return everything that is wrong with a page at three sizes.

    Where SCREENSHOTS is set (``make screenshots``), pictures of two are kept.
    """
    wrong = []
    for size in (DESKTOP, PHONE, ZOOMED):
        browser.size(size)
        if size is PHONE:  # zoomed, it is the phone's page, narrower still
            browser.open(path)
        found = walk.too_wide(browser)
        if size is not ZOOMED:
            found += axe.violations(browser) + walk.too_small(browser)
        if size is DESKTOP:
            found += walk.headings(browser) + walk.keyboard(browser)
        wrong += [f"{size[0]} pixels: {line}" for line in (*found, *browser.complaints())]
        if size in PICTURES and "SCREENSHOTS" in os.environ:
            browser.run("document.activeElement.blur(); scrollTo(0, 0)")
            (ROOT / PICTURES[size]).mkdir(parents=True, exist_ok=True)
            browser.picture(ROOT / PICTURES[size] / f"{name}.png", whole=True)
    return [line for line in wrong if "status of 404" not in line or name not in SAMPLES]


def mistaken(browser: Browser, path: str) -> list[str]:
    """Return what is wrong with the answers to forms that were sent without being filled in."""
    wrong = []
    browser.size(PHONE)  # the page is still open
    for number in range(min(walk.forms(browser), FORMS)):
        if number:
            browser.open(path)
        if number >= walk.forms(browser):
            break  # the one before it changed the page
        wrong += walk.send_empty(browser, number)
        wrong += axe.violations(browser) + walk.too_wide(browser) + walk.headings(browser)
        wrong += [line for line in browser.complaints() if "Failed to load" not in line]
    return wrong
