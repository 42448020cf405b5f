"""Opens one page in a real Chromium: ``python -m tests.e2e.browser URL HOME [PICTURE]``.

Runs inside a client's namespace, so that the browser has that client's network, and
prints one line of JSON.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By


def browser(home: Path) -> webdriver.Chrome:
    """Start Chromium with a profile below ``home``, and nothing that phones home."""
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    for flag in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
                 "--no-first-run", "--disable-background-networking", "--disable-sync",
                 "--disable-component-update", "--window-size=900,1000",
                 f"--user-data-dir={home / 'profile'}"):  # fmt: skip
        options.add_argument(flag)
    os.environ["HOME"] = str(home)  # where Chromium looks for the CAs its user trusts
    return webdriver.Chrome(options, Service("/usr/bin/chromedriver"))


def look(url: str, home: Path, picture: str) -> dict[str, str]:
    """Open a URL; an error page of the browser's own is told by its text."""
    with browser(home) as driver:
        driver.set_page_load_timeout(30)
        error = ""
        try:
            driver.get(url)
        except WebDriverException as said:
            error = str(said.msg)
        if picture:
            driver.save_screenshot(picture)
        return {
            "title": driver.title,
            "text": driver.find_element(By.TAG_NAME, "body").text,
            "language": driver.find_element(By.TAG_NAME, "html").get_attribute("lang") or "",
            "address": driver.current_url,
            "error": error,
        }


if __name__ == "__main__":
    print(json.dumps(look(sys.argv[1], Path(sys.argv[2]), sys.argv[3])))
