"""Devices without our certificate are found by the alerts they send."""

from __future__ import annotations

from typing import Any

from tests.proxy_addons.internet import eventually
from tests.proxy_addons.world import PUPIL, STAFF, World


def devices(proxy: World) -> Any:
    return proxy.curl("http://bellgate.internal/health").json["distrust"]


def test_a_client_that_does_not_believe_us_is_counted(proxy: World) -> None:
    for _ in range(2):
        answer = proxy.curl("https://www.facebook.com/", PUPIL, root=proxy.outside.ca)
        assert answer.code == 60
    found = eventually(lambda: (d := devices(proxy)).get(PUPIL, {}).get("count") == 2 and d)
    assert found[PUPIL]["last_host"] == "www.facebook.com"
    assert STAFF not in found


def test_a_client_that_does_is_not(proxy: World) -> None:
    before = devices(proxy)
    assert proxy.curl("https://www.facebook.com/", STAFF).status == 403
    assert devices(proxy) == before
