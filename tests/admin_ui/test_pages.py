"""The pages anybody may see: right words, nothing executable, nothing about anybody."""

from __future__ import annotations

import json
import plistlib
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from admin_ui.app import create_app
from admin_ui.settings import WebSettings
from appliance import clock
from appliance.authority.authority import ensure
from appliance.policy.snapshot import PolicyInfo, School
from appliance.publish import files
from tests.builders import contents

PAGES = ("/", "/ca", "/requests/new", "/requests/new?url=https://www.facebook.com/x")


def published(data: Path, version: int = 1, **more: Any) -> None:
    directory = data / "snapshot"
    directory.mkdir(exist_ok=True)
    made = contents(version=version, built_at=clock.real(), **more)
    files.point(directory, files.write(directory, files.Published(made)))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    published(tmp_path)
    return tmp_path


@pytest.fixture
def web(data: Path) -> FlaskClient:
    return create_app(WebSettings(data=data, proxy=("127.0.0.1", 3128))).test_client()


@pytest.mark.parametrize("path", [*PAGES, "/proxy.pac", "/none", "/static/bellgate.svg"])
def test_every_answer_is_protected(web: FlaskClient, path: str) -> None:
    answer = web.get(path)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    answer.close()


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_whole_and_hold_no_script(web: FlaskClient, path: str) -> None:
    answer = web.get(path)
    assert answer.status_code == 200
    page = answer.text
    assert '<html lang="en-GB" class=' in page
    assert page.count("<h1") == 1
    scripts = re.findall(r"<script[^>]*>[^<]*", page)
    assert scripts
    assert all(re.fullmatch(r'<script src="/static/build/[^"]+"( defer)?>', s) for s in scripts)
    assert not re.search(r"\son[a-z]+\s*=", page)
    assert "style=" not in page
    assert 'name="viewport"' in page
    assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", page), "nothing from elsewhere"


def test_the_front_page_says_what_is_enforced(web: FlaskClient) -> None:
    page = web.get("/").text
    assert "The school&#39;s policy is enforced." in page or "policy is enforced" in page
    assert "Little School policy" in page
    assert "6.8" in page
    assert "Rehearsal" not in page


def test_a_rehearsal_is_loud_on_every_page(data: Path, web: FlaskClient) -> None:
    published(data, version=2, clock_offset=86400.0)
    for path in PAGES:
        assert "not the real time" in web.get(path).text


def test_an_overdue_review_is_said(data: Path, web: FlaskClient) -> None:
    info = PolicyInfo(id="p", name="Policy", short="P", school="S", next_review=date(2020, 1, 2))
    published(data, version=2, policy=info)
    assert "was due on Thursday 2 January 2020" in web.get("/").text


def test_without_any_snapshot_it_is_red(tmp_path: Path) -> None:
    page = create_app(WebSettings(data=tmp_path)).test_client().get("/").text
    assert "bellgate-state--red" in page
    assert "Not working." in page
    assert "Social media is blocked for everybody" in page


def test_a_clock_in_doubt_is_amber(data: Path, web: FlaskClient) -> None:
    directory = data / "snapshot"
    ahead = contents(version=2, built_at=clock.real().replace(year=2090))
    files.point(directory, files.write(directory, files.Published(ahead)))
    assert "counts as lesson time" in web.get("/").text


def test_the_request_page_is_filled_in(web: FlaskClient) -> None:
    answer = web.get(
        "/requests/new", query_string={"url": "https://www.facebook.com/a?b=c&d", "ref": "AB12"}
    )
    assert "https://www.facebook.com/a?b=c&amp;d" in answer.text
    assert "AB12" in answer.text
    for field in ("Staff name", "Site content", "Reasons for access", "Signature",
                  "Identified risks and control measures", "Approved"):  # fmt: skip
        assert field in answer.text


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "not a url", "https://", "ftp://x.example/"]
)
def test_what_is_no_web_address_is_not_shown(web: FlaskClient, url: str) -> None:
    assert url not in web.get("/requests/new", query_string={"url": url}).text


@given(st.text(max_size=80))
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None
)
def test_nothing_given_becomes_markup(web: FlaskClient, text: str) -> None:
    plain = web.get("/requests/new").text
    query = {"url": f"https://x.example/<b>{text}", "ref": f'<i>"{text}'}
    page = web.get("/requests/new", query_string=query).text
    assert "<b>" not in page
    assert "<i>" not in page
    assert page.count("<script") == plain.count("<script")


def test_the_certificate_in_every_form(data: Path, web: FlaskClient) -> None:
    assert "no certificate yet" in web.get("/ca").text
    assert web.get("/ca.pem").status_code == 404
    held = ensure(data / "ca", ["facebook.com"], clock.real())
    page = web.get("/ca").text
    shown = re.search(r"([0-9A-F]{2}:){31}[0-9A-F]{2}", re.sub(r"<[^>]+>", "", page))
    assert shown
    assert (
        shown.group().replace(":", "").lower()
        == held.root.fingerprint(
            held.root.signature_hash_algorithm or pytest.fail("no digest")
        ).hex()
    )
    assert x509.load_pem_x509_certificate(web.get("/ca.pem").data) == held.root
    assert x509.load_der_x509_certificate(web.get("/ca.der").data) == held.root
    assert plistlib.loads(web.get("/ca.mobileconfig").data)["PayloadType"] == "Configuration"
    assert b"PRIVATE KEY" not in web.get("/ca.pem").data
    assert web.get("/ca.key").status_code == 404


def test_the_pac_file_names_the_proxy(web: FlaskClient, data: Path) -> None:
    answer = web.get("/proxy.pac")
    assert answer.content_type == "application/x-ns-proxy-autoconfig"
    assert "PROXY 127.0.0.1:3128" in answer.text
    everywhere = create_app(WebSettings(data=data, proxy=("0.0.0.0", 3128))).test_client()
    asked = everywhere.get("/proxy.pac", base_url="http://gate.school.example:8000")
    assert "PROXY gate.school.example:3128" in asked.text
    without = create_app(WebSettings(data=data)).test_client()
    assert without.get("/proxy.pac").status_code == 404


def test_the_language_is_the_schools(data: Path, web: FlaskClient) -> None:
    published(data, version=2, school=School(name="Ysgol", language="cy"))
    assert '<html lang="cy" ' in web.get("/").text


def test_a_device_learns_that_nobody_is_held_back_and_where_to_sign_in(tmp_path: Path) -> None:
    published(tmp_path, school=School(portal="https://gate.school.example:8000"))
    web = create_app(WebSettings(data=tmp_path)).test_client()
    answer = web.get("/captive-portal", headers={"Host": "evil.example"})
    assert answer.content_type == "application/captive+json"
    assert json.loads(answer.text) == {
        "captive": False, "user-portal-url": "https://gate.school.example:8000/here",
    }  # fmt: skip
    published(tmp_path, version=2)
    again = create_app(WebSettings(data=tmp_path)).test_client().get("/captive-portal")
    assert json.loads(again.text) == {"captive": False}
