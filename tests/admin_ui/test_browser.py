"""The harness itself: it would notice what it looks for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Response

from appliance.accounts.posts import Post
from tests.admin_ui import axe
from tests.admin_ui.browser import PHONE, ZOOMED, Browser
from tests.admin_ui.conftest import School
from tests.admin_ui.live import Site, served

pytestmark = pytest.mark.chromium

BROKEN = """<!doctype html><title>x</title><h1>One</h1><img src="/static/bellgate.svg">
<p style="color:#ccc">pale</p><a href="/"></a><script>alert(1)</script>"""


@pytest.fixture
def site(school: School) -> Iterator[Site]:
    school.app.add_url_rule(
        "/broken", "static.broken", lambda: Response(BROKEN, content_type="text/html")
    )
    school.app.before_request_funcs[None] = []
    with served(school.app) as running:
        yield running


def test_axe_finds_mistakes_and_the_console_tells_of_the_policy(
    site: Site, browser: Browser
) -> None:
    browser.at(site)
    browser.open("/broken")
    rules = {line.partition(":")[0] for line in axe.violations(browser)}
    assert {"image-alt", "link-name", "html-has-lang"} <= rules
    assert any("Content Security Policy" in line for line in browser.complaints())


def test_a_session_of_a_test_client_is_taken_over(school: School, browser: Browser) -> None:
    with served(school.app) as site:
        browser.at(site)
        browser.sign_in_as(school.client(Post.DSL))
        browser.open("/")
        assert f"Signed in as {school.accounts[Post.DSL].name}" in browser.text()
        assert not axe.violations(browser)
        assert not browser.complaints()


def test_each_test_has_a_browser_of_its_own(school: School, browser: Browser) -> None:
    with served(school.app) as site:
        browser.at(site)
        browser.open("/")
        assert "Signed in as" not in browser.text()


@pytest.mark.parametrize("size", [PHONE, ZOOMED])
def test_the_window_has_the_size_that_is_asked_for(
    school: School, browser: Browser, size: tuple[int, int]
) -> None:
    with served(school.app) as site:
        browser.at(site)
        browser.size(size)
        browser.open("/")
        assert tuple(browser.run("return [innerWidth, innerHeight]")) == size
        assert browser.find(".govuk-service-navigation__toggle").is_displayed()
