"""Walks through pages in a real Chromium: ``python -m tests.e2e.steps HOME`` with steps on stdin.

Runs inside a client's namespace, so that the browser has that client's network. Steps are a
JSON list of pairs, such as ``["open", URL]``, ``["fill", [LABEL, TEXT]]``, ``["press", TEXT]``,
``["see", TEXT]``. Prints one JSON line: the text of the last page, its address, and what
``read`` steps read. A step that cannot be done ends it, with the page's text.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import Select

from tests.e2e.browser import browser

PATIENCE: Final = 15.0  # seconds that a page may take to say what it is to say
_PRESSED: Final = "{0}//*[self::button or self::a][contains(normalize-space(.), '{1}')]"


class Walk:
    """One person's way through the pages."""

    def __init__(self, driver: WebDriver) -> None:
        self.driver = driver
        self.reads: list[str] = []

    def open(self, url: str) -> None:
        """Go to an address."""
        self.driver.get(url)

    def size(self, size: tuple[int, int]) -> None:
        """Give the page so many CSS pixels."""
        metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1}
        told = {**metrics, "mobile": size[0] < 500}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", told)

    def fill(self, what: tuple[str, str]) -> None:
        """Write into the field with this name."""
        field = self.driver.find_element(By.NAME, what[0])
        field.clear()
        field.send_keys(what[1])

    def choose(self, css: str) -> None:
        """Choose a radio button or box."""
        field = self.driver.find_element(By.CSS_SELECTOR, css)
        self.driver.execute_script("arguments[0].click()", field)

    def select(self, what: tuple[str, str]) -> None:
        """Choose a value of a list."""
        Select(self.driver.find_element(By.NAME, what[0])).select_by_value(what[1])

    def press(self, text: str) -> None:
        """Press the button or link that says this."""
        found = [  # on the page itself before the links around it
            one
            for part in ("//main", "")
            for one in self.driver.find_elements(By.XPATH, _PRESSED.format(part, text))
        ]
        shown = [one for one in found if one.is_displayed()]
        assert shown, f"nothing to press says {text!r}"
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", shown[0])
        shown[0].click()

    def see(self, text: str) -> None:
        """Wait until the page says this."""
        until = time.monotonic() + PATIENCE
        while text not in self._text():
            assert time.monotonic() < until, f"the page does not say {text!r}"
            time.sleep(0.05)

    def read(self, css: str) -> None:
        """Read an element's value or text."""
        field = self.driver.find_element(By.CSS_SELECTOR, css)
        self.reads.append(field.get_attribute("value") or field.text)

    def narrow(self, most: int) -> None:
        """The page is no wider than so many CSS pixels."""
        width = self.driver.execute_script("return document.documentElement.scrollWidth")
        assert width <= most, f"the page is {width} pixels wide"

    def picture(self, path: str) -> None:
        """Keep a picture of the page."""
        self.driver.save_screenshot(path)

    def told(self) -> dict[str, Any]:
        """Return where the walk is now."""
        return {"text": self._text(), "address": self.driver.current_url, "reads": self.reads}

    def _text(self) -> str:
        try:
            return self.driver.find_element(By.TAG_NAME, "body").text
        except WebDriverException:  # the page is changing under our eyes
            return ""


def walk(steps: list[tuple[str, Any]], home: Path) -> dict[str, Any]:
    """Take the steps; ``failed`` in the answer names the one that could not be taken."""
    with browser(home) as driver:
        driver.set_page_load_timeout(30)
        going, failed = Walk(driver), ""
        for name, what in steps:
            step: Callable[[Any], None] = getattr(going, name)
            try:
                step(what)
            except (AssertionError, WebDriverException) as error:
                failed = f"{name} {what}: {error}"
                break
        return {**going.told(), "failed": failed}


if __name__ == "__main__":
    print(json.dumps(walk(json.load(sys.stdin), Path(sys.argv[1]))))
