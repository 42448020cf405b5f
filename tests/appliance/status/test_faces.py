"""The probes against real sockets: right answers, wrong ones, none at all."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from dnslib import CLASS, QTYPE, RCODE, RR, TXT, DNSRecord

from appliance.status import faces
from appliance.status.checks import Check, Level, healthy, worst

Endpoint = tuple[str, int]
Reply = Callable[[DNSRecord], bytes]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faces, "PATIENCE", 0.3)


@pytest.fixture
def nameserver() -> Iterator[Callable[[Reply], Endpoint]]:
    """Return a function that answers one DNS query on a free port as it is told to."""
    sockets, threads = [], []

    def serve(reply: Reply) -> Endpoint:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(5)

        def answer() -> None:
            data, client = sock.recvfrom(4096)
            sock.sendto(reply(DNSRecord.parse(data)), client)

        thread = threading.Thread(target=answer)
        thread.start()
        sockets.append(sock)
        threads.append(thread)
        where = sock.getsockname()
        return str(where[0]), int(where[1])

    yield serve
    for thread in threads:
        thread.join(5)
    for sock in sockets:
        sock.close()


def told(query: DNSRecord) -> DNSRecord:
    reply = query.reply()
    reply.add_answer(RR(str(query.q.qname), QTYPE.TXT, CLASS.CH, rdata=TXT("7")))
    return reply


def refused(query: DNSRecord) -> bytes:
    reply = query.reply()
    reply.header.rcode = RCODE.REFUSED
    return bytes(reply.pack())


def other_id(query: DNSRecord) -> bytes:
    reply = told(query)
    reply.header.id ^= 1
    return bytes(reply.pack())


def test_dns_that_answers_names_its_snapshot(nameserver: Callable[[Reply], Endpoint]) -> None:
    check = faces.dns(nameserver(lambda query: bytes(told(query).pack())))
    assert check.level is Level.GOOD
    assert dict(check.facts) == {"snapshot": 7}


@pytest.mark.parametrize(
    ("reply", "words"),
    [(refused, "REFUSED"), (other_id, "another question"), (lambda _: b"\0\1", "does not answer")],
)
def test_dns_that_answers_wrongly_is_red(
    nameserver: Callable[[Reply], Endpoint], reply: Reply, words: str
) -> None:
    check = faces.dns(nameserver(reply))
    assert check.level is Level.RED
    assert words in check.words


def test_dns_that_says_nothing_is_red() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        assert "no answer in time" in faces.dns(deaf.getsockname()).words
        port = deaf.getsockname()[1]
    assert faces.dns(("127.0.0.1", port)).level is Level.RED


@pytest.fixture
def webserver() -> Iterator[Callable[[int, bytes], Endpoint]]:
    """Return a function that serves a status and body on a free port."""
    servers: list[HTTPServer] = []

    def serve(status: int, body: bytes) -> Endpoint:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = self.path, self.headers["Host"]
                known = asked == ("http://bellgate.internal/health", "bellgate.internal")
                self.send_response(status if known or self.path == "/" else 404)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.02,)).start()
        servers.append(server)
        return "127.0.0.1", server.server_port

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("body", "level"),
    [
        ({"snapshot": 7, "state": "current"}, Level.GOOD),
        ({"snapshot": 6, "state": "last_good"}, Level.AMBER),
        ({"snapshot": 0, "state": "closed"}, Level.RED),
        ({"snapshot": "many", "state": "current"}, Level.RED),
        ({}, Level.RED),
        ([], Level.RED),
    ],
)
def test_the_proxy(webserver: Callable[[int, bytes], Endpoint], body: object, level: Level) -> None:
    check = faces.proxy(webserver(200, json.dumps(body).encode()))
    assert check.level is level


def test_a_proxy_that_is_not_there_or_speaks_otherwise_is_red(
    webserver: Callable[[int, bytes], Endpoint],
) -> None:
    assert faces.proxy(webserver(200, b"<html>")).level is Level.RED
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        assert "refused" in faces.proxy(closed.getsockname()).words


def test_the_admin_ui_is_never_red(webserver: Callable[[int, bytes], Endpoint]) -> None:
    """The filter works on without it."""
    assert faces.web(webserver(200, b"")).level is Level.GOOD
    assert faces.web(webserver(500, b"")).level is Level.AMBER
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        assert faces.web(closed.getsockname()).level is Level.AMBER


def test_only_red_is_a_fault() -> None:
    good, note = Check("a", Level.GOOD, ""), Check("b", Level.NOTE, "")
    amber, red = Check("c", Level.AMBER, ""), Check("d", Level.RED, "")
    assert healthy([good, note])
    assert healthy([good, amber])
    assert not healthy([amber, red])
    assert worst([good, red, amber]) is Level.RED
    assert worst([]) is Level.GOOD


def failing(query: DNSRecord) -> bytes:
    reply = query.reply()
    reply.header.rcode = RCODE.SERVFAIL
    return bytes(reply.pack())


def test_a_resolver_that_answers_is_enough(nameserver: Callable[[Reply], Endpoint]) -> None:
    asked: list[DNSRecord] = []

    def answer(query: DNSRecord) -> bytes:
        asked.append(query)
        return bytes(query.reply().pack())

    check = faces.upstream([nameserver(failing), nameserver(answer)])
    assert check.level is Level.GOOD
    assert (str(asked[0].q.qname), asked[0].header.rd) == (".", 1)


def test_resolvers_that_are_down_are_amber_and_named(
    nameserver: Callable[[Reply], Endpoint],
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        check = faces.upstream([nameserver(failing), deaf.getsockname()])
        assert check.level is Level.AMBER
        assert f"port {deaf.getsockname()[1]}: no answer in time" in check.words
    assert "SERVFAIL" in check.words
    assert faces.upstream([]).level is Level.AMBER
