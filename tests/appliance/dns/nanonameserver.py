"""A very small authoritative server on loopback that can be told to misbehave."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator

from dnslib import QTYPE, RCODE, RR, DNSRecord

Lie = Callable[[bytes], bytes]

ZONE = [
    "www.example.com. 300 A 192.0.2.1",
    "short.example.com. 1 A 192.0.2.2",
    "facebook.com. 300 A 192.0.2.66",
    "x.com. 300 A 192.0.2.67",
    "cloaked.example.com. 300 CNAME www.x.com.",
    "www.x.com. 300 A 192.0.2.67",
    "hidden.example.com. 300 HTTPS 1 www.x.com. alpn=h2",
    "cloaked.childline.org.uk. 300 CNAME www.x.com.",
    "rebind.example.com. 300 A 192.168.0.1",
    "rebind6.example.com. 300 AAAA fd00::1",
    "ours.example.com. 300 A 203.0.113.80",
    "printer.school.example. 300 A 192.168.0.9",
    *[f"big.example.com. 300 TXT {'x' * 200}{i}" for i in range(9)],
]


class NanoNameServer:
    """Answers from ``zone`` (zone-file lines) over UDP and TCP; counts what it is asked."""

    def __init__(self) -> None:
        self.zone: list[str] = []
        self.rcode = "NOERROR"
        self.dead = False
        self.delay = 0.0
        self.truncates = False
        self.lies: list[Lie] = []  # each is sent over UDP before the truth
        self.truthful = True
        self.elsewhere = False  # the truth comes from another port
        self.loses_case = False
        self.asked: list[bytes] = []
        self.asked_by_tcp = 0
        self._udp, self._tcp = same_port()
        self._tcp.listen(16)
        self.address: tuple[str, int] = self._udp.getsockname()
        self._closing = False
        self._threads = [threading.Thread(target=t) for t in (self._serve_udp, self._serve_tcp)]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Stop both threads."""
        self._closing = True
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as poke:
            poke.sendto(b"", self.address)
        with contextlib.suppress(OSError), socket.create_connection(self.address, 1):
            pass
        for thread in self._threads:
            thread.join()
        self._udp.close()
        self._tcp.close()

    def truth(self, packet: bytes) -> DNSRecord:
        """Return the answer that the zone has."""
        query = DNSRecord.parse(packet)
        reply = query.reply(ra=1, aa=0)
        reply.header.rcode = getattr(RCODE, self.rcode)
        self._look_up(reply, str(query.q.qname).lower(), query.q.qtype)
        if not reply.rr and self.rcode in ("NOERROR", "NXDOMAIN"):
            reply.add_auth(*RR.fromZone(". 60 SOA ns. host. 1 2 3 4 60"))
        return reply

    def _look_up(self, reply: DNSRecord, name: str, qtype: int) -> None:
        for record in RR.fromZone("\n".join(self.zone)):
            if str(record.rname).lower() != name:
                continue
            if record.rtype == qtype:
                reply.add_answer(record)
            elif record.rtype == QTYPE.CNAME:
                reply.add_answer(record)
                self._look_up(reply, str(record.rdata.label).lower(), qtype)

    def _serve_udp(self) -> None:
        while True:
            packet, client = self._udp.recvfrom(4096)
            if self._closing:
                return
            self.asked.append(packet)
            if self.dead:
                continue
            if self.delay:
                time.sleep(self.delay)
            for lie in self.lies:
                self._udp.sendto(lie(self._message(packet)), client)
            if self.elsewhere:
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
                    other.bind(("127.0.0.1", 0))
                    other.sendto(self._message(packet), client)
            elif self.truthful:
                self._udp.sendto(self._message(packet), client)

    def _message(self, packet: bytes) -> bytes:
        reply = self.truth(packet)
        if self.truncates:
            reply.rr, reply.header.tc = [], 1
        message = bytearray(reply.pack())
        end = 12 + packet[12:].index(b"\0") + 5
        question = packet[12:end]
        message[12:end] = question[:-4].lower() + question[-4:] if self.loses_case else question
        return bytes(message)

    def _serve_tcp(self) -> None:
        while True:
            connection, _ = self._tcp.accept()
            with connection:
                if self._closing:
                    return
                if self.dead:
                    continue
                connection.settimeout(2)
                size = struct.unpack("!H", connection.recv(2))[0]
                packet = connection.recv(size)
                self.asked_by_tcp += 1
                message = bytearray(self.truth(packet).pack())
                end = 12 + packet[12:].index(b"\0") + 5
                message[12:end] = packet[12:end]
                connection.sendall(struct.pack("!H", len(message)) + message)


def same_port() -> tuple[socket.socket, socket.socket]:
    """Return a UDP and a TCP socket on one free port of 127.0.0.1."""
    for _ in range(50):
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        udp.bind(("127.0.0.1", 0))
        try:
            tcp.bind(udp.getsockname())
        except OSError:  # taken over TCP by somebody else
            udp.close()
            tcp.close()
        else:
            return udp, tcp
    raise OSError("no port is free")


@contextlib.contextmanager
def nanonameserver() -> Iterator[NanoNameServer]:
    """Run one."""
    server = NanoNameServer()
    try:
        yield server
    finally:
        server.close()
