"""One DNS worker: its sockets, its timers, its clean end. Several share a port."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Iterable, Iterator
from typing import Final

from appliance.attempts.spool import Spool
from appliance.dns.datagrams import Datagrams
from appliance.dns.informants import Holder, Neighbours, SignedIn
from appliance.dns.judge import Judge
from appliance.dns.noting import Noting
from appliance.dns.recording import Recording
from appliance.dns.recording import Spool as SpoolLike
from appliance.dns.resolver import Resolver
from appliance.dns.selector import ServingSelector
from appliance.dns.settings import Address, DnsSettings
from appliance.dns.shelf import Shelf
from appliance.dns.signs import Signs
from appliance.dns.stand_in import HearingStandIns
from appliance.dns.streams import Streams
from appliance.dns.upstream import Upstream
from appliance.firewall.told import Teller
from appliance.identity.sign_ins import SignIns
from appliance.identity.stand_in import StandIns
from appliance.identity.watch import Watch
from appliance.look_alikes.feed import Feed
from appliance.publish.hold import Holder as FileHolder

LOOK: Final = 0.2  # seconds between two looks for a new snapshot
SETTLE: Final = 5  # looks between two appendings to the spool: one second
TELL: Final = 50  # looks between two tellings of what was used: ten seconds
FORGET: Final = 10  # looks between two forgettings of who has which address: two seconds
_RECEIVE_BUFFER: Final = 4 << 20  # bytes: what waits while a snapshot is loaded
_RCVBUFFORCE: Final = 33  # asm-generic/socket.h: past the system's limit, where we may
# linux/in.h, in6.h: never fragment (RFC 9715), and never look for a fragment id either.
_MTU_DISCOVER: Final = {socket.AF_INET: (0, 10), socket.AF_INET6: (41, 23)}
_PMTUDISC_PROBE: Final = 3


class Server:
    """A worker on open sockets. ``run`` serves until it is cancelled."""

    def __init__(
        self,
        selector: ServingSelector,
        sockets: Iterable[tuple[socket.socket, socket.socket]],
        holder: Holder,
        neighbours: Neighbours,
        spool: SpoolLike,
        upstream: Upstream,
        stand_ins: StandIns,
        feed: Feed,
        signed_in: SignedIn | None = None,
        noting: Noting | None = None,
    ) -> None:
        self._selector = selector
        self._sockets = tuple(sockets)
        self._feed = feed
        self._judge = Judge(holder, neighbours, feed, signed_in)
        feed.begin(self._judge.today())
        self._recording = Recording(spool, self._judge)
        self._resolver = Resolver(upstream)
        self._shelf = Shelf()
        self._signs = Signs(self._judge, self._recording)
        handler = HearingStandIns(self._judge, self._resolver, stand_ins, self._signs)
        self._noting = noting
        self._streams = Streams(handler, noting=noting)
        self._datagrams = [
            Datagrams(udp, handler, self._judge, self._shelf, noting) for udp, _ in self._sockets
        ]

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until ``stop`` is set; then lose no attempt."""
        for (udp, tcp), datagrams in zip(self._sockets, self._datagrams, strict=True):
            self._selector.add(udp.fileno(), datagrams.serve)
            self._streams.listen(tcp)
        looks = 0
        try:
            while not stop.is_set():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK):
                        await stop.wait()
                looks += 1
                self._look(looks)
        finally:
            await self._close()

    def _look(self, looks: int) -> None:
        if self._judge.outdated() or self._shelf.full:
            self._recording.settle()
            self._shelf.clear()
            self._judge.renew()
        if self._noting is not None:
            self._noting.flush()  # what the door did not take before
        if looks % TELL == 0:
            self._feed.flush()
        if looks % SETTLE == 0:
            self._feed.begin(self._judge.today())
            self._signs.begin(self._judge.today())
            self._recording.flush()
            self._judge.forget_expired()
        moved = self._judge.moved()
        if moved or self._judge.others_signed_in() or looks % FORGET == 0:
            self._recording.settle()
            self._judge.forget_clients()
            self._shelf.forget_sources()

    async def _close(self) -> None:
        for udp, _ in self._sockets:
            self._selector.drop(udp.fileno())
        for datagrams in self._datagrams:
            await datagrams.close()
        await self._streams.close()
        await self._resolver.close()
        self._feed.flush()
        self._recording.close()
        if self._noting is not None:
            self._noting.close()


def serve(settings: DnsSettings) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises:
        OSError: an address cannot be listened on.
    """
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(opened(address)) for address in settings.listen]
        selector = ServingSelector()
        server = Server(
            selector,
            sockets,
            FileHolder(settings.data / "snapshot", aside=True),
            stack.enter_context(contextlib.closing(Watch())),
            Spool(settings.data / "spool", "dns"),
            Upstream(settings.upstreams),
            StandIns(settings.data / "run"),
            Feed(settings.data / "run"),
            SignIns(settings.data / "run"),
            Noting(Teller(settings.data / "run")) if settings.gateway else None,
        )
        with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selector)) as runner:
            runner.run(_until_told(server))


async def _until_told(server: Server) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await server.run(stop)


@contextlib.contextmanager
def opened(address: Address) -> Iterator[tuple[socket.socket, socket.socket]]:
    """Open one UDP and one TCP socket on an address; port 0 takes a free one for both."""
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with (
        socket.socket(family, socket.SOCK_DGRAM) as udp,
        socket.socket(family, socket.SOCK_STREAM) as tcp,
    ):
        for sock in (udp, tcp):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            if family == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            udp.setsockopt(socket.SOL_SOCKET, _RCVBUFFORCE, _RECEIVE_BUFFER)
        except PermissionError:
            udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        udp.setsockopt(*_MTU_DISCOVER[family], _PMTUDISC_PROBE)
        udp.bind(address)
        tcp.bind(udp.getsockname()[:2] if address[1] == 0 else address)
        tcp.listen(128)
        yield udp, tcp
