"""The certificate's page: who it is for, how to install it, and what it lets be loaded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from admin_ui.certificate import self_test
from admin_ui.certificate.platforms import PLATFORMS
from admin_ui.headers import CONTENT_SECURITY_POLICY
from appliance import clock
from appliance.authority.authority import ensure
from appliance.cli.places import Places, Ports
from tests.admin_ui.conftest import School


def announce(data: Path, listen: str = "127.0.0.1", https: int = 8443) -> None:
    places = Places(data)
    places.make()
    places.announce(Ports(listen=listen, https=https))


@pytest.fixture
def web(school: School) -> FlaskClient:
    announce(school.data)
    ensure(school.data / "ca", ["facebook.com"], clock.real())
    return school.nobody()


@pytest.mark.parametrize(
    ("listen", "https", "expected"),
    [
        ("127.0.0.1", 8443, "https://bellgate.localhost:8443"),
        ("10.9.0.1", 443, "https://bellgate.internal"),
        ("10.9.0.1", 8443, "https://bellgate.internal:8443"),
        ("10.9.0.1", 0, ""),
    ],
)
def test_where_the_test_is(tmp_path: Path, listen: str, https: int, expected: str) -> None:
    announce(tmp_path, listen, https)
    assert self_test.origin(tmp_path) == expected


@pytest.mark.parametrize("text", ["", "{}", '{"listen": "x y", "dns": 1}'])
def test_no_gate_no_test(tmp_path: Path, text: str) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "gate.json").write_text(text)
    assert self_test.origin(tmp_path) == ""


def test_a_strange_announcement_never_reaches_the_header(school: School, web: FlaskClient) -> None:
    path = school.data / "run" / "gate.json"
    said = json.loads(path.read_text()) | {"listen": "x; script-src *"}
    path.write_text(json.dumps(said))
    assert web.get("/ca").headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


def test_only_this_page_may_show_the_picture(web: FlaskClient) -> None:
    policy = web.get("/ca").headers["Content-Security-Policy"]
    assert "img-src 'self' https://bellgate.localhost:8443;" in policy
    assert policy.replace(" https://bellgate.localhost:8443", "") == CONTENT_SECURITY_POLICY
    assert web.get("/").headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert web.get("/ca.pem").headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


def test_it_says_who_must_not(web: FlaskClient) -> None:
    page = web.get("/ca").text
    assert "Only devices that belong to the school get this certificate" in page
    assert "visitors and parents must not" in page
    assert "There is nothing for you to do here" in page  # this computer counts as a visitor's


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: platform.id)
def test_each_platform_is_told_how(web: FlaskClient, platform: object) -> None:
    from admin_ui.certificate.platforms import Platform

    assert isinstance(platform, Platform)
    page = web.get("/ca").text
    assert f"Download for {platform.name}</a>" in page
    answer = web.get(f"/ca.{platform.form}")
    assert answer.status_code == 200
    assert answer.data


def test_android_is_not_promised_what_it_cannot(web: FlaskClient) -> None:
    assert "most of them ignore certificates" in web.get("/ca").text


def test_the_code_is_a_picture_of_our_own(web: FlaskClient) -> None:
    answer = web.get("/ca/qr.svg")
    assert answer.content_type == "image/svg+xml"
    assert answer.data.startswith(b"<?xml")
    assert b"<script" not in answer.data


def test_without_a_proxy_nothing_is_promised(school: School) -> None:
    ensure(school.data / "ca", ["facebook.com"], clock.real())
    assert "cannot be tested" in school.nobody().get("/ca").text
