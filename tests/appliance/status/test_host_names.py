"""Names of addresses, from a real resolver on loopback that answers some, and slowly."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
from dnslib import PTR, QTYPE, RR, DNSRecord

from appliance.status import host_names

KNOWN = {"7.0.1.10.in-addr.arpa.": "ipad-7.school.internal", "8.0.1.10.in-addr.arpa.": "x"}


@pytest.fixture
def resolver() -> Iterator[tuple[str, int]]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))

        def serve() -> None:
            while True:
                data, who = sock.recvfrom(4096)
                if data == b"stop":
                    return
                query = DNSRecord.parse(data)
                name = str(query.q.qname)
                if name not in KNOWN:
                    continue  # never answers
                reply = query.reply()
                reply.add_answer(RR(name, QTYPE.PTR, rdata=PTR(KNOWN[name])))
                sock.sendto(b"rubbish", who)
                sock.sendto(reply.pack(), who)

        thread = threading.Thread(target=serve)
        thread.start()
        yield sock.getsockname()
        sock.sendto(b"stop", sock.getsockname())
        thread.join(5)


def test_what_answers_has_a_name(resolver: tuple[str, int]) -> None:
    asked = ["10.1.0.7", "10.1.0.8", "10.1.0.9", "no address", "fe80::1"]
    found = host_names.of(asked, [resolver], 0.5)
    assert found == {"10.1.0.7": "ipad-7.school.internal", "10.1.0.8": "x"}


def test_nobody_to_ask_is_no_name() -> None:
    assert host_names.of(["10.1.0.7"], []) == {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        nobody = sock.getsockname()
    assert host_names.of(["10.1.0.7"], [nobody], 0.2) == {}
