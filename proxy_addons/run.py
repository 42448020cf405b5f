"""Runs mitmproxy with our addons: its own process, the smallest set that works.

mitmproxy's default addons cost 45 % more CPU for each request, one of them exits the
process, another refuses public IPv6 clients. ``reverse:http`` keeps UDP 443 closed, and
``lazy`` keeps servers untouched until something is allowed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
from collections.abc import Callable, Coroutine
from typing import Final

from mitmproxy import connection, options, version
from mitmproxy.addons import core, next_layer, proxyserver
from mitmproxy.master import Master

from appliance import clock
from appliance.attempts.spool import Spool
from appliance.authority import authority
from appliance.authority.certificates import INTERMEDIATE_MARGIN
from appliance.authority.files import AuthorityError
from appliance.identity.sign_ins import Presence, SignIns
from appliance.identity.watch import Watch
from appliance.publish.hold import Holder
from proxy_addons import error_page
from proxy_addons.certificates import Certificates
from proxy_addons.chain import addons
from proxy_addons.connections import Connections
from proxy_addons.distrust import Distrust
from proxy_addons.gate import NOWHERE, Gate
from proxy_addons.guard import Guard
from proxy_addons.hang_up import HangUp
from proxy_addons.judge import Judge, Snapshots
from proxy_addons.live_flows import LiveFlows
from proxy_addons.record import Folded, Sink
from proxy_addons.settings import ProxySettings
from proxy_addons.tls import SchoolTls
from proxy_addons.upstream_address import refused
from proxy_addons.upstream_names import UpstreamNames

BEAT: Final = 0.2  # seconds: how soon a bell or a new snapshot reaches what is open
LEAVING: Final = 2.0  # seconds that open connections get to close in
FLUSH: Final = 0.5  # seconds between two writes to the spool
H2_SAFE: Final = (12, 1, 2)  # older ones carry an h2 with GHSA-847f-9342-265h
MacOf = Callable[[str], str | None]


class StartError(RuntimeError):
    """A port could not be listened on; the message says which and why."""


def serve(settings: ProxySettings) -> None:
    """Run until SIGTERM or SIGINT.

    Raises:
        AuthorityError: the CA on disk cannot be used; names the file.
        StartError: a port could not be listened on.
    """
    holder = Holder(settings.data / "snapshot", aside=True)
    holder.refresh()
    spool = Spool(settings.data / "spool", "proxy")
    try:
        with contextlib.closing(Watch()) as watch:
            asyncio.run(_until_told(run(settings, holder, spool, watch.mac_of)))
    finally:
        spool.close()


def build_gate(settings: ProxySettings, snapshots: Snapshots, sink: Sink, mac_of: MacOf) -> Gate:
    """Put the shared parts together, making the CA where there is none."""
    contents = snapshots.snapshot.contents
    directory = settings.data / "ca"
    wanted = (*contents.steerable, *settings.own_names)
    held = authority.ensure(directory, wanted, clock.real())

    def why_not(host: str, address: str) -> str | None:
        return refused(settings, snapshots.snapshot.contents, host, address)

    judge, signed_in = Judge(snapshots), SignIns(settings.data / "run")

    def presence(address: str, mac: str | None) -> Presence | None:
        return signed_in.presence(address, mac, judge.now().at)

    return Gate(
        settings=settings,
        snapshots=snapshots,
        connections=Connections(lambda: snapshots.snapshot, mac_of, presence),
        judge=judge,
        signed_in=signed_in,
        certificates=Certificates(directory, held),
        names=UpstreamNames(settings.upstreams, why_not),
        attempts=Folded(sink),
    )


async def _until_told(running: Coroutine[None, None, None]) -> None:
    task, loop = asyncio.ensure_future(running), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def run(
    settings: ProxySettings, snapshots: Snapshots, sink: Sink, mac_of: MacOf,
    started: Callable[[Gate], None] = lambda _: None,
) -> None:  # fmt: skip
    """Run in the running loop until cancelled. started: called once every port listens."""
    gate = build_gate(settings, snapshots, sink, mac_of)
    error_page.install(lambda: gate.contents)
    distrust = Distrust(gate, settings.data / "run")
    master, guard, live = _master(gate, distrust)
    serving = asyncio.create_task(master.run())
    timers = _beat(gate, guard, live), _flush(gate, distrust)
    tasks = [asyncio.create_task(timer) for timer in timers]
    try:
        await _listening(master, serving)
        _say(settings)
        started(gate)
        await serving
    finally:
        await _leave(master.addons.get("proxyserver"))
        master.shutdown()
        await asyncio.gather(serving, return_exceptions=True)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await gate.attempts.flush()
        await gate.names.close()


def _master(gate: Gate, distrust: Distrust) -> tuple[Master, Guard, LiveFlows]:
    settings = gate.settings
    logging.getLogger("mitmproxy").setLevel(
        logging.ERROR
    )  # it tells of every client, request and host
    chosen = options.Options(mode=_modes(settings), confdir=str(settings.data / "ca"))
    master = Master(chosen, event_loop=asyncio.get_running_loop())
    live = LiveFlows(gate)
    hang_up = HangUp()
    guard = Guard(gate, addons(gate, live, hang_up, distrust))
    server = proxyserver.Proxyserver()
    live.cuts_by(lambda link: _cut(server, link))
    hang_up.closes_by(lambda client: _close(server, client))
    tls = SchoolTls(gate.certificates, gate.connections)
    # The guard before the rest: what it has answered, nothing of mitmproxy's touches.
    master.addons.add(core.Core(), guard, server, next_layer.NextLayer(), tls)
    chosen.update(
        connection_strategy="lazy",
        keep_host_header=True,
        upstream_cert=False,
        rawtcp=False,
        http2=_http2_is_safe(),
        ssl_verify_upstream_trusted_ca=str(settings.upstream_ca) if settings.upstream_ca else None,
    )
    return master, guard, live


def _modes(settings: ProxySettings) -> list[str]:
    modes = [f"reverse:http://{NOWHERE}:443@{h}:{p}" for h, p in settings.steered_https]
    modes += [f"reverse:http://{NOWHERE}:80@{h}:{p}" for h, p in settings.steered_http]
    modes += [f"regular@{h}:{p}" for h, p in settings.explicit]
    return modes


def _http2_is_safe() -> bool:
    numbers = version.VERSION.split("-")[0].split(".")[:3]
    return tuple(int(n) for n in numbers if n.isdigit()) >= H2_SAFE


async def _listening(master: Master, serving: asyncio.Task[None]) -> None:
    server = master.addons.get("proxyserver")
    while not serving.done():
        if server.is_running:
            failed = [s for s in server.servers if not s.is_running]
            if not failed:
                return
            raise StartError("; ".join(str(s.last_exception) for s in failed))
        await asyncio.sleep(0.01)
    await serving


def _cut(server: proxyserver.Proxyserver, link_id: str) -> None:
    handler = server.connections.get(link_id)
    transport = handler.transports.get(handler.client) if handler else None
    if transport is not None and transport.handler is not None:
        transport.handler.cancel("no longer allowed")


def _close(server: proxyserver.Proxyserver, client: connection.Client) -> None:
    handler = server.connections.get(client.id)
    transport = handler.transports.get(client) if handler else None
    writer = transport.writer if transport is not None else None
    if isinstance(writer, asyncio.StreamWriter):
        writer.close()


async def _leave(server: proxyserver.Proxyserver) -> None:
    """Stop listening, and close what is open: at most ``LEAVING`` seconds."""
    await server.servers.update([])
    for link_id in list(server.connections):
        _cut(server, str(link_id))
    end = clock.monotonic() + LEAVING
    while server.connections and clock.monotonic() < end:
        await asyncio.sleep(0.01)


def _say(settings: ProxySettings) -> None:
    directory = settings.data / "run"
    directory.mkdir(parents=True, exist_ok=True)
    said = {
        "pid": os.getpid(),
        "steered_https": settings.steered_https,
        "steered_http": settings.steered_http,
        "explicit": settings.explicit,
    }
    draft = directory / ".proxy.json"
    draft.write_text(json.dumps(said), encoding="utf-8")
    draft.replace(directory / "proxy.json")


async def _beat(gate: Gate, guard: Guard, live: LiveFlows) -> None:
    version = -1

    def step() -> None:
        nonlocal version
        swapped = gate.snapshots.refresh()
        before, version = version, gate.signed_in.version(gate.judge.now().at)
        if version != before:
            gate.connections.refresh_all()
        live.check(all_of_them=swapped or version != before)

    while True:
        guard.sheltered(step, live.cut_all)
        await asyncio.sleep(BEAT)


async def _flush(gate: Gate, distrust: Distrust) -> None:
    seen = gate.snapshots.snapshot
    while True:
        await asyncio.sleep(FLUSH)
        await gate.attempts.flush()
        await asyncio.to_thread(distrust.write)
        if seen is not gate.snapshots.snapshot or _ending(gate):
            seen = gate.snapshots.snapshot
            await _renew(gate)


def _ending(gate: Gate) -> bool:
    left = gate.certificates.authority.intermediate.not_valid_after_utc - clock.real()
    return left < INTERMEDIATE_MARGIN


async def _renew(gate: Gate) -> None:
    suffixes = (*gate.contents.steerable, *gate.settings.own_names)
    directory = gate.settings.data / "ca"
    if not gate.certificates.authority.missing(suffixes) and not _ending(gate):
        return
    try:  # in a thread: making a key takes a Pi a second or two
        await asyncio.to_thread(authority.ensure, directory, suffixes, clock.real())
    except AuthorityError as error:
        gate.certificates.damage = str(error)
