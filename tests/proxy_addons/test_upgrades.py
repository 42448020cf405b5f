"""Only WebSocket is upgraded to."""

from __future__ import annotations

from tests.proxy_addons.world import STAFF, World


def test_h2c_is_not_offered_on(proxy: World) -> None:
    headers = ("-H", "Upgrade: h2c", "-H", "Connection: Upgrade, HTTP2-Settings",
               "-H", "HTTP2-Settings: AAMAAABkAAQAAP__")  # fmt: skip
    answer = proxy.curl("http://en.wikipedia.org/", STAFF, *headers)
    assert answer.status == 200
    assert not {"upgrade", "http2-settings"} & set(answer.json["headers"])


def test_a_plain_http2_preface_is_refused(proxy: World) -> None:
    answer = proxy.curl("http://en.wikipedia.org/", STAFF, "--http2-prior-knowledge")
    assert answer.status != 200
    assert proxy.outside.seen == []
