"""A search engine that crosses the proxy goes to its locked twin, or nowhere."""

from __future__ import annotations

from typing import Any

import pytest

from appliance.policy.safe_search import SafeLevel, SafeName, SafeSearchRule
from appliance.policy.snapshot import Snapshot
from tests import builders
from tests.proxy_addons.internet import eventually
from tests.proxy_addons.test_live_flows import WITH_URL_RULE, ended, secured
from tests.proxy_addons.world import PUPIL, STAFF, VISITOR, World, school

STRICT, MODERATE = "strict.example", "moderate.example"
NOWHERE = "127.255.255.254"


def engine(host: str = "x.com", strict: str = STRICT) -> SafeName:
    """Return an engine with two locks."""
    return SafeName(host=host, engine="x", strict=strict, moderate=MODERATE)


def line(level: str, who: str = "role:staff", when: str = "") -> SafeSearchRule:
    """Return a line of the policy."""
    return SafeSearchRule(
        level=SafeLevel(level), clause="1", who=(builders.subject(who),),
        when=frozenset(when.split()),
    )  # fmt: skip


def searching(when: str = "10:35", *, level: str = "strict", **more: Any) -> Snapshot:
    """Return the school at break, when staff may have x.com, with the engine locked for them."""
    values = {"safe_names": (engine(),), "safe_search": (line(level),), **more}
    return school(when, **values)


@pytest.fixture(autouse=True)
def only_the_twins_answer(proxy: World) -> None:
    """The engine's own address leads nowhere: an answer can only be a twin's."""
    proxy.outside.answers.clear()
    for host in ("x.com", "bank.example", "en.wikipedia.org"):
        proxy.outside.answers[host] = NOWHERE
    proxy.outside.asked.clear()
    proxy.gate.names._kept.clear()
    proxy.gate.names._resolver = None  # it has a cache of its own


@pytest.mark.parametrize(
    ("level", "twin"), [("strict", STRICT), ("moderate", MODERATE)], ids=["strict", "moderate"]
)
def test_a_spliced_host_goes_to_its_twin_under_its_own_name(
    proxy: World, level: str, twin: str
) -> None:
    proxy.set(searching(level=level))
    answer = proxy.curl("https://x.com/search", STAFF, root=proxy.outside.ca)
    assert answer.json["headers"]["host"] == "x.com"
    assert set(proxy.outside.asked) == {twin}


def test_so_does_one_that_is_read(proxy: World) -> None:
    proxy.set(searching(rules=WITH_URL_RULE))
    answer = proxy.curl("https://x.com/search[1-7]", STAFF)
    assert answer.status == 200
    assert set(proxy.outside.asked) == {STRICT}
    assert len(proxy.outside.seen) == 7


@pytest.mark.parametrize("url", ["https://bank.example/", "http://bank.example/"])
def test_and_one_that_the_explicit_proxy_is_asked_for(proxy: World, url: str) -> None:
    """Of a host that is never read (as google.com is), and of a plain one."""
    proxy.set(searching(safe_names=(engine("bank.example"),), safe_search=()))
    for who in (PUPIL, VISITOR):
        assert proxy.by_proxy(url, who, root=proxy.outside.ca).status == 200
    assert set(proxy.outside.asked) == {STRICT}


def test_a_lock_that_is_an_address(proxy: World) -> None:
    proxy.set(searching(safe_names=(engine(strict="127.0.0.1"),)))
    assert proxy.curl("https://x.com/", STAFF, root=proxy.outside.ca).status == 200
    assert proxy.outside.asked == []


@pytest.mark.parametrize("read", [False, True], ids=["spliced", "read"])
def test_without_an_address_of_the_twin_it_goes_nowhere(proxy: World, read: bool) -> None:
    proxy.outside.answers |= {"x.com": "127.0.0.1", STRICT: None}
    more: dict[str, Any] = {"rules": WITH_URL_RULE} if read else {}
    proxy.set(searching(**more))
    assert proxy.curl("https://x.com/", STAFF).status == 502
    assert proxy.outside.seen == []
    assert set(proxy.outside.asked) == {STRICT}


def test_whoever_has_no_lock_goes_to_the_engine(proxy: World) -> None:
    proxy.outside.answers["x.com"] = "127.0.0.1"
    proxy.set(searching(level="off"))
    assert proxy.curl("https://x.com/", STAFF, root=proxy.outside.ca).status == 200
    assert set(proxy.outside.asked) == {"x.com"}


def test_a_twin_that_does_not_answer_is_asked_for_anew(proxy: World) -> None:
    proxy.outside.answers[STRICT] = NOWHERE
    proxy.set(searching(rules=WITH_URL_RULE))
    assert proxy.curl("https://x.com/", STAFF).status == 502
    eventually(lambda: STRICT not in proxy.gate.names._kept)


@pytest.mark.parametrize("read", [False, True], ids=["spliced", "read"])
@pytest.mark.parametrize("before", ["off", "moderate"])
def test_what_is_open_is_cut_when_its_lock_changes(proxy: World, read: bool, before: str) -> None:
    """An idle connection too: its next request would go where the last one went."""
    proxy.outside.answers["x.com"] = "127.0.0.1"
    more: dict[str, Any] = {"rules": WITH_URL_RULE} if read else {}
    proxy.set(searching(level=before, **more))
    with secured(proxy, proxy.root if read else proxy.outside.ca) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: x.com\r\n\r\n")
        assert b"200 OK" in sock.recv(65536)
        link = next(iter(proxy.gate.connections._open.values()))
        again = searching(level=before, **more)
        proxy.published.snapshot = again
        eventually(lambda: link.snapshot is again)  # looked at again, and left alone
        assert proxy.gate.connections.by_id(link.id) is link
        proxy.published.snapshot = searching(**more)
        ended(sock)
    eventually(lambda: len(proxy.gate.connections) == 0)
