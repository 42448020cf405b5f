"""From the warning to the block, in a real browser on a phone: usable, and never a live link."""

from __future__ import annotations

import pytest
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.support.ui import WebDriverWait

from appliance.accounts.posts import Post
from appliance.store import reports
from tests.admin_ui import axe, walk
from tests.admin_ui.browser import DESKTOP, PHONE, Browser
from tests.admin_ui.conftest import School
from tests.admin_ui.live import served
from tests.admin_ui.reports.conftest import SECRET
from tests.architecture.source import ROOT

pytestmark = pytest.mark.chromium
PICTURES = ROOT / "var" / "screenshots"  # git ignores var


def fit(browser: Browser, name: str) -> None:
    """The page that is open is accessible, as wide as the screen, and holds no live address."""
    assert not axe.violations(browser)
    assert not walk.too_wide(browser)
    assert not walk.too_small(browser)
    assert not walk.headings(browser)
    assert not [line for line in browser.complaints() if "422" not in line]
    assert "//www.bad.example" not in browser.driver.page_source
    assert "//dreadful.example" not in browser.driver.page_source
    for size, folder in ((DESKTOP, "desktop"), (PHONE, "phone")):
        (PICTURES / folder).mkdir(parents=True, exist_ok=True)
        browser.size(size)
        browser.picture(PICTURES / folder / f"{name}.png", whole=True)
    browser.size(PHONE)


def shown(browser: Browser, text: str) -> None:
    """The next page says this; the browser may still be on its way there."""
    WebDriverWait(browser.driver, 20, ignored_exceptions=[StaleElementReferenceException]).until(
        lambda _: text in browser.text()
    )


def fill(browser: Browser, url: str, nature: str) -> None:
    browser.find("[name=accessed_by]").send_keys("P. Pupil")
    browser.find("[name=urls]").clear()
    browser.find("[name=urls]").send_keys(url)
    browser.find("[name=nature]").send_keys(nature)


def test_a_report_becomes_a_block_for_everyone(school: School, browser: Browser) -> None:
    with served(school.app) as site:
        browser.at(site)
        browser.size(PHONE)
        browser.sign_in_as(school.client(Post.STAFF))
        browser.open("/reports/new?url=https://www.bad.example/x")
        fit(browser, "reports.new")
        browser.press("It is not that")
        shown(browser, "Nature of the content")
        fit(browser, "reports.form")
        browser.find("[name=urls]").clear()
        browser.press("Hand in the report")
        shown(browser, "There is a problem")
        fit(browser, "reports.form-mistakes")
        fill(browser, "https://www.bad.example/x", "Violence")
        browser.press("Hand in the report")
        shown(browser, "Report C1 was handed in")
        fit(browser, "reports.show-own")

        browser.sign_in_as(school.client(Post.DSL))
        browser.open("/reports")
        browser.press("C1")
        shown(browser, "Nothing has been blocked")
        browser.press("Block the site for everyone")
        shown(browser, "This will be blocked")
        fit(browser, "reports.block")
        browser.press("Block this for everyone now")
        shown(browser, "Block B1 holds for everyone")
        fit(browser, "reports.show-blocked")
        with school.store.reading() as session:
            assert [one.target.id for one in reports.list_(session)] == ["www.bad.example"]


def test_what_may_be_illegal_is_sealed_and_opened_once(school: School, browser: Browser) -> None:
    with served(school.app) as site:
        browser.at(site)
        browser.size(PHONE)
        browser.sign_in_as(school.client(Post.STAFF))
        browser.open("/reports/new")
        browser.press("It may be, and I have told the DSL")
        shown(browser, "Nature of the content")
        assert browser.find("[name=may_be_illegal]").is_selected()
        fill(browser, SECRET, "I stopped at once")
        browser.press("Hand in the report")
        shown(browser, "Do not investigate")
        assert "dreadful" not in browser.driver.page_source
        fit(browser, "reports.show-illegal")

        browser.sign_in_as(school.client(Post.DSL))
        browser.open("/reports/C1")
        browser.press("Open the sealed addresses")
        shown(browser, "They are shown once")
        browser.find("[name=reason]").send_keys("to read to the police")
        browser.press("Open the addresses")
        shown(browser, "hxxps://dreadful[.]example/hidden/page?id=77")
        fit(browser, "reports.revealed")
        browser.press("Block this site for everyone now")
        shown(browser, "Block B1 holds for everyone")
        shown(browser, "address withheld")
        assert "dreadful" not in browser.driver.page_source
