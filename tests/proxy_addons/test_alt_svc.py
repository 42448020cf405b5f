"""No answer tells of another way in."""

from __future__ import annotations

from tests.proxy_addons.world import World


def test_alt_svc_is_removed(proxy: World) -> None:
    for url in ("https://en.wikipedia.org/", "http://en.wikipedia.org/"):
        answer = proxy.curl(url)
        assert answer.status == 200
        assert "alt-svc" not in answer.headers
