"""The upstream resolver of the tests: answers for the little internet, and nothing else."""

from __future__ import annotations

import socket
import socketserver
import threading
from typing import Any

from dnslib import AAAA, EDNS0, QTYPE, RD, RR, SOA, A, DNSError, DNSRecord

from tests.e2e import names

HTTPS = 65
# RFC 9460: priority 1, target ".", alpn=h3: what an origin says that wants QUIC.
H3 = bytes.fromhex("0001 00 0001 0003 02 6833".replace(" ", ""))


def answer(wire: bytes) -> bytes:
    """Return the answer to a query."""
    query = DNSRecord.parse(wire)
    name = str(query.q.qname).rstrip(".")
    if f".{name.lower()}".endswith(names.TUNNEL):
        return passed_on(wire)
    reply = query.reply(ra=1, aa=0)
    known, ttl = names.of(name.lower()), names.ttl(name.lower())
    if known is None:
        reply.header.rcode = 3
        soa = SOA("ns.invalid.", "hostmaster.invalid.", (1, 3600, 600, 86400, 60))
        reply.add_auth(RR("invalid.", QTYPE.SOA, ttl=60, rdata=soa))
    elif query.q.qtype == QTYPE.A:
        reply.add_answer(RR(query.q.qname, QTYPE.A, ttl=ttl, rdata=A(known[0])))
    elif query.q.qtype == QTYPE.AAAA and name.lower() not in names.WITHOUT_IPV6:
        reply.add_answer(RR(query.q.qname, QTYPE.AAAA, ttl=ttl, rdata=AAAA(known[1])))
    elif query.q.qtype == HTTPS:
        reply.add_answer(RR(query.q.qname, HTTPS, ttl=ttl, rdata=RD(H3)))
    if any(rr.rtype == QTYPE.OPT for rr in query.ar):
        reply.add_ar(EDNS0(udp_len=1232))
    return bytes(reply.pack())


def passed_on(wire: bytes) -> bytes:
    """Return what the tunnel's own server says, as a resolver fetches it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(5.0)
        sock.sendto(wire, (names.ABROAD["tunnel.example.net"][0], 53))
        return sock.recv(65535)


class Datagram(socketserver.BaseRequestHandler):
    """One UDP query."""

    def handle(self) -> None:
        """Answer; what is no DNS message gets silence."""
        wire, sock = self.request
        try:
            sock.sendto(answer(wire), self.client_address)
        except (DNSError, TimeoutError, ConnectionError):
            return


class Stream(socketserver.StreamRequestHandler):
    """One TCP connection: two octets of length before each message (RFC 7766)."""

    def handle(self) -> None:
        """Answer until the client leaves."""
        while head := self.rfile.read(2):
            reply = answer(self.rfile.read(int.from_bytes(head)))
            self.wfile.write(len(reply).to_bytes(2) + reply)


def serve() -> list[socketserver.BaseServer]:
    """Answer on the addresses of the upstream resolver, in threads."""
    servers: list[socketserver.BaseServer] = []
    for address in (names.DNS4, names.DNS6):
        family = _Six if ":" in address else _Four
        servers.append(type("Udp", (family, socketserver.ThreadingUDPServer), {})(
            (address, 53), Datagram))  # fmt: skip
        servers.append(type("Tcp", (family, socketserver.ThreadingTCPServer), {})(
            (address, 53), Stream))  # fmt: skip
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    return servers


class _Four:
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64


class _Six(_Four):
    address_family: Any = socket.AF_INET6


if __name__ == "__main__":
    serve()
    print("ready", flush=True)
    threading.Event().wait()
