"""A web scanner over the signed-in admin UI finds nothing. See .ci/scan."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, request

from admin_ui.app import create_app
from admin_ui.settings import Tls
from appliance import clock
from appliance.accounts.posts import Post
from appliance.authority.admin import admin_certificate
from tests.admin_ui.conftest import School
from tests.admin_ui.furnishing import demonstrated
from tests.admin_ui.live import Site, served
from tests.architecture.source import ROOT

pytestmark = [
    pytest.mark.scanner,
    pytest.mark.skipif(
        not (ROOT / ".venv-scanner" / "stamp").exists(),
        reason="scanner: is not here (.ci/scan --install)",
    ),
]

# Seconds of crawling, and of each kind of attack: a taste in each run of the tests, as long as
# it takes where SCAN_SECONDS says so.
SECONDS = os.environ.get("SCAN_SECONDS", "4")


@pytest.fixture
def school(tmp_path: Path) -> Iterator[School]:
    """A school whose pages are served by HTTPS, with every guard on."""
    made = demonstrated(tmp_path)
    gate = made.app.extensions["gate"]
    path = admin_certificate(made.data / "ca", ("localhost",), ("127.0.0.1",), clock.real())
    served_by = replace(gate.settings, tls=Tls(path, path))
    secure = replace(made, app=create_app(served_by))
    yield secure
    for app in (made.app, secure.app):
        app.extensions["gate"].close()
    made.store.close()


def cookies(school: School, post: Post, path: Path) -> Path:
    """Write the cookie of somebody signed in as wapiti reads it."""
    held = school.client(post).get_cookie("bellgate")
    assert held is not None
    one = {"value": held.value, "version": 0, "expires": None, "secure": True, "port": None}
    path.write_text(json.dumps({"127.0.0.1": {"/": {"__Host-bellgate": one}}}))
    return path


def scanned(site: Site, signed_in: Path, *more: object) -> dict[str, list[tuple[str, str]]]:
    """Scan a site; return what was found, by kind: where, and what about it."""
    report = signed_in.with_name("report.json")
    subprocess.run(
        [ROOT / ".ci" / "scan", site.url("/"), signed_in, report,
         "--max-scan-time", str(3 * int(SECONDS)), "--max-attack-time", SECONDS,
         "--exclude", site.url("/sign-out"), "--exclude", site.url("/static/.*"),
         *map(str, more)],
        check=True, timeout=3600, capture_output=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return {
        kind: [(f"{one['method']} {one['path']}", one["info"]) for one in entries]
        for part in ("vulnerabilities", "anomalies")
        for kind, entries in found[part].items()
        if entries
    }


@pytest.mark.parametrize("post", [Post.IT_TECHNICIAN])
def test_the_scanner_finds_nothing(school: School, tmp_path: Path, post: Post) -> None:
    asked: set[str] = set()

    @school.app.after_request
    def note(response: Response) -> Response:
        asked.add(f"{request.endpoint} {response.status_code}")
        return response

    with served(school.app) as site:
        assert scanned(site, cookies(school, post, tmp_path / "cookies.json")) == {}
    assert "audit.index 200" in asked, "it was signed in"


def test_the_scanner_finds_what_is_wrong(school: School, tmp_path: Path) -> None:
    """The same scan over a page that writes what it is given, and asks for no token."""
    bad = Flask("bad")
    bad.add_url_rule(
        "/", "page", methods=["GET", "POST"], view_func=lambda: (
            f"<form method=post><input name=q></form>{request.values.get('q', '')}"
        ),
    )  # fmt: skip
    settings = school.app.extensions["gate"].settings
    with served(bad, settings) as site:
        found = scanned(site, cookies(school, Post.STAFF, tmp_path / "cookies.json"))
    assert {"Reflected Cross Site Scripting", "Cross Site Request Forgery"} <= set(found)
