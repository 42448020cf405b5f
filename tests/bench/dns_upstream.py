"""A cheap upstream for benchmarks: one address for every A and AAAA, no data for the rest.

``python -m tests.bench.dns_upstream PORT``. It uses the batches of the DNS face, so that
it is never what holds a server up.
"""

from __future__ import annotations

import ctypes
import select
import socket
import struct
import sys

from appliance.dns.batch import KernelBatch, where
from appliance.dns.wire import name_to_wire

ADDRESS = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 3600, 4) + bytes((198, 51, 100, 7))
ADDRESS6 = b"\xc0\x0c" + struct.pack("!HHIH", 28, 1, 3600, 16) + b"\x20\x01\x0d\xb8" * 4
SOA_DATA = name_to_wire("ns.example") + name_to_wire("host.example") + b"\0\0\x0e\x10" * 5
SOA = b"\0" + struct.pack("!HHIH", 6, 1, 3600, len(SOA_DATA)) + SOA_DATA


def answer(packet: bytes) -> bytes:
    """Return the answer to a query; EDNS is left aside."""
    end = packet.index(b"\0", 12) + 5
    found = {b"\0\1": ADDRESS, b"\0\x1c": ADDRESS6}.get(packet[end - 4 : end - 2])
    counts = struct.pack("!HHHH", 1, int(found is not None), int(found is None), 0)
    flags = bytes((0x80 | packet[2] & 1, 0x80))
    return packet[:2] + flags + counts + packet[12:end] + (found or SOA)


def main(port: int) -> None:
    """Answer until killed."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        sock.bind(("127.0.0.1", port))
        batch = KernelBatch(sock)
        while True:
            select.select([sock], [], [])
            held = []
            for slot, length in enumerate(batch.receive()):
                start = batch.starts[slot]
                message = bytearray(answer(batch.memory[start : start + length]))
                held.append((ctypes.c_char * len(message)).from_buffer(message))
                batch.memory[batch.answers[slot]] = where(held[-1])
            batch.send(0, len(held))


if __name__ == "__main__":
    main(int(sys.argv[1]))
