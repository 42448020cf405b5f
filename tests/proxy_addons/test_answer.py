"""Our own answers are what mitmproxy would have made of them."""

from __future__ import annotations

from mitmproxy import http

from proxy_addons.answer import answer, fields


def test_an_answer_is_like_mitmproxys_own() -> None:
    headers = {"content-type": "text/plain", "cache-control": "no-store"}
    ours = answer(403, fields(headers), b"closed")
    theirs = http.Response.make(403, b"closed", headers)
    assert ours.headers.fields == theirs.headers.fields
    assert (ours.status_code, ours.reason, ours.content) == (403, theirs.reason, b"closed")
    assert ours.http_version == theirs.http_version


def test_an_empty_body_has_a_length_too() -> None:
    assert answer(421, (), b"").headers["content-length"] == "0"
