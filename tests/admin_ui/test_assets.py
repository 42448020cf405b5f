"""The built style sheets and scripts: served small, kept for ever, named when missing."""

from __future__ import annotations

import gzip
import json
import os
import re
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient

from admin_ui import assets
from admin_ui.app import create_app
from admin_ui.assets import FOR_EVER, Reader
from admin_ui.settings import WebSettings
from tests.admin_ui.test_pages import published
from tests.architecture.source import ROOT, tracked

STATIC = ROOT / "admin_ui" / "static"
NAMES = ("bellgate.css", "bellgate.js", "charts.js", "early.js")
SOURCES = ROOT / "admin_ui" / "assets"


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    published(tmp_path)
    return create_app(WebSettings(data=tmp_path))


@pytest.fixture
def web(app: Flask) -> FlaskClient:
    return app.test_client()


def address(app: Flask, name: str) -> str:
    with app.test_request_context():
        return str(app.jinja_env.globals["asset"](name))  # type: ignore[operator]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("encoding", ["br", "gzip", ""])
def test_each_is_served_compressed_and_for_ever(
    app: Flask, web: FlaskClient, name: str, encoding: str
) -> None:
    with web.get(address(app, name), headers={"Accept-Encoding": encoding}) as answer:
        assert answer.status_code == 200
        assert answer.headers.get("Content-Encoding", "") == encoding
        assert answer.headers["Cache-Control"] == FOR_EVER
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.mimetype in {"text/css", "text/javascript"}
        body = gzip.decompress(answer.data) if encoding == "gzip" else answer.data
    plain = (STATIC / "build" / address(app, name).rpartition("/")[2]).read_bytes()
    assert (body == plain) is (encoding != "br")


@pytest.mark.parametrize(
    "path",
    ["/static/build/manifest.json.gz", "/static/build/none.js", "/static/build/../../app.py",
     "/static/build/%2e%2e/%2e%2e/app.py", "/static/../key.py"],
)  # fmt: skip
def test_nothing_else_is_served_from_there(web: FlaskClient, path: str) -> None:
    assert web.get(path).status_code == 404


def test_a_name_that_was_not_built_is_a_mistake_of_ours(app: Flask) -> None:
    with pytest.raises(KeyError):
        address(app, "none.css")


def test_a_missing_build_is_said_plainly(tmp_path: Path) -> None:
    bare = Flask("bare", static_folder=str(tmp_path), static_url_path="/static")
    assets.install(bare)
    bare.add_url_rule("/", "page", lambda: render_template_string("{{ asset('x.css') }}"))
    answer = bare.test_client().get("/")
    assert answer.status_code == 503
    assert ".ci/assets" in answer.text
    assert "Traceback" not in answer.text
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "manifest.json").write_text('{"x.css": "x-1.css"}')
    assert bare.test_client().get("/").text == "/static/build/x-1.css"  # no restart is needed
    (tmp_path / "build" / "manifest.json").write_text('{"x.css": "x-2.css"}')
    os.utime(tmp_path / "build" / "manifest.json", (1, 1))
    assert bare.test_client().get("/").text == "/static/build/x-2.css"  # nor when built anew


def test_nothing_of_the_governments_identity_is_in_it() -> None:
    held = Reader(STATIC).now()
    text = "".join((held.folder / held.file(name)).read_text() for name in NAMES)
    for word in ("GDS Transport", "crown", "govuk-logo"):
        assert word not in text, word
    assert not any("crown" in name or "transport" in name for name in held.names)


def test_nothing_is_loaded_from_elsewhere() -> None:
    held = Reader(STATIC).now()
    css = (held.folder / held.file("bellgate.css")).read_text()
    assert {url.strip("\"'")[:2] for url in re.findall(r"url\(([^)]*)\)", css)} == {"./"}
    assert "@import" not in css


def test_licences_of_what_is_in_it_go_with_it() -> None:
    said = (STATIC / "build" / "LICENSES.txt").read_text(encoding="utf-8")
    for name in ("govuk-frontend 6.3.0", "@ministryofjustice/frontend", "chart.js",
                 "@fontsource/atkinson-hyperlegible"):  # fmt: skip
        assert name in said


def test_versions_are_exact_and_hashes_without_a_registry_are_locked() -> None:
    wanted = json.loads((SOURCES / "package.json").read_text())
    versions = [*wanted["dependencies"].values(), *wanted["devDependencies"].values()]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions)
    lock = json.loads((SOURCES / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert not any("resolved" in entry for entry in packages.values())


def test_every_part_that_a_script_loads_is_kept_in_git() -> None:
    kept = tracked()
    for script in (path for path in kept if path.is_relative_to(SOURCES / "js")):
        for part in re.findall(r'from "(\.[^"]+)"', script.read_text(encoding="utf-8")):
            assert (script.parent / part).resolve() in kept, f"{script.name} loads {part}"
