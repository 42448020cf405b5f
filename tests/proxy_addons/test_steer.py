"""Splice, inspect, refuse: by the name in the TLS hello, and by CONNECT."""

from __future__ import annotations

import socket
import ssl
from typing import Any

import pytest

from proxy_addons import upstream_address
from proxy_addons.upstream_names import NoAddressError
from tests import builders
from tests.proxy_addons.internet import eventually
from tests.proxy_addons.world import PUPIL, STAFF, STRANGER, VISITOR, World, school


def test_a_client_without_our_certificate_is_closed_never_shown_a_false_one(proxy: World) -> None:
    answer = proxy.curl("https://www.facebook.com/", VISITOR)
    assert answer.code == 35  # the handshake ended; 60 would be a certificate not believed
    (attempt,) = proxy.attempts()
    assert (attempt.layer, attempt.verdict, attempt.role) == ("tls", "block", "visitor")


def test_what_need_not_be_read_is_spliced_with_its_own_certificate(proxy: World) -> None:
    proxy.set(school("10:35"))  # break: staff may, until the bell
    assert proxy.curl("https://x.com/", STAFF).code == 60  # it is not ours
    answer = proxy.curl("https://x.com/home", STAFF, root=proxy.outside.ca)
    assert answer.json["path"] == "/home"
    assert {a.layer for a in proxy.attempts()} == {"tls"}


def test_sanctuary_is_spliced_and_never_recorded(proxy: World) -> None:
    answer = proxy.curl("https://childline.org.uk/", PUPIL, root=proxy.outside.ca)
    assert answer.status == 200
    proxy.curl("http://childline.org.uk/", PUPIL)
    proxy.by_proxy("https://childline.org.uk/", PUPIL, root=proxy.outside.ca)
    proxy.curl("https://x.com/", PUPIL)  # the one that is
    assert {a.host for a in proxy.attempts()} == {"x.com"}


def test_never_inspected_hosts_are_spliced_for_those_with_the_certificate(proxy: World) -> None:
    answer = proxy.curl("https://bank.example/", STAFF, root=proxy.outside.ca)
    assert answer.status == 200


def test_an_allowed_site_without_an_address_gets_a_page(proxy: World) -> None:
    proxy.set(school("10:35"))
    proxy.outside.answers["gone.x.com"] = None
    answer = proxy.curl("https://gone.x.com/", STAFF)
    assert (answer.status, "We cannot find this page" in answer.text) == (502, True)


