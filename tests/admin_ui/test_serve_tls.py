"""HTTPS by the appliance's own authority, as browsers and OpenSSL see it."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from admin_ui import connection, serve
from admin_ui.app import create_app
from admin_ui.settings import Tls, WebSettings
from appliance import clock
from appliance.authority import files
from appliance.authority.admin import LIFE, admin_certificate
from appliance.authority.authority import ensure
from tests.admin_ui.live import Site, served
from tests.admin_ui.test_pages import published
from tests.e2e.client import trust_in_chromium
from tests.e2e.waiting import until


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> WebSettings:
    data = tmp_path_factory.mktemp("tls")
    published(data)
    ensure(data / "ca", ("facebook.com",), clock.real())
    path = admin_certificate(data / "ca", ("localhost",), ("127.0.0.1",), clock.real())
    return WebSettings(data=data, tls=Tls(path, path))


@pytest.fixture(scope="module")
def site(settings: WebSettings) -> Iterator[Site]:
    with served(create_app(settings)) as running:
        yield running


@pytest.fixture
def root(settings: WebSettings) -> str:
    return str(settings.data / "ca" / files.ROOT)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_client_needs_the_schools_root_alone(site: Site, root: str, host: str) -> None:
    url = replace(site, host=host).url("/")
    told = requests.get(url, verify=root, timeout=10)
    assert told.status_code == 200
    if host != "localhost":
        assert told.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(url, timeout=10)  # without that root


def test_cookies_are_bound_to_this_host_and_to_tls(settings: WebSettings) -> None:
    app = create_app(settings)
    assert app.config["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert app.config["SESSION_COOKIE_SECURE"]


@pytest.mark.parametrize(
    ("version", "spoken"),
    [
        (ssl.TLSVersion.TLSv1_1, False),
        (ssl.TLSVersion.TLSv1_2, True),
        (ssl.TLSVersion.TLSv1_3, True),
    ],
)
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated:DeprecationWarning")
def test_only_tls_1_2_and_newer_is_spoken(
    site: Site, root: str, version: ssl.TLSVersion, spoken: bool
) -> None:
    context = ssl.create_default_context(cafile=root)
    context.set_ciphers("ALL:@SECLEVEL=0")  # so that it is the server who refuses
    context.minimum_version = ssl.TLSVersion.TLSv1_1
    context.maximum_version = version
    with socket.create_connection((site.host, site.port), timeout=10) as plain:
        try:
            with context.wrap_socket(plain, server_hostname="localhost") as secure:
                assert secure.version() == version.name.replace("_", ".")
                assert spoken
        except ssl.SSLError:
            assert not spoken


def test_http_is_told_to_use_https(site: Site) -> None:
    told = requests.get(f"http://{site.host}:{site.port}/", timeout=10)
    assert told.status_code == 400
    assert "https://" in told.text


def test_clients_that_never_shake_hands_hold_nobody_up(site: Site, root: str) -> None:
    silent = [socket.create_connection((site.host, site.port)) for _ in range(connection.EACH - 2)]
    try:
        assert requests.get(site.url("/"), verify=root, timeout=5).status_code == 200
    finally:
        for client in silent:
            client.close()


def presented(site: Site) -> bytes:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection((site.host, site.port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as secure,
    ):
        return secure.getpeercert(binary_form=True) or b""


def test_a_renewed_certificate_is_served_without_a_restart(
    settings: WebSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "RENEW_EVERY", 0.1)
    late = [timedelta(0)]

    def renew() -> Path:
        at = clock.real() + late[0]
        return admin_certificate(settings.data / "ca", ("localhost",), ("127.0.0.1",), at)

    assert settings.tls is not None
    renewed = replace(settings, tls=replace(settings.tls, renew=renew))
    with served(create_app(renewed), renewed) as site:
        first = presented(site)
        late[0] = LIFE * 0.9
        until(lambda: presented(site) != first, "the new certificate is served")


@pytest.mark.chromium
@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Chromium")
def test_chromium_believes_it_with_the_schools_root(site: Site, root: str, tmp_path: Path) -> None:
    trust_in_chromium(tmp_path, (Path(root),))
    for host in ("127.0.0.1", "localhost"):
        done = subprocess.run(
            [sys.executable, "-m", "tests.e2e.browser", replace(site, host=host).url("/"),
             str(tmp_path), ""],
            capture_output=True, text=True, check=True, timeout=90,
        )  # fmt: skip
        assert '"title": "What is enforced' in done.stdout, done.stdout
