from __future__ import annotations

import asyncio
import socket

from appliance import clock
from appliance.dns.selector import ServingSelector


def test_serves_sockets_and_wakes_the_loop_only_for_its_own() -> None:
    selector = ServingSelector()
    loop = asyncio.SelectorEventLoop(selector)
    ours, theirs = socket.socketpair()
    served: list[bytes] = []

    def serve() -> bool:
        served.append(ours.recv(10))
        return served[-1] == b"work"

    async def run() -> None:
        theirs.send(b"quiet")
        await asyncio.sleep(0.05)
        theirs.send(b"work")
        await asyncio.sleep(0.01)

    try:
        selector.add(ours.fileno(), serve)
        loop.run_until_complete(run())
        assert served == [b"quiet", b"work"]
        selector.drop(ours.fileno())
        theirs.send(b"gone")
        loop.run_until_complete(asyncio.sleep(0.01))
        assert len(served) == 2
    finally:
        loop.close()
        ours.close()
        theirs.close()


def test_served_sockets_and_the_loops_own_do_not_starve_each_other() -> None:
    """Both sides are always ready; both get their turns, and timers theirs."""
    selector = ServingSelector()
    loop = asyncio.SelectorEventLoop(selector)
    busy, other = socket.socketpair()
    ours, theirs = socket.socketpair()
    turns = {"served": 0, "read": 0}

    def serve() -> bool:
        turns["served"] += 1
        return False

    def read() -> None:
        turns["read"] += 1

    try:
        theirs.send(b"x")
        other.send(b"x")
        selector.add(ours.fileno(), serve)
        loop.add_reader(busy.fileno(), read)
        begun = clock.monotonic()
        loop.run_until_complete(asyncio.sleep(0.1))
        assert clock.monotonic() - begun < 1.0
        assert min(turns.values()) > 10
        loop.remove_reader(busy.fileno())
        loop.run_until_complete(asyncio.sleep(0.02))
    finally:
        loop.close()
        for sock in (busy, other, ours, theirs):
            sock.close()
