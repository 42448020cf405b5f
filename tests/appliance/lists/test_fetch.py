"""Fetching from real servers, good and malicious: what is kept, and what is said."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.lists.body import Body, FetchError, Known, Limits
from appliance.lists.fetch import fetch
from appliance.lists.formats import Format
from tests.appliance.lists.list_server import ListServer, Request, bomb, certificate, serving

QUICK = Limits(size=1_000_000, seconds=20, quiet=5, room=0)


@pytest.fixture
def server() -> Iterator[ListServer]:
    with serving() as running:
        yield running


def fetched(server: ListServer, into: Path, limits: Limits = QUICK, **more: object) -> Body:
    body = fetch(server.url, Format.DOMAINS, into, limits=limits, **more)  # type: ignore[arg-type]
    assert body is not None
    return body


def refused(server: ListServer, into: Path, limits: Limits = QUICK, **more: object) -> str:
    with pytest.raises(FetchError) as caught:
        fetch(server.url, Format.DOMAINS, into, limits=limits, **more)  # type: ignore[arg-type]
    return str(caught.value)


def test_a_list_is_fetched_with_what_its_source_says_of_it(
    server: ListServer, tmp_path: Path
) -> None:
    when = "Wed, 18 Nov 2026 10:00:00 GMT"
    server.text("a.example\n", ETag='"one"', Last_Modified=when)
    told: list[tuple[int, int | None]] = []
    body = fetched(server, tmp_path, progress=lambda done, total: told.append((done, total)))
    assert body.path.read_text() == "a.example\n"
    assert (body.size, body.etag, body.modified) == (10, '"one"', when)
    assert told[-1] == (10, 10)
    asked = {name.lower() for name in server.asked[0]}
    assert not asked & {"if-none-match", "if-modified-since", "cookie", "authorization"}


def test_what_is_known_already_is_not_sent_again(server: ListServer, tmp_path: Path) -> None:
    server.answer = lambda request: request.head(304)
    known = Known(etag='"one"', modified="Wed, 18 Nov 2026 10:00:00 GMT")
    assert fetch(server.url, Format.DOMAINS, tmp_path, known=known, limits=QUICK) is None
    assert server.asked[0]["If-None-Match"] == '"one"'
    assert server.asked[0]["If-Modified-Since"] == known.modified
    assert list(tmp_path.iterdir()) == []
    assert "304" in refused(server, tmp_path), "nobody asked for that"


def test_a_packed_body_is_unpacked(server: ListServer, tmp_path: Path) -> None:
    text = "".join(f"n{i}.example\n" for i in range(50_000)).encode()
    packed = gzip.compress(text[:300_000]) + gzip.compress(text[300_000:])

    def answer(request: Request) -> None:
        request.head(Content_Encoding="gzip", Content_Length=str(len(packed)))
        request.wfile.write(packed)

    server.answer = answer
    assert fetched(server, tmp_path).path.read_bytes() == text


@pytest.mark.parametrize(
    ("packed", "words"),
    [
        (bomb(64), "too big"),
        (gzip.compress(b"a.example\n" * 2000)[:-30], "broke off"),
        (b"no gzip at all", "damaged"),
    ],
    ids=["bomb", "half", "damaged"],
)
def test_a_packed_body_that_harms_is_refused(
    server: ListServer, tmp_path: Path, packed: bytes, words: str
) -> None:
    def answer(request: Request) -> None:
        request.head(Content_Encoding="gzip", Content_Length=str(len(packed)))
        request.wfile.write(packed)

    server.answer = answer
    assert words in refused(server, tmp_path)
    left = tmp_path / "body"
    assert not left.exists() or left.stat().st_size <= QUICK.size


@pytest.mark.parametrize(
    ("content_type", "body", "words"),
    [
        ("text/html; charset=utf-8", "a.example\n", "text/html"),
        ("text/plain", "\n <!DOCTYPE html><title>Sign in</title>", "web page"),
        ("application/octet-stream", "\ufeff<html>", "web page"),
        ("image/png", "a.example\n", "image/png"),
        ("application/json", "[]", "application/json"),
        ("text/plain", '{"error": "gone"}', "JSON"),
        ("text/plain", "a.example\0b.example", "no text"),
        ("text/plain", "", "empty"),
    ],
)
def test_what_is_no_list_is_refused(
    server: ListServer, tmp_path: Path, content_type: str, body: str, words: str
) -> None:
    server.text(body, content_type=content_type)
    assert words in refused(server, tmp_path)


def test_a_page_that_comes_in_crumbs_is_still_a_page(server: ListServer, tmp_path: Path) -> None:
    def answer(request: Request) -> None:
        request.head(Content_Type="text/plain")
        for crumb in ("<", "!doc", "type", " html>"):
            request.wfile.write(crumb.encode())
            request.wfile.flush()
            time.sleep(0.02)

    server.answer = answer
    assert "web page" in refused(server, tmp_path)


@pytest.mark.parametrize("told", [True, False], ids=["says so", "does not say"])
def test_a_huge_body_is_cut_off(server: ListServer, tmp_path: Path, told: bool) -> None:
    def answer(request: Request) -> None:
        request.head(**({"Content_Length": "900000000"} if told else {}))
        for _ in range(10_000):
            request.wfile.write(b"x.example\n" * 1000)

    server.answer = answer
    assert "too big" in refused(server, tmp_path)
    left = tmp_path / "body"
    assert not left.exists() or left.stat().st_size <= QUICK.size


def test_half_a_body_is_no_body(server: ListServer, tmp_path: Path) -> None:
    def answer(request: Request) -> None:
        request.head(Content_Length="1000")
        request.wfile.write(b"a.example\n")

    server.answer = answer
    assert "broke off" in refused(server, tmp_path)


def test_half_a_chunk_is_no_body(server: ListServer, tmp_path: Path) -> None:
    def answer(request: Request) -> None:
        request.head(Transfer_Encoding="chunked")
        request.wfile.write(b"3e8\r\na.example\n")

    server.answer = answer
    assert "broke off" in refused(server, tmp_path)


def _drip(request: Request, *, headers: bool) -> None:
    """One octet now and then, without end: no socket ever times out."""
    if headers:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
    else:
        request.head()
    for _ in range(2000):
        request.wfile.write(b"a")
        request.wfile.flush()
        time.sleep(0.01)


@pytest.mark.parametrize("headers", [True, False], ids=["headers", "body"])
def test_a_source_that_drips_is_given_up(server: ListServer, tmp_path: Path, headers: bool) -> None:
    server.answer = lambda request: _drip(request, headers=headers)
    limits = Limits(size=1_000_000, seconds=0.4, quiet=5, room=0)
    assert "longer than 0.4 seconds" in refused(server, tmp_path, limits)


def test_a_source_that_says_nothing_is_given_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        with pytest.raises(FetchError, match="in time"):
            fetch(url, Format.DOMAINS, tmp_path, limits=Limits(quiet=0.2, room=0))


def test_where_nobody_answers(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
    with pytest.raises(FetchError, match="Nobody answers"):
        fetch(url, Format.DOMAINS, tmp_path, limits=QUICK)


@pytest.mark.parametrize("status", [403, 404, 429, 500, 206, 204])
def test_any_other_status_is_said(server: ListServer, tmp_path: Path, status: int) -> None:
    server.answer = lambda request: request.head(status, Content_Length="0")
    assert str(status) in refused(server, tmp_path)


@pytest.mark.parametrize(
    "location",
    ["http://127.0.0.1:1/x", "/elsewhere", "file:///etc/passwd", "https://", "https://[", "",
     "https://user:word@127.0.0.1/"],
)  # fmt: skip
def test_a_redirect_without_https_is_not_followed(
    server: ListServer, tmp_path: Path, location: str
) -> None:
    server.answer = lambda request: request.head(302, Location=location, Content_Length="0")
    assert "redirected" in refused(server, tmp_path)
    assert len(server.asked) == 1


def test_a_redirect_to_https_is_followed(server: ListServer, tmp_path: Path) -> None:
    pem = certificate(tmp_path)
    into = tmp_path / "into"
    into.mkdir()
    with serving("https", pem) as secure:
        server.answer = lambda request: request.head(301, Location=secure.url, Content_Length="0")
        assert fetched(server, into, trust=pem).path.read_text() == "one.example\n"
        secure.answer = lambda request: request.head(307, Location="/list.txt")
        assert "more than 5 times" in refused(server, into, trust=pem)


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    with serving("https", certificate(tmp_path)) as secure:
        assert "certificate" in refused(secure, tmp_path)
        assert secure.asked == []


def test_proxies_of_the_environment_count_for_nothing(
    server: ListServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        fetched(server, tmp_path)
        assert proxy.asked == []
        (tmp_path / "body").unlink()
        proxy.text("by.proxy.example\n")
        body = fetched(server, tmp_path, proxy=proxy.url)
        assert body.path.read_text() == "by.proxy.example\n"


def test_a_full_disk_is_said(
    server: ListServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "no room" in refused(server, tmp_path, Limits(room=1 << 60))


def test_a_mark_that_no_header_can_carry_is_not_kept(server: ListServer, tmp_path: Path) -> None:
    server.text("a.example\n", ETag='"' + "x" * 500 + '"')
    assert fetched(server, tmp_path).etag == ""


def test_whoever_watches_may_end_it(server: ListServer, tmp_path: Path) -> None:
    class EnoughError(Exception):
        pass

    def enough(done: int, total: int | None) -> None:
        raise EnoughError

    with pytest.raises(EnoughError):
        fetch(server.url, Format.DOMAINS, tmp_path, limits=QUICK, progress=enough)
    timers = [one for one in threading.enumerate() if isinstance(one, threading.Timer)]
    for timer in timers:
        timer.join(QUICK.seconds / 2)  # one that was called off ends at once
    assert not any(timer.is_alive() for timer in timers)
