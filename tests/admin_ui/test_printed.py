"""Pages on paper: their own words, without what only a screen can do."""

from __future__ import annotations

import base64
from io import BytesIO

import pytest
from pypdf import PdfReader

from appliance.accounts.posts import Post
from tests.admin_ui.browser import Browser
from tests.admin_ui.conftest import School
from tests.admin_ui.live import served

pytestmark = pytest.mark.chromium


def printed(browser: Browser) -> str:
    """Return the words of the page that is open as it is printed on A4."""
    made = browser.cdp("Page.printToPDF", paperWidth=8.27, paperHeight=11.69)
    reader = PdfReader(BytesIO(base64.b64decode(made["data"])))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_a_page_is_printed_without_menu_and_buttons(school: School, browser: Browser) -> None:
    with served(school.app) as site:
        browser.at(site)
        browser.sign_in_as(school.client(Post.IT_TECHNICIAN))
        browser.open("/")
        assert "Sign out" in browser.text()
        words = printed(browser)
    assert "What is enforced" in words
    assert "Helplines and child-protection services are never blocked" in words
    for of_the_screen in ("Sign out", "Skip to the page", "Certificate", "Signed in as"):
        assert of_the_screen not in words
    assert "/static/" not in words, "no link is written out"
