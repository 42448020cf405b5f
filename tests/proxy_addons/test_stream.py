"""Bodies pass in pieces: a large one leaves the memory as it was."""

from __future__ import annotations

import re
from pathlib import Path

from tests.proxy_addons.world import STAFF, World

LARGE = 96  # megabytes


def peak() -> float:
    """Return this process's memory at its highest, in megabytes: the proxy runs in it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found.group(1)) / 1024


def test_a_large_download_passes_with_flat_memory(proxy: World) -> None:
    url = f"https://en.wikipedia.org/big/{LARGE}"
    quiet = ("-o", "/dev/null", "-w", "\n--curl-%{http_code}-%{size_download}")
    assert proxy.curl("https://en.wikipedia.org/big/1", STAFF, *quiet).status == 200  # warm
    before = peak()
    answer = proxy.curl(url, STAFF, *quiet)
    assert (answer.status, answer.version) == (200, str(LARGE << 20))
    assert peak() - before < LARGE / 4
