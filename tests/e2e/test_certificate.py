"""The certificate's self-test in a real Chromium: green where it is installed, and only there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.admin_ui import browser as browsers
from tests.admin_ui.browser import PHONE, Browser
from tests.admin_ui.live import Site
from tests.appliance.cli.gate_process import Gate, until, upstream
from tests.e2e.client import trust_in_chromium

pytestmark = pytest.mark.chromium


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    with (
        upstream() as resolver,
        Gate(tmp_path_factory.mktemp("gate") / "data", resolver) as made,
    ):
        yield made.ready()


@contextmanager
def opened(home: Path, gate: Gate) -> Iterator[Browser]:
    """Open the certificate's page in a Chromium with a home of its own."""
    driver = browsers.start(home)
    try:
        found = Browser(driver)
        found.size(PHONE)
        found.at(Site("127.0.0.1", gate.ports["web"], "http"))
        found.open("/ca")
        yield found
    finally:
        driver.quit()


def state(browser: Browser) -> Any:
    return browser.run("return document.getElementById('self-test-result').dataset.state")


def seen(gate: Gate) -> dict[str, Any]:
    path = gate.data / "run" / "trust.json"
    return dict(json.loads(path.read_text())) if path.exists() else {}


def test_without_the_certificate_it_says_so(gate: Gate, tmp_path: Path) -> None:
    with opened(tmp_path, gate) as browser:
        until(lambda: state(browser) == "not-trusted")
        assert "Not trusted." in browser.text()
        assert "Trusted. This device" not in browser.text()
        until(lambda: seen(gate).get("127.0.0.1", {}).get("trusts") is False)


def test_with_the_certificate_it_turns_green(gate: Gate, tmp_path: Path, pictures: Path) -> None:
    trust_in_chromium(tmp_path, (gate.data / "ca" / "root.pem",))
    with opened(tmp_path, gate) as browser:
        until(lambda: state(browser) == "trusted")
        assert "Trusted. This device has the school’s certificate" in browser.text()
        assert browser.complaints() == []  # nothing that the page's own policy refuses
        browser.picture(pictures / "certificate-trusted.png", whole=True)
        browser.press("the test page")
        until(lambda: "This device trusts the school’s certificate" in browser.text())
        until(lambda: seen(gate).get("127.0.0.1", {}).get("trusts") is True)


def test_without_a_script_the_picture_itself_says_it(gate: Gate, tmp_path: Path) -> None:
    trust_in_chromium(tmp_path, (gate.data / "ca" / "root.pem",))
    with opened(tmp_path, gate) as browser:
        browser.cdp("Emulation.setScriptExecutionDisabled", value=True)
        browser.open("/ca")
        browser.cdp("Emulation.setScriptExecutionDisabled", value=False)
        until(lambda: browser.run(
            "const p = document.querySelector('[data-self-test]');"
            "return p.complete && p.naturalWidth === 320 && !p.hidden"
        ))  # fmt: skip
        assert "Green with a tick means trusted." in browser.text()
