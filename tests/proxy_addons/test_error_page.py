"""Errors that are nobody's decision are told in words that can be read."""

from __future__ import annotations

import pytest

from proxy_addons import error_page
from tests import builders
from tests.proxy_addons.world import STAFF, World, school

URL = "https://en.wikipedia.org/wiki/Bell"


@pytest.mark.parametrize(
    ("message", "trouble"),
    [
        ("Certificate verify failed: self-signed certificate", error_page.UNSAFE),
        ("Certificate verify failed: hostname mismatch", error_page.UNSAFE),
        ("[Errno 111] Connect call failed ('192.0.2.1', 443)", error_page.UNREACHABLE),
        ("server closed connection", error_page.UNREACHABLE),
        ("HTTP request has no host header, destination unknown.", error_page.UNREADABLE),
    ],
)
def test_what_mitmproxy_says_is_understood(message: str, trouble: error_page.Trouble) -> None:
    assert error_page.of(message) is trouble


def test_a_detail_cannot_write_into_the_page() -> None:
    page = error_page.render(error_page.BROKEN, builders.contents(), "<script>alert(1)</script>")
    assert b"<script" not in page


def test_the_page_of_a_failing_gate_needs_nothing() -> None:
    assert b"The gate is stuck" in error_page.static(error_page.BROKEN)


def test_a_certificate_that_is_not_the_sites_is_not_passed_on(proxy: World) -> None:
    """The origin's certificate is good for other names only."""
    wide = school(steerable=("unknown.test",), rules=(
        builders.rule("look", "url:www.unknown.test/x"),))  # fmt: skip
    proxy.set(wide)
    from tests.proxy_addons.internet import eventually

    eventually(lambda: proxy.gate.certificates.covers("unknown.test"), 10)
    answer = proxy.curl("https://www.unknown.test/")
    assert answer.status == 502
    assert "This page is not safe" in answer.text
    assert "hostname mismatch" in answer.text.lower()
    assert proxy.outside.seen == []


def test_a_name_that_is_nowhere_gets_a_page(proxy: World) -> None:
    proxy.outside.answers["gone.wikipedia.org"] = None
    answer = proxy.curl("https://gone.wikipedia.org/")
    assert answer.status == 502
    assert "We cannot find this page" in answer.text


def test_a_site_that_does_not_answer_gets_a_page(proxy: World) -> None:
    proxy.outside.answers["down.wikipedia.org"] = "127.255.255.254"
    answer = proxy.curl("https://down.wikipedia.org/", STAFF)
    assert answer.status == 502
    assert "This page is not answering" in answer.text
    assert "Little School" in answer.text


def test_it_is_told_when_mitmproxy_has_moved_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(error_page._http2, "format_error")
    with pytest.raises(RuntimeError, match="has no format_error"):
        error_page.install(builders.contents)
