"""A crowd: many connections that stay open and many that come and go, through the router.

``python -m tests.e2e.router_flood ADDRESS OPEN RATE`` keeps OPEN connections to port 80 of an
address and makes RATE new ones a second, each with a request. Says ``ready`` when all stand, and
at the end, on SIGTERM, as JSON how many requests were answered and how many failed.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections import Counter
from typing import Final

ASKED: Final = b"GET / HTTP/1.1\r\nHost: www.gov.uk\r\nConnection: close\r\n\r\n"
PATIENCE: Final = 20.0  # seconds for one request on a busy machine


async def once(address: str, counted: Counter[str]) -> None:
    """Make one request on a connection of its own."""
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection(address, 80)
            writer.write(ASKED)
            counted["answered" if b"200" in await reader.readline() else "failed"] += 1
            writer.close()
    except (OSError, TimeoutError):
        counted["failed"] += 1


async def main(address: str, open_: int, rate: int) -> Counter[str]:
    """Go on until told to end."""
    ending = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ending.set)
    counted: Counter[str] = Counter()
    staying = [await asyncio.open_connection(address, 80) for _ in range(open_)]
    print("ready", flush=True)
    running: set[asyncio.Task[None]] = set()
    while not ending.is_set():
        if len(running) < rate:
            task = asyncio.create_task(once(address, counted))
            running.add(task)
            task.add_done_callback(running.discard)
        await asyncio.sleep(1 / rate)
    counted["open"] = sum(not reader.at_eof() for reader, _ in staying)
    return counted


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))))
