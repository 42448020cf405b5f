"""From an empty folder to a tested gate: `bellgate up`, its code, the wizard, by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.admin_ui import browser as browsers
from tests.admin_ui.browser import DESKTOP, Browser
from tests.admin_ui.live import Site
from tests.appliance.cli.gate_process import PUPIL, Gate, steered, until, upstream

pytestmark = pytest.mark.chromium

PASSWORD = "violet otter climbs seven ladders"
MOST_TABS = 120  # to any place of a page, and no trap on the way


class Keyboard:
    """Somebody who has no mouse."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        chain = ActionChains(self._browser.driver)
        for key in keys:
            chain = chain.send_keys(key)
        chain.perform()

    def to(self, css: str, words: str = "") -> None:
        """Go by Tab to what fits a selector (and has these words in it)."""
        for _ in range(MOST_TABS):
            self.press(Keys.TAB)
            here = self._browser.run(
                "const e = document.activeElement;"
                "return e.matches(arguments[0]) && e.textContent.includes(arguments[1]);",
                css, words,
            )  # fmt: skip
            if here:
                return
        raise AssertionError(f"no Tab leads to {css} {words}: {self._browser.text()}")

    def fill(self, field: str, text: str) -> None:
        """Write into a field, in place of what stands there."""
        self.to(f"#{field}")
        chain = ActionChains(self._browser.driver)
        chain.key_down(Keys.CONTROL).send_keys("a").key_up(Keys.CONTROL).send_keys(text).perform()

    def enter(self, words: str, heading: str) -> None:
        """Press the button or link with these words; the page with this heading follows."""
        self.to("a, button", words)
        self.press(Keys.ENTER)
        until(lambda: heading in self._heading())

    def _heading(self) -> str:
        return str(self._browser.run("return document.querySelector('h1')?.textContent ?? ''"))


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    with upstream() as resolver:
        started = Gate(tmp_path / "data", resolver, "--rehearse", "2026-11-23T10:35")
        with started as made:
            yield made.ready()


@pytest.fixture
def browser(tmp_path: Path, gate: Gate) -> Iterator[Browser]:
    driver = browsers.start(tmp_path / "home")
    try:
        found = Browser(driver)
        found.size(DESKTOP)
        found.at(Site("127.0.0.1", gate.ports["web"], "http"))
        yield found
    finally:
        driver.quit()


def test_a_technician_sets_the_gate_up_by_keyboard_alone(gate: Gate, browser: Browser) -> None:
    said = "\n".join(gate.output)
    found = re.search(r"open (\S+) and give the setup code (\S+)", said)
    assert found, said
    address, code = found.groups()
    keyboard = Keyboard(browser)
    browser.driver.get(address)
    keyboard.fill("code", code)
    keyboard.enter("Continue", "Set up the gate")
    keyboard.enter("Start", "Your school")
    keyboard.fill("name", "Hazelbrook Primary School")
    keyboard.fill("ask", "your teacher")
    keyboard.enter("Save and continue", "The first technician")
    become_technician(keyboard, browser)
    responsible(keyboard)
    keyboard.enter("Save and continue", "Bells and terms")
    keyboard.enter("Save and continue", "Networks")
    keyboard.fill("upstream", "The county’s filter")
    keyboard.to("#behind")
    keyboard.press(Keys.SPACE)
    keyboard.enter("Save and continue", "The school’s certificate")
    keyboard.enter("Save and continue", "The emergency account")
    keyboard.enter("Make the emergency account", "The emergency account")
    assert re.search(r"([a-z2-9]{4}-){5}[a-z2-9]{4}", browser.text())
    keyboard.enter("It is in the envelope", "Try it out")
    keyboard.to("button", "Try it out")
    keyboard.press(Keys.ENTER)
    until(lambda: "What was found" in browser.text())
    text = browser.text()
    assert "Not working." not in text, text
    for network in ("Demo: pupils", "Demo: staff", "Demo: visitors"):
        assert network in text
    assert "The proxy shows the page that says why (clause 7.1)" in text
    assert "childline.org.uk is open, and nothing of it is written down" in text
    keyboard.enter("Go live", "The gate is live")
    assert browser.complaints() == []
    is_live(gate)
    browser.driver.get(address)
    assert browser.find("h1").text == "Settings", "the wizard is closed"


def is_live(gate: Gate) -> None:
    """The gate enforces for the school that was named, and wrote no helpline down."""
    assert not (gate.data / "run" / "setup-code").exists()
    assert steered(gate.lookup("www.facebook.com", PUPIL))
    assert "Hazelbrook Primary School" in gate.curl("https://www.facebook.com/", PUPIL).stdout
    helplines = [row for row in gate.json("attempts") if "childline" in row["host"]]
    assert helplines == []


def become_technician(keyboard: Keyboard, browser: Browser) -> None:
    for field, text in (("name", "T. Technician"), ("login", "tech@hazelbrook.example"),
                        ("password", PASSWORD), ("again", PASSWORD)):  # fmt: skip
        keyboard.fill(field, text)
    keyboard.enter("Make my account", "second step")
    secret = re.search(r"((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})", browser.text())
    assert secret, browser.text()
    keyboard.fill("code", pyotp.TOTP(secret[1].replace(" ", "")).now())
    keyboard.press(Keys.ENTER)
    until(lambda: "recovery codes" in browser.text().lower())
    keyboard.enter("I have kept them", "Who is responsible")


def responsible(keyboard: Keyboard) -> None:
    people = (
        ("headteacher", "H. Head", "head"), ("dsl", "D. Lead", "dsl"),
        ("slt_lead", "S. Leader", "slt"), ("governor", "G. Governor", "governor"),
    )  # fmt: skip
    for duty, name, login in people:
        keyboard.fill(f"{duty}_name", name)
        keyboard.fill(f"{duty}_email", f"{login}@hazelbrook.example")
    keyboard.enter("Save and continue", "Links to hand over")
    keyboard.enter("Make the links", "Links to hand over")
    keyboard.enter("Continue", "The policy")
