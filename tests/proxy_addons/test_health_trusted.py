"""The certificate's test: there for whoever believes us, and only by HTTPS."""

from __future__ import annotations

import pytest

from appliance.authority.certificates import ON_LOOPBACK, PORTAL
from tests.proxy_addons.world import PUPIL, STRANGER, World


@pytest.mark.parametrize("name", [PORTAL, ON_LOOPBACK])
def test_whoever_trusts_us_sees_it(proxy: World, name: str) -> None:
    page = proxy.curl(f"https://{name}/trusted", PUPIL)
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "trusts the school’s certificate" in page.text
    picture = proxy.curl(f"https://{name}/trusted.svg", PUPIL)
    assert (picture.status, picture.headers["content-type"]) == (200, "image/svg+xml")
    assert picture.headers["cross-origin-resource-policy"] == "cross-origin"
    assert proxy.outside.seen == []


@pytest.mark.parametrize("path", ["/trusted", "/trusted.svg"])
@pytest.mark.parametrize("name", [PORTAL, ON_LOOPBACK])
def test_nobody_else_does(proxy: World, name: str, path: str) -> None:
    assert proxy.curl(f"https://{name}{path}", PUPIL, root=proxy.outside.ca).code == 60
    assert proxy.curl(f"https://{name}{path}", STRANGER).status == 0
    assert proxy.curl(f"http://{name}{path}", PUPIL).status == 404


def test_the_loopback_name_is_for_loopback(proxy: World) -> None:
    from dataclasses import replace

    away = replace(proxy.settings, steered_https=(("10.9.0.1", 443),))
    assert away.own_names == (PORTAL,)
    assert proxy.settings.own_names == (PORTAL, ON_LOOPBACK)
