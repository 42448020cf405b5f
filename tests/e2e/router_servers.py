"""The far ends of ways round the gate, in one process: proxies, hidden sites, DNS by QUIC.

``python -m tests.e2e.router_servers abroad CERTIFICATE``, or ``sites CERTIFICATE`` for the
sites of the little internet by HTTP/3. Says ``ready`` when all of it listens.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
from pathlib import Path
from typing import Final

from tests.e2e import names, origins, router_quic, router_relay

CONTENT: Final = 8880  # the port of a site that is reached through tunnels alone
PROXIES: Final = {"relay": 1080, "relay3128": 3128, "relay443": 443, "relay8080": 8080}
SITES: Final = ("casino", "bingo", "hidden", "forged", "front")
GREETERS: Final = {"ech": 443, "tor": 9001, "tor443": 443}
HIDDEN: Final = b"what the hidden site says"


async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Say that somebody is here, whatever the first words were."""
    try:
        if await reader.read(4096):
            writer.write(HIDDEN)
            await writer.drain()
    except ConnectionError:
        pass  # the client was faster
    finally:
        writer.close()


async def abroad(certificate: Path) -> None:
    """Listen on the addresses that are abroad."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    await asyncio.start_server(origins.talk, "0.0.0.0", CONTENT)
    for site in SITES:
        for address in at(site):
            await asyncio.start_server(origins.talk, address, 80)
            await asyncio.start_server(origins.talk, address, 443, ssl=tls)
    for proxy, port in PROXIES.items():
        await asyncio.start_server(router_relay.talk, at(proxy)[0], port)
    for greeter, port in GREETERS.items():
        await asyncio.start_server(greet, at(greeter)[0], port)
    for address in at("doq"):
        await router_quic.listen(address, 853, certificate, doq=True)


async def sites(certificate: Path) -> None:
    """Serve the sites by HTTP/3, each at its own address."""
    for host in ("www.facebook.com", "www.bbc.co.uk"):
        for address in names.ADDRESSES[host]:
            await router_quic.listen(address, 443, certificate)


def at(host: str) -> tuple[str, str]:
    """Return the addresses, IPv4 and IPv6, of one far end."""
    return names.ABROAD[f"{host}.example.net"]


async def main(which: str, certificate: Path) -> None:
    """Listen for ever."""
    await {"abroad": abroad, "sites": sites}[which](certificate)
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
