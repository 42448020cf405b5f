"""The PAC file, run by a real JavaScript engine where there is one."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from admin_ui.pac import pac

TEXT = pac(("192.0.2.1", 3128), ["facebook.com", "x.com", "wikipedia.org", "x.com"])
CASES = {
    "facebook.com": True, "www.facebook.com": True, "WWW.Facebook.COM.": True, "x.com": True,
    "notfacebook.com": False, "facebook.com.example.org": False, "com": False, "intranet": False,
    "constructor": False, "hasOwnProperty": False, "192.0.2.9": False, "childline.org.uk": False,
}  # fmt: skip


def test_the_text_holds_each_suffix_once_and_no_fall_back() -> None:
    assert TEXT.count('"x.com"') == 1
    assert TEXT.count('return "PROXY 192.0.2.1:3128";') == 1
    assert "; DIRECT" not in TEXT


def test_an_ipv6_proxy_is_bracketed() -> None:
    assert "PROXY [2001:db8::1]:3128" in pac(("2001:db8::1", 3128), [])


@pytest.mark.chromium
@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Chromium")
def test_a_browser_finds_the_proxy(tmp_path: Path) -> None:
    """Chromium runs the function on every case and writes the answers into the page."""
    page = tmp_path / "pac.html"
    page.write_text(
        f"<body><script>{TEXT}\nvar asked = {json.dumps(list(CASES))};"
        "document.body.textContent = 'ANSWERS' + JSON.stringify(asked.map("
        "h => FindProxyForURL('https://' + h + '/', h) != 'DIRECT')) + 'END';</script>"
    )
    done = subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
         "--disable-background-networking", f"--user-data-dir={tmp_path / 'profile'}",
         "--dump-dom", page.as_uri()],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    answers = done.stdout.partition("ANSWERS")[2].partition("END")[0]
    assert dict(zip(CASES, json.loads(answers), strict=True)) == CASES
