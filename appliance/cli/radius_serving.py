"""``bellgate run radius``: the listener of the Wi-Fi's accounting, a process of its own."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from admin_ui import key
from appliance import clock
from appliance.cli import radius_keeping
from appliance.cli.addresses import Endpoint
from appliance.cli.places import Places
from appliance.identity import radius_server
from appliance.store import settings
from appliance.store.session import open_store


def serve(data: Path, listen: Sequence[Endpoint], stopping: threading.Event) -> None:
    """Hear accounting on these addresses until told to stop, or the database was replaced.

    Raises:
        OSError: an address cannot be listened on, or there is no database.
    """
    places = Places(data)
    identity = places.database.stat().st_ino
    store = open_store(places.database, make=False)

    def over() -> bool:
        try:
            return stopping.is_set() or places.database.stat().st_ino != identity
        except OSError:
            return True  # taken away: the next start opens what has come in its place

    try:
        keeping = radius_keeping.Keeping(store, key.ensure(data), gate_time)
        listener = radius_server.Listener(keeping.senders, keeping.keep)
        told: dict[str, int] = {}

        def turn() -> None:
            nonlocal told
            now = dict(listener.counts + keeping.counts)
            if now != told:
                radius_keeping.tell(places.run, now)
                told = now

        with contextlib.ExitStack() as stack:
            sockets = [stack.enter_context(_opened(address)) for address in listen]
            radius_keeping.tell(places.run, told)
            radius_server.serve(sockets, listener, over, turn)
    finally:
        store.close()


def gate_time(session: Session) -> datetime:
    """Return the gate's time, which a rehearsal may have moved."""
    offset = settings.get(session, "clock_offset")
    return clock.now(float(offset) if isinstance(offset, int | float) else 0.0).at


def _opened(address: Endpoint) -> socket.socket:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    if family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    try:
        sock.bind(address)
    except OSError:
        sock.close()
        raise
    return sock
