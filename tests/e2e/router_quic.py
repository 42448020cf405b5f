"""QUIC in the little internet: sites by HTTP/3, DNS by DoQ, and a client for the first.

``python -m tests.e2e.router_quic HOST CA ADDRESS...`` fetches ``https://HOST/`` by HTTP/3 at each
of the addresses at once and prints a page; it ends with 1 when none of them gives one in time.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from pathlib import Path
from typing import Any, Final

from aioquic.asyncio.client import connect
from aioquic.asyncio.protocol import QuicConnectionProtocol
from aioquic.asyncio.server import serve
from aioquic.h3.connection import H3_ALPN, H3Connection
from aioquic.h3.events import DataReceived, HeadersReceived
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.events import QuicEvent, StreamDataReceived

from tests.e2e import nameserver

DOQ: Final = "doq"  # RFC 9250
PATIENCE: Final = 3.0  # seconds


class Site(QuicConnectionProtocol):
    """Answers every request as ``origins`` does: with what was asked, and where."""

    def quic_event_received(self, event: QuicEvent) -> None:
        """Answer what has come."""
        if not hasattr(self, "http"):
            self.http = H3Connection(self._quic)
        for one in self.http.handle_event(event):
            if isinstance(one, HeadersReceived):
                asked = {name.decode(): value.decode() for name, value in one.headers}
                said = json.dumps({"site": asked[":authority"], "path": asked[":path"]})
                page = f"<!doctype html><title>origin</title><pre>{said}</pre>"
                self.http.send_headers(one.stream_id, [(b":status", b"200")])
                self.http.send_data(one.stream_id, page.encode(), end_stream=True)
                self.transmit()


class Resolver(QuicConnectionProtocol):
    """Answers one query on each stream, two octets of length before it."""

    def quic_event_received(self, event: QuicEvent) -> None:
        """Answer what has come; a query is small and comes in one piece."""
        if isinstance(event, StreamDataReceived) and len(event.data) > 2:
            reply = nameserver.answer(event.data[2:])
            framed = len(reply).to_bytes(2) + reply
            self._quic.send_stream_data(event.stream_id, framed, end_stream=True)
            self.transmit()


async def listen(address: str, port: int, certificate: Path, *, doq: bool = False) -> None:
    """Serve at an address: sites, or a resolver."""
    settings = QuicConfiguration(is_client=False, alpn_protocols=[DOQ] if doq else H3_ALPN)
    settings.load_cert_chain(certificate, certificate)
    await serve(address, port, configuration=settings, create_protocol=Resolver if doq else Site)


class Client(QuicConnectionProtocol):
    """Fetches one page."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.http = H3Connection(self._quic)
        self.page: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.received = b""

    def ask(self, host: str) -> None:
        """Send the request."""
        stream = self._quic.get_next_available_stream_id()
        headers = [(b":method", b"GET"), (b":scheme", b"https"), (b":authority", host.encode()),
                   (b":path", b"/")]  # fmt: skip
        self.http.send_headers(stream, headers, end_stream=True)
        self.transmit()

    def quic_event_received(self, event: QuicEvent) -> None:
        """Gather the page."""
        for one in self.http.handle_event(event):
            if isinstance(one, DataReceived):
                self.received += one.data
                if one.stream_ended and not self.page.done():
                    self.page.set_result(self.received)


async def fetch(address: str, host: str, authority: Path) -> bytes:
    """Fetch a host's first page at an address.

    Raises:
        TimeoutError: nothing came.
        ConnectionError: QUIC was refused.
    """
    settings = QuicConfiguration(is_client=True, alpn_protocols=H3_ALPN, server_name=host)
    settings.verify_mode = ssl.CERT_REQUIRED
    settings.load_verify_locations(str(authority))
    async with asyncio.timeout(PATIENCE):
        async with connect(address, 443, configuration=settings, create_protocol=Client) as made:
            assert isinstance(made, Client)
            made.ask(host)
            return await made.page


async def any_page(host: str, authority: Path, addresses: list[str]) -> str:
    """Return a page that came from any of the addresses; nothing where none did."""
    tried = (fetch(address, host, authority) for address in addresses)
    found = await asyncio.gather(*tried, return_exceptions=True)
    return "".join(one.decode() for one in found if isinstance(one, bytes))


if __name__ == "__main__":
    page = asyncio.run(any_page(sys.argv[1], Path(sys.argv[2]), sys.argv[3:]))
    sys.exit(print(page) if page else "no page by QUIC")
