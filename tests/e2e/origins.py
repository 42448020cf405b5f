"""The sites of the little internet: HTTP and HTTPS on every address of their namespace.

Every page says which site answered, at which address, how it was asked and with which
headers. ``/stream`` never ends, ``/ws`` is a WebSocket that ticks, ``/big?N`` is N bytes.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import ssl
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TICK: Final = 0.05  # seconds between two signs of life
_WS_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455


@dataclass(frozen=True)
class Request:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


async def read(reader: asyncio.StreamReader) -> Request | None:
    """Read a request; None when the client has left."""
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {k.strip().lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, path, headers, body)


async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer the requests of one connection."""
    try:
        while request := await read(reader):
            await answer(request, writer)
    except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError, TimeoutError):
        pass  # the client has left, as clients do
    finally:
        writer.close()


async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
    """Send the answer to one request."""
    path, _, rest = request.path.partition("?")
    if request.headers.get("upgrade", "").lower() == "websocket":
        return await tick_frames(request, writer)
    if path.endswith("/stream"):
        return await tick_chunks(writer)
    if path == "/big":
        return await big(int(rest), writer)
    said = {"site": request.headers.get("host"), "method": request.method, "path": request.path,
            "headers": request.headers, "body": len(request.body),
            "at": writer.get_extra_info("sockname")[0]}  # fmt: skip
    kind = "text/html; charset=utf-8"
    page = f"<!doctype html><title>origin</title><pre>{json.dumps(said)}</pre>".encode()
    if "json" in request.headers.get("accept", ""):
        kind, page = "application/json", json.dumps(said).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(page)}\r\n\r\n"
    writer.write(head.encode() + (b"" if request.method == "HEAD" else page))
    return await writer.drain()


async def tick_chunks(writer: asyncio.StreamWriter) -> None:
    """Send an answer that never ends."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                 b"Transfer-Encoding: chunked\r\n\r\n")  # fmt: skip
    while True:
        writer.write(b"5\r\ntick\n\r\n")
        await writer.drain()
        await asyncio.sleep(TICK)


async def tick_frames(request: Request, writer: asyncio.StreamWriter) -> None:
    """Accept a WebSocket and send small text frames for ever (RFC 6455)."""
    key = request.headers["sec-websocket-key"].encode() + _WS_GUID
    accept = base64.b64encode(hashlib.sha1(key).digest()).decode()
    writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n")
    writer.write(f"Connection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n".encode())
    while True:
        writer.write(b"\x81\x04tick")
        await writer.drain()
        await asyncio.sleep(TICK)


async def big(size: int, writer: asyncio.StreamWriter) -> None:
    """Send a body of so many bytes."""
    writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n".encode())
    for sent in range(0, size, 65536):
        writer.write(b"b" * min(65536, size - sent))
        await writer.drain()


async def serve(certificate: Path) -> None:
    """Serve on ports 80 and 443 of both families; says ``ready`` when it does."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    tls.set_alpn_protocols(["http/1.1"])
    servers = [
        await asyncio.start_server(talk, host, port, ssl=tls if port == 443 else None)
        for host in ("0.0.0.0", "::")
        for port in (80, 443)
    ]
    print("ready", flush=True)
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
