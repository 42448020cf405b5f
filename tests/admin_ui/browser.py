"""A real Chromium for tests of pages: one process for the whole run, a clean one for each test."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest
from flask.testing import FlaskClient
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.admin_ui.live import Site

Found = TypeVar("Found")
PHONE: Final = (360, 740)
DESKTOP: Final = (1280, 900)
ZOOMED: Final = (320, 256)  # a 1280 pixel window at 400 % (WCAG 2.2, 1.4.10)
COOKIES: Final = ("bellgate", "bellgate-form")  # who is signed in; what forms remember
_FLAGS: Final = (
    "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run",
    "--disable-background-networking", "--disable-sync", "--disable-component-update",
    "--hide-scrollbars", "--force-prefers-reduced-motion",
)  # fmt: skip


@dataclass
class Browser:
    """Chromium as a person has it before them. ``driver`` is selenium's, for all the rest."""

    driver: webdriver.Chrome
    site: Site | None = None

    def size(self, size: tuple[int, int]) -> None:
        """Give the page so many CSS pixels: ``PHONE``, ``DESKTOP`` or ``ZOOMED``."""
        width, height = size
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500},
        )

    def at(self, site: Site) -> None:
        """Take a served application; paths given to ``open`` are of it."""
        self.site = site

    def open(self, path: str) -> None:
        """Open a page of the site."""
        assert self.site is not None, "browser.at(site) first"
        self.driver.get(self.site.url(path))

    def sign_in_as(self, client: FlaskClient) -> None:
        """Take over the cookies of a test client: ``school.client(Post.DSL)``."""
        assert self.site is not None, "browser.at(site) first"
        self.cdp("Network.clearBrowserCookies")
        url = self.site.url("/")
        for name in COOKIES:
            held = client.get_cookie(name)
            if held is not None:
                self.cdp("Network.setCookie", name=name, value=held.value, url=url, httpOnly=True)

    def run(self, script: str, *arguments: object) -> Any:
        """Run a script in the page (beyond its content security policy) and return its value."""
        return self.driver.execute_script(script, *arguments)

    def cdp(self, command: str, **arguments: object) -> Any:
        """Send a command of the Chrome DevTools Protocol."""
        return self.driver.execute_cdp_cmd(command, arguments)

    def text(self) -> str:
        """Return what a person reads on the page."""
        return settled(lambda: self.driver.find_element(By.TAG_NAME, "body").text)

    def find(self, css: str) -> Any:
        """Return the first element of a CSS selector."""
        return settled(lambda: self.driver.find_element(By.CSS_SELECTOR, css))

    def all(self, css: str) -> list[Any]:
        """Return every element of a CSS selector."""
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def press(self, text: str) -> None:
        """Click the button or link with these words."""
        literal = "concat('" + text.replace("'", "', \"'\", '") + "', '')"
        path = f"//*[self::button or self::a][contains(normalize-space(.), {literal})]"
        settled(lambda: self.driver.find_element(By.XPATH, path).click())

    def from_now_on(self, script: str) -> None:
        """Run a script in this page, and at the start of every other one of this process."""
        self.cdp("Page.addScriptToEvaluateOnNewDocument", source=script)
        self.run(script)

    def tab(self, times: int) -> None:
        """Press Tab so often, all in one command."""
        ActionChains(self.driver, duration=0).send_keys(Keys.TAB * times).perform()

    def complaints(self) -> list[str]:
        """Return what the console said since the last call: errors, refused by the policy."""
        entries = self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        return [str(entry["message"]) for entry in entries if entry["level"] in _BAD]

    def picture(self, path: Path, *, whole: bool = False) -> None:
        """Write a PNG of the window, or of the whole page."""
        if whole:
            sizes = self.cdp("Page.getLayoutMetrics")["cssContentSize"]
            width = self.run("return window.innerWidth")
            self.size((width, max(200, min(int(sizes["height"]) + 1, 3000))))
        self.driver.save_screenshot(str(path))


_BAD: Final = {"SEVERE", "WARNING"}
_REPLACED: Final = "does not belong to the document"


def settled(look: Callable[[], Found]) -> Found:
    """Look again while a page is being replaced: Chromium then speaks of a node of the old one."""
    for _ in range(40):
        try:
            return look()
        except WebDriverException as error:
            if _REPLACED not in str(error.msg):
                raise
            time.sleep(0.05)
    return look()


def start(home: Path) -> webdriver.Chrome:
    """Start Chromium with its home below ``home``, and nothing that phones home."""
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    for flag in (*_FLAGS, f"--user-data-dir={home / 'profile'}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    downloads = {"download.default_directory": str(home / "downloads")}
    options.add_experimental_option("prefs", downloads)
    service = Service("/usr/bin/chromedriver", env={**os.environ, "HOME": str(home)})
    driver = webdriver.Chrome(options, service)
    driver.set_page_load_timeout(30)
    driver.set_script_timeout(30)
    return driver


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """The one process. Tests take ``browser`` and are marked ``chromium``."""
    driver = start(tmp_path_factory.mktemp("chromium"))
    try:
        yield driver
    finally:
        driver.quit()


@pytest.fixture
def browser(chromium: webdriver.Chrome) -> Iterator[Browser]:
    """A browser without cookies, at the size of a desktop."""
    found = Browser(chromium)
    found.size(DESKTOP)
    chromium.delete_all_cookies()
    chromium.get_log("browser")  # type: ignore[no-untyped-call]
    yield found
    chromium.get("about:blank")
    found.cdp("Network.clearBrowserCookies")