def test_what_is_answered_for_want_of_an_address_is_never_sent_on(
    proxy: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if the name is back by the first request: it was to pass unread, or not at all."""
    real, calls = upstream_address.of, []

    async def fails_once(*what: Any) -> str:
        calls.append(what)
        if len(calls) == 1:
            raise NoAddressError("gone for a moment")
        return await real(*what)

    monkeypatch.setattr(upstream_address, "of", fails_once)
    proxy.set(school("10:35"))
    assert proxy.curl("https://x.com/", STAFF).status == 502
    assert proxy.outside.seen == []


def test_what_is_never_read_is_not_read_for_want_of_an_address_either(proxy: World) -> None:
    proxy.outside.answers["bank.example"] = proxy.outside.answers["childline.org.uk"] = None
    proxy.gate.names.forget("bank.example")
    proxy.gate.names.forget("childline.org.uk")
    proxy.gate.names._resolver = None  # with what it keeps
    try:
        assert proxy.curl("https://bank.example/", STAFF).code == 35
        assert proxy.curl("https://childline.org.uk/", STAFF).code == 35
    finally:
        proxy.outside.answers.clear()


def test_no_name_no_answer(proxy: World) -> None:
    host, port = proxy.settings.steered_https[0]
    context = ssl.create_default_context(cafile=str(proxy.root))
    context.check_hostname = False
    with socket.create_connection((host, port), source_address=(STAFF, 0)) as plain:
        try:
            context.wrap_socket(plain).close()
        except (ssl.SSLError, ConnectionError) as error:
            refused = error
    assert refused


def test_strangers_are_closed(proxy: World) -> None:
    assert proxy.curl("https://en.wikipedia.org/", STRANGER).code == 35
    assert proxy.curl("http://en.wikipedia.org/", STRANGER).code in (52, 56)
    assert proxy.by_proxy("http://en.wikipedia.org/", STRANGER).code in (52, 56)
    assert proxy.outside.seen == []


def test_a_host_beyond_the_certificate_is_closed(proxy: World) -> None:
    """The snapshot may be ahead of the CA where the root's key is off the box."""
    (proxy.settings.data / "ca" / "root.key").rename(proxy.settings.data / "ca" / "away.key")
    try:
        proxy.set(school(steerable=("facebook.com", "adult.example")))
        assert proxy.curl("https://www.adult.example/", PUPIL).code == 35
        assert proxy.curl("https://www.facebook.com/", PUPIL).status == 403
    finally:
        (proxy.settings.data / "ca" / "away.key").rename(proxy.settings.data / "ca" / "root.key")


def test_the_certificate_grows_with_the_policy_without_a_restart(proxy: World) -> None:
    proxy.set(school(steerable=("facebook.com", "grown.example"), rules=(
        builders.rule("no-grown", "host:grown.example"),)))  # fmt: skip
    answer = eventually(
        lambda: (a := proxy.curl("https://www.grown.example/", PUPIL)).status == 403 and a, 10
    )
    assert "closed" in answer.text


def test_tls_to_the_plain_port_is_closed(proxy: World) -> None:
    host, port = proxy.settings.steered_http[0]
    to = ("--connect-to", f"::{host}:{port}")
    assert proxy.curl("https://x.com/", STAFF, *to).code == 35


def test_a_tunnel_is_decided_like_a_steered_connection(proxy: World) -> None:
    assert proxy.by_proxy("https://www.facebook.com/", PUPIL).status == 403
    assert proxy.by_proxy("https://en.wikipedia.org/wiki/Bell").json["path"] == "/wiki/Bell"
    assert proxy.by_proxy("https://en.wikipedia.org/w?action=edit").status == 403
    refused = proxy.by_proxy("https://www.facebook.com/", VISITOR)
    assert (refused.code, refused.status) == (56, 0)  # CONNECT answered 403
    assert {a.layer for a in proxy.attempts()} <= {"http", "tls"}


def test_a_tunnel_to_one_host_carries_no_other(proxy: World) -> None:
    to = ("--connect-to", "www.facebook.com:443:en.wikipedia.org:443")
    assert proxy.by_proxy("https://www.facebook.com/", STAFF, *to).code == 35
    inside = ("-H", "Host: www.facebook.com")
    assert proxy.by_proxy("https://en.wikipedia.org/", STAFF, *inside).status == 421
    assert proxy.outside.seen == []


def test_a_tunnel_goes_to_web_ports_only(proxy: World) -> None:
    for port in (22, 25, 53, 8443):
        assert proxy.by_proxy(f"https://en.wikipedia.org:{port}/").code == 56
    assert proxy.outside.seen == []


def test_plain_requests_through_the_explicit_proxy(proxy: World) -> None:
    assert proxy.by_proxy("http://www.facebook.com/", PUPIL).status == 403
    assert proxy.by_proxy("http://en.wikipedia.org/wiki/Bell").json["path"] == "/wiki/Bell"
    other = ("-H", "Host: www.facebook.com")
    assert proxy.by_proxy("http://en.wikipedia.org/", STAFF, *other).status == 421
    assert proxy.by_proxy("http://en.wikipedia.org:25/").status == 421


def test_plain_http_inside_a_tunnel_is_decided_too(proxy: World) -> None:
    assert proxy.by_proxy("http://en.wikipedia.org/w", STAFF, "--proxytunnel").status == 200
    assert proxy.by_proxy("http://x.com/", PUPIL, "--proxytunnel").status == 403
