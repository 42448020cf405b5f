"""What the proxy says of itself, to its own networks alone."""

from __future__ import annotations

from appliance.attempts.spool import SpoolState
from tests.proxy_addons.world import STAFF, STRANGER, World

URL = "http://bellgate.internal/health"


def test_it_tells_the_snapshot_and_its_state(proxy: World) -> None:
    for answer in (proxy.curl(URL), proxy.by_proxy(URL), proxy.curl(URL.replace("p:", "ps:"))):
        assert answer.status == 200
        assert answer.headers["content-type"] == "application/json"
        said = answer.json
        assert (said["snapshot"], said["state"]) == (1, "current")
        assert (said["spool"], said["certificates"], said["uncovered"]) == ("ok", "ok", [])


def test_it_tells_what_is_wrong(proxy: World) -> None:
    proxy.spool.state = SpoolState(trouble="no room left", dropped=7)
    proxy.published.state = "last_good"
    try:
        said = proxy.curl(URL).json
        assert (said["state"], said["spool"]) == ("last_good", "no room left")
        assert said["attempts_dropped"] == 7
    finally:
        proxy.spool.state = SpoolState()
        proxy.published.state = "current"


def test_nothing_else_is_under_our_name_and_nothing_is_sent_on(proxy: World) -> None:
    assert proxy.curl("http://bellgate.internal/other").status == 404
    assert proxy.by_proxy("https://bellgate.internal/x", STAFF).status == 404
    assert proxy.outside.seen == []
    assert "bellgate.internal" not in proxy.outside.asked


def test_strangers_are_told_nothing(proxy: World) -> None:
    assert proxy.curl(URL, STRANGER).status == 0


def test_a_host_that_only_looks_like_ours_is_not(proxy: World) -> None:
    assert proxy.curl("http://bellgate.internal.evil.example/health").status != 404
    assert proxy.curl("https://x.com/health", STAFF, "-H", "Host: bellgate.internal").status == 421
