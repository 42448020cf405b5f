"""axe-core in the page: WCAG 2.2 A and AA, and what its authors call best practice.

The script is a development dependency of the assets and lies in their ``node_modules``
(``.ci/assets`` installs it). Tests without it are skipped, out loud.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import pytest

from tests.admin_ui.browser import Browser
from tests.architecture.source import ROOT

SCRIPT: Final = ROOT / "admin_ui" / "assets" / "node_modules" / "axe-core" / "axe.min.js"
TAGS: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_RUN: Final = """
const [tags, done] = arguments;
axe.run(document, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]})
  .then((found) => done(found.violations.map((v) => ({
    rule: v.id, help: v.help, where: v.nodes.map((n) => n.target.join(" ") + "  " + n.html)
  }))), (error) => done([{rule: "axe", help: String(error), where: []}]));
"""


@cache
def _source() -> str:
    if not SCRIPT.exists():
        pytest.skip("chromium: axe-core is not here (.ci/assets installs it)")
    return SCRIPT.read_text(encoding="utf-8")


def violations(browser: Browser) -> list[str]:
    """Return what axe finds on the page that is open, one line for each rule and place."""
    if not browser.run("return typeof window.axe === 'object'"):
        browser.from_now_on(_source())
    found: list[dict[str, Any]] = browser.driver.execute_async_script(_RUN, list(TAGS))
    return [
        f"{one['rule']}: {one['help']}: {where[:300]}"
        for one in found
        for where in one["where"] or [""]
    ]
