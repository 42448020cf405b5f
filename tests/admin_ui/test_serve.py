"""The server: what it takes, what it refuses, and whom slow or greedy clients hold up."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests
from flask import Flask, request

from admin_ui import connection, limits
from admin_ui.app import create_app
from admin_ui.serve import THREADS, serve
from admin_ui.settings import WebSettings
from tests.admin_ui.live import Site, served
from tests.admin_ui.test_pages import published
from tests.e2e.waiting import until


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    published(tmp_path)
    made = create_app(WebSettings(data=tmp_path))
    made.config["WTF_CSRF_ENABLED"] = False
    return made


@pytest.fixture
def site(app: Flask) -> Iterator[Site]:
    with served(app) as running:
        yield running


def raw(site: Site) -> socket.socket:
    return socket.create_connection((site.host, site.port), timeout=20)


def answer(client: socket.socket) -> bytes:
    """Return all that comes until the server closes."""
    found = b""
    try:
        while part := client.recv(65536):
            found += part
    except ConnectionResetError:
        pass
    return found


def asked(site: Site) -> bytes:
    """Ask for a page over a connection of its own; empty where there is no place for it."""
    with raw(site) as client:
        try:
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        except OSError:
            return b""
        return answer(client)


def test_pages_come_and_the_connection_is_kept(site: Site) -> None:
    with requests.Session() as session:
        first = session.get(site.url("/"))
        assert first.status_code == 200
        assert first.headers["Server"] == "Bellgate"
        assert first.headers["Content-Encoding"] == "gzip"
        assert first.raw.version == 11
        assert session.get(site.url("/ca")).status_code == 200
    kept = http.client.HTTPConnection(site.host, site.port, timeout=10)
    with closing(kept):  # two requests, one connection
        places = []
        for _ in range(2):
            kept.request("GET", "/proxy.pac")
            reply = kept.getresponse()
            assert (reply.status, reply.version) == (404, 11)
            reply.read()
            places.append(kept.sock.getsockname())
        assert places[0] == places[1]


def test_clients_that_say_nothing_hold_nobody_up(site: Site) -> None:
    silent = [raw(site) for _ in range(connection.EACH - 2)]  # all that one address may hold
    try:
        assert requests.get(site.url("/"), timeout=5).status_code == 200
    finally:
        for client in silent:
            client.close()


def test_half_sent_forms_of_one_address_leave_threads_for_others() -> None:
    assert connection.EACH < THREADS


def test_an_address_has_only_so_many_connections(site: Site) -> None:
    clients = [raw(site) for _ in range(connection.EACH)]
    try:
        with raw(site) as one_more:
            assert answer(one_more) == b""
    finally:
        for client in clients:
            client.close()
    until(lambda: asked(site).startswith(b"HTTP/1.1 200"), "the places are free again")


def test_half_a_request_ends_at_its_deadline(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often a byte comes: the deadline is for all of the head together."""
    monkeypatch.setattr(connection, "HEAD", 1.0)
    with raw(site) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        client.settimeout(0.1)
        found, sent = b"", 0
        while sent < 200:
            try:
                part = client.recv(1024)
            except TimeoutError:
                client.sendall(b"a")
                sent += 1
                continue
            found += part
            if not part:
                break
    assert found.startswith(b"HTTP/1.1 408")


def test_half_a_body_ends_at_its_deadline(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "BODY", 0.5)
    with raw(site) as client:
        client.sendall(
            b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n\r\na=b"
        )
        assert b" 200 " not in answer(client).partition(b"\r\n")[0]


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /" + b"a" * 40000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"414"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 40000 + b"\r\n\r\n", b"413"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", b"413"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: pear\r\n\r\n", b"400"),
        (b"GET / HTTP/9.1\r\nHost: x\r\n\r\n", b"505"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"400"),
    ],
)
def test_what_is_too_large_or_no_http_is_refused(site: Site, head: bytes, status: bytes) -> None:
    with raw(site) as client:
        client.sendall(head)
        assert answer(client).split(b" ")[1] == status


def test_a_body_over_the_limit_is_told_so(site: Site) -> None:
    """Refused before it is read, and the client still reads why."""
    told = requests.post(site.url("/"), data=b"a" * (limits.UPLOAD + (1 << 20)), timeout=10)
    assert told.status_code == 413


@pytest.fixture
def taking(app: Flask) -> Flask:
    """The application with a page that takes a form, and one that takes a file."""

    def size() -> str:
        return str(len(request.get_data()))

    def upload() -> str:
        return size()

    app.add_url_rule("/form", "pages.form", size, methods=["POST"])
    app.add_url_rule("/upload", "pages.upload", limits.takes_files(upload), methods=["POST"])
    app.before_request_funcs[None] = [
        check
        for check in app.before_request_funcs[None]
        if check.__module__ != "admin_ui.doorkeeper"
    ]
    return app


@pytest.mark.parametrize(
    ("path", "length", "status"),
    [
        ("/form", limits.ORDINARY, 200), ("/form", limits.ORDINARY + 1, 413),
        ("/upload", limits.UPLOAD, 200), ("/upload", limits.UPLOAD + 1, 413),
    ],
)  # fmt: skip
def test_only_uploads_may_be_large(taking: Flask, path: str, length: int, status: int) -> None:
    with served(taking) as site:
        told = requests.post(site.url(path), data=b"a" * length, timeout=20)
    assert told.status_code == status
    assert told.text == str(length) or status == 413


def test_a_body_of_no_said_length_is_refused(site: Site) -> None:
    told = requests.post(site.url("/"), data=iter([b"a" * 10]), timeout=10)
    assert told.status_code == 411


def test_a_client_that_asks_too_often_is_told_to_wait(app: Flask) -> None:
    app.config[limits.RATED] = True
    with served(app) as site, requests.Session() as session:
        seen = {session.get(site.url("/proxy.pac")).status_code for _ in range(90)}
        assert seen == {404, 429}
        assert session.get(site.url("/static/bellgate.svg")).status_code == 200


def test_the_log_holds_no_query_and_no_cookie(
    site: Site, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        requests.get(site.url("/?token=s3cret"), cookies={"bellgate": "s3cret"}, timeout=5)
        with raw(site) as client:
            client.sendall(b"s3cret\r\n\r\n")
            answer(client)
    said = capfd.readouterr()
    assert "s3cret" not in said.out + said.err + caplog.text


# cheroot leaves the socket that it could not bind to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_address_that_is_taken_is_said(site: Site, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="in use"):
        serve(WebSettings(data=tmp_path, listen=(site.host, site.port)))
