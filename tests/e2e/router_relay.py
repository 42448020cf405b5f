"""A proxy outside the school: SOCKS5 (RFC 1928) and HTTP CONNECT on one port, for everybody."""

from __future__ import annotations

import asyncio
import socket
from typing import Final

from tests.e2e import names

GRANTED: Final = b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"


async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Carry one connection to where its first words say."""
    try:
        first = await reader.readexactly(1)
        host, port = await (_socks if first == b"\x05" else _connect)(reader, writer)
        address = (names.of(host) or (host,))[0]
        far_reader, far_writer = await asyncio.open_connection(address, port)
        writer.write(GRANTED if first == b"\x05" else b"HTTP/1.1 200 Connected\r\n\r\n")
        await asyncio.gather(_carry(reader, far_writer), _carry(far_reader, writer))
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError, ValueError):
        pass  # a client that has left, or speaks something else
    finally:
        writer.close()


async def _socks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int]:
    await reader.readexactly((await reader.readexactly(1))[0])
    writer.write(b"\x05\x00")
    kind = (await reader.readexactly(4))[3]
    if kind == 1:
        host = socket.inet_ntop(socket.AF_INET, await reader.readexactly(4))
    elif kind == 4:
        host = socket.inet_ntop(socket.AF_INET6, await reader.readexactly(16))
    else:
        host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
    return host, int.from_bytes(await reader.readexactly(2))


async def _connect(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> tuple[str, int]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    host, _colon, port = head.split()[1].rpartition(":")
    return host.strip("[]"), int(port)


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(65536):
        writer.write(piece)
        await writer.drain()
    writer.close()
