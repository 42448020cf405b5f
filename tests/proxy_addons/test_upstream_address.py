"""One address for a connection; nothing else is connected to."""

from __future__ import annotations

from tests.proxy_addons.internet import eventually
from tests.proxy_addons.world import STAFF, World

URL = "https://en.wikipedia.org/wiki/"


def test_many_requests_of_a_connection_share_one_server_connection(proxy: World) -> None:
    """More than five: mitmproxy opens at most five to an address, and then waits for ever."""
    answer = proxy.curl(URL + "[1-12]", STAFF)
    assert answer.status == 200
    assert len(proxy.outside.seen) == 12


def test_a_name_is_looked_up_once(proxy: World) -> None:
    proxy.outside.asked.clear()
    for n in range(3):
        assert proxy.curl(f"https://once.wikipedia.org/{n}").status == 200
    assert proxy.outside.asked == ["once.wikipedia.org"]


def test_an_address_that_does_not_answer_is_asked_for_anew(proxy: World) -> None:
    proxy.outside.answers["moving.wikipedia.org"] = "127.255.255.254"
    assert proxy.curl("https://moving.wikipedia.org/").status == 502
    proxy.outside.answers["moving.wikipedia.org"] = "127.0.0.1"
    eventually(lambda: proxy.gate.names._kept.get("moving.wikipedia.org") is None)
    # c-ares has a cache of its own, by the answer's TTL; a fresh resolver has none.
    proxy.gate.names._resolver = None
    assert proxy.curl("https://moving.wikipedia.org/").status == 200


def test_plain_requests_to_several_hosts_on_one_connection(proxy: World) -> None:
    answer = proxy.by_proxy("http://{en,de,fr}.wikipedia.org/", STAFF)
    assert answer.status == 200
    hosts = [line.split()[1] for line in proxy.outside.seen]
    assert hosts == ["en.wikipedia.org", "de.wikipedia.org", "fr.wikipedia.org"]
