"""Every page, opened in Chromium by somebody who may: accessible, quiet, narrow, light."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from admin_ui.app import create_app
from admin_ui.settings import WebSettings
from tests.admin_ui import axe, walk
from tests.admin_ui.browser import DESKTOP, PHONE, ZOOMED, Browser
from tests.admin_ui.conftest import School, founded
from tests.admin_ui.live import Site, served
from tests.admin_ui.samples import SAMPLES, Visit, Walker, demonstrated
from tests.architecture.source import ROOT

pytestmark = [pytest.mark.chromium, pytest.mark.walk]

FORMS = 3  # forms of a page that are sent empty
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


@pytest.fixture(scope="module")
def schools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Served]]:
    """The demonstration, full of everything, and a school that is still being set up."""
    made = (demonstrated(tmp_path_factory.mktemp("full")), founded(tmp_path_factory.mktemp("new")))
    with ExitStack() as stack:
        yield tuple(  # type: ignore[misc]
            Served(one, stack.enter_context(served(one.app)), Walker(one).walk()) for one in made
        )
    for school in made:
        school.app.extensions["gate"].close()
        school.store.close()


@pytest.mark.parametrize("endpoint", _pages())
def test_the_page_is_fit_for_everybody(
    schools: tuple[Served, Served], browser: Browser, endpoint: str
) -> None:
    full, new = schools
    held = full if full.ways.get(endpoint) else new
    visits = SAMPLES.get(endpoint) or held.ways.get(endpoint)
    assert visits, f"nothing leads to {endpoint}: add a line to tests/admin_ui/samples.py"
    if all(visit.page for visit in visits):
        look(held, browser, endpoint, visits)


def look(held: Served, browser: Browser, endpoint: str, visits: Sequence[Visit]) -> None:
    """Look at a page, weigh it, and look at what its forms answer when they are sent empty."""
    browser.at(held.site)
    for visit in visits:
        school, where = held.school, f"{visit.path} as {visit.post}"
        browser.sign_in_as(school.nobody() if visit.post is None else school.client(visit.post))
        browser.open(visit.path)
        if walk.status(browser) == 200:
            break  # others were removed by forms that were sent empty
        browser.complaints()  # that it is not there any more
    assert walk.status(browser) in (200, 404 if endpoint in SAMPLES else 200), where
    weight = walk.weight(browser)
    assert weight < walk.HEAVIEST, f"{where}: {weight} bytes"
    assert not looked_at(browser, visit.path, endpoint), where
    assert not mistaken(browser, visit.path), f"{where}, its forms sent empty"


def looked_at(browser: Browser, path: str, name: str) -> list[str]:
    """Return everything that is wrong with a page at three sizes; keep a picture of two."""
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
        if size in PICTURES:
            browser.run("document.activeElement.blur(); scrollTo(0, 0)")
            (ROOT / PICTURES[size]).mkdir(parents=True, exist_ok=True)
            browser.picture(ROOT / PICTURES[size] / f"{name}.png", whole=True)
    return [line for line in wrong if "status of 404" not in line or name not in SAMPLES]


def mistaken(browser: Browser, path: str) -> list[str]:
    """Return what is wrong with the answers to forms that were sent without being filled in."""
    wrong = []
    browser.size(PHONE)
    browser.open(path)
    for number in range(min(walk.forms(browser), FORMS)):
        if number:
            browser.open(path)
        if number >= walk.forms(browser):
            break  # the one before it changed the page
        wrong += walk.send_empty(browser, number)
        wrong += axe.violations(browser) + walk.too_wide(browser) + walk.headings(browser)
        wrong += [line for line in browser.complaints() if "Failed to load" not in line]
    return wrong
