"""Approving on a phone of 360 pixels, in Chromium: what it opens first, then two big buttons."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from appliance.accounts.posts import Post
from tests.admin_ui import axe
from tests.admin_ui.browser import PHONE, Browser
from tests.admin_ui.conftest import School
from tests.admin_ui.live import served
from tests.admin_ui.requests.conftest import ask, kept, review

pytestmark = pytest.mark.chromium


@pytest.fixture
def phone(monday: School, browser: Browser) -> Iterator[Browser]:
    """Return a phone on which the headteacher is signed in."""
    with served(monday.app) as site:
        browser.at(site)
        browser.size(PHONE)
        browser.sign_in_as(monday.client(Post.HEADTEACHER))
        yield browser


def test_the_headteacher_authorises_on_a_phone(monday: School, phone: Browser) -> None:
    id_ = ask(monday.client(Post.STAFF))
    review(monday, id_)
    phone.open("/requests")
    phone.driver.find_element(By.PARTIAL_LINK_TEXT, f"{id_}:").click()
    phone.driver.find_element(By.LINK_TEXT, "Decide").click()
    page = phone.text()
    assert page.index("What it opens") < page.index("Your decision")
    assert phone.run("return document.documentElement.scrollWidth") <= PHONE[0]
    buttons = phone.all("button[name=decision]")
    assert [button.text for button in buttons] == ["Authorise", "Refuse"]
    for button in buttons:
        assert button.size["height"] >= 44
        assert button.size["width"] >= 300
    assert axe.violations(phone) == []
    phone.find("#reasons").send_keys("It is needed in geography")
    phone.find("#name").send_keys("A. Head")
    buttons[0].click()
    WebDriverWait(phone.driver, 20).until(lambda _: "authorised as grant G1" in phone.text())
    assert kept(monday, id_).state == "authorised"


def test_the_form_shows_what_belongs_to_a_choice(monday: School, phone: Browser) -> None:
    phone.sign_in_as(monday.client(Post.STAFF))
    phone.open("/requests/new")
    group = phone.find("#group")
    assert not group.is_displayed()
    phone.find("input[name=who][value=group]").click()
    assert group.is_displayed()
    assert phone.run("return document.documentElement.scrollWidth") <= PHONE[0]
