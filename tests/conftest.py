"""What a test needs of the machine, and saying out loud when the machine has it not."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import settings

# In CI the same examples each time, however slow: what a run finds by luck is found at a desk,
# where it is mended, not in somebody else's landing. Everywhere else they are new each time.
settings.register_profile("ci", derandomize=True, deadline=None)

NEEDS = {
    "namespaces": ("ip", "nft", "dig", "curl", "sysctl"),
    "chromium": ("chromium", "chromedriver", "certutil"),
}


@cache
def missing(marker: str) -> str:
    """Return why this machine cannot run what a marker marks, empty where it can."""
    if os.geteuid() != 0:
        return f"{marker}: needs root"
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    absent = [tool for tool in NEEDS[marker] if shutil.which(tool, path=path) is None]
    if absent:
        return f"{marker}: needs {', '.join(absent)}"
    tried = subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else f"{marker}: network namespaces are not allowed here"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what cannot run here, with the reason."""
    for item in items:
        for marker in NEEDS:
            if item.get_closest_marker(marker) and missing(marker):
                item.add_marker(pytest.mark.skip(reason=missing(marker)))
                break


def pytest_collection_finish() -> None:
    """Leave the many thousand tests themselves out of every sweep for garbage."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True, tryfirst=True)  # the outermost, so the last to speak
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter,
) -> Iterator[None]:
    """Say how much was left out, after everything else, where it is read."""
    result = yield
    reasons = [
        str(report.longrepr[2]).removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", ())
        if isinstance(report.longrepr, tuple)
    ]
    for marker in (*NEEDS, "scanner"):
        mine = [reason for reason in reasons if reason.startswith(f"{marker}:")]
        if mine:
            line = f"NOT TESTED HERE: {len(mine)} of the tests ({mine[0]})"
            terminalreporter.write_line(line, yellow=True, bold=True)
    return result
