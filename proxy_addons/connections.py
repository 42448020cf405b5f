"""Who is connected: only the school's own networks are served, each client is resolved once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address

from mitmproxy import connection
from mitmproxy.proxy.mode_specs import ReverseMode

from appliance.identity.stand_in import on_loopback
from appliance.policy.presence import Whom
from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import Client

SignedIn = Callable[[str, str | None], Whom | None]  # address, MAC -> who, and where they did

CLOSED_TO_STRANGERS = "not from one of the school's networks"


class Face(StrEnum):
    """Which listener a client came to."""

    TLS = "steered https"
    PLAIN = "steered http"
    EXPLICIT = "explicit"


@dataclass(slots=True, eq=False)
class Connection:
    """One client connection and what has been decided about it so far.

    bound: the host it is for (SNI, or the host of a CONNECT). answered: the host that
    our certificate may be shown for; empty until ``steer`` says so, and then TLS is
    never answered. agreed: the names of the last request that agreed with it (most
    requests of a connection repeat them). upstream: the one address that all of it goes to.
    stranded: why it leads nowhere, where it is answered only for that to be said.
    checked: the addresses that were looked up for it; it may connect to no other.
    alias: the name whose address that is, where it is not the host's own (a search engine's
    locked twin); None until one is looked up.
    unseen: the self-test, standing in for somebody: nothing of it is written down.
    """

    id: str
    address: str
    face: Face
    port: int
    snapshot: Snapshot
    client: Client
    kind: tuple[object, ...]
    tunnel: str | None = None
    tunnel_port: int = 0
    bound: str | None = None
    answered: str = ""
    agreed: tuple[object, ...] | None = None
    upstream: asyncio.Future[str] | None = None
    stranded: str = ""
    checked: set[str] = field(default_factory=set)
    alias: str | None = None
    unseen: bool = False


def _nobody(_address: str, _mac: str | None) -> None:
    return None


class Connections:
    """The connections that are open now, by mitmproxy's id of the client connection."""

    def __init__(
        self,
        snapshot: Callable[[], Snapshot],
        mac_of: Callable[[str], str | None],
        signed_in: SignedIn = _nobody,
    ) -> None:
        """mac_of, signed_in: whose MAC and which person is known at an address, now."""
        self._snapshot = snapshot
        self._mac_of = mac_of
        self._signed_in = signed_in
        self._open: dict[str, Connection] = {}

    def __len__(self) -> int:
        return len(self._open)

    def client_connected(self, client: connection.Client) -> None:
        """Close a stranger's connection; remember anybody else's.

        A stranger on this machine may still say, in its CONNECT, for whom it stands in
        (``stand_in.py``). Until then it is nobody: whatever else it tries is closed.
        """
        address = client.peername[0]
        snapshot = self._snapshot()
        if snapshot.register.network_of(address) is None:
            if not (_face(client) is Face.EXPLICIT and on_loopback(ip_address(address).packed)):
                client.error = CLOSED_TO_STRANGERS
            return
        who = self._resolved(snapshot, address)
        self._open[client.id] = Connection(
            client.id, address, _face(client), client.sockname[1], snapshot, who,
            snapshot.class_of(who),
        )  # fmt: skip

    def stand_in(self, client: connection.Client, address: str) -> None:
        """Count a connection as one of an unknown device at an address; a stranger's is closed."""
        self._open.pop(client.id, None)
        snapshot = self._snapshot()
        if snapshot.register.network_of(address) is None:
            return
        who = snapshot.register.resolve(address)
        self._open[client.id] = Connection(
            client.id, address, _face(client), client.sockname[1], snapshot, who,
            snapshot.class_of(who), unseen=True,
        )  # fmt: skip

    def client_disconnected(self, client: connection.Client) -> None:
        """Forget a connection."""
        self._open.pop(client.id, None)

    def of(self, client: connection.Client) -> Connection:
        """Return the state of a client connection, its client resolved by the snapshot held.

        Raises:
            KeyError: the connection was never let in.
        """
        found = self._open[client.id]
        self.refresh(found)
        return found

    def refresh(self, found: Connection) -> None:
        """Resolve the client anew where another snapshot has come."""
        snapshot = self._snapshot()
        if found.snapshot is not snapshot:
            self._renew(found, snapshot)

    def refresh_all(self) -> None:
        """Resolve every client anew: somebody signed in or out on a device."""
        for found in self._open.values():
            self._renew(found, self._snapshot())

    def _renew(self, found: Connection, snapshot: Snapshot) -> None:
        register, address = snapshot.register, found.address
        unseen = found.unseen
        found.client = register.resolve(address) if unseen else self._resolved(snapshot, address)
        found.kind = snapshot.class_of(found.client)
        found.snapshot = snapshot

    def _resolved(self, snapshot: Snapshot, address: str) -> Client:
        mac = self._mac_of(address)
        return snapshot.register.resolve(address, mac, self._signed_in(address, mac))

    def led(self) -> list[Connection]:
        """Return the connections that go to a host which may be served by an alias."""
        names = self._snapshot().safe_names
        every = self._open.values()
        return [c for c in every if c.alias or (c.alias is not None and c.bound in names)]

    def by_id(self, id_: str) -> Connection | None:
        """Return the state of an open connection, None when it has gone."""
        return self._open.get(id_)


def _face(client: connection.Client) -> Face:
    mode = client.proxy_mode
    if not isinstance(mode, ReverseMode):
        return Face.EXPLICIT
    return Face.TLS if mode.address[1] == 443 else Face.PLAIN
