"""What the addons of one process share. Built once by ``run``, handed to each of them."""

from __future__ import annotations

from dataclasses import dataclass

from mitmproxy import http

from appliance.identity.sign_ins import SignIns
from appliance.policy.model import Verdict
from appliance.policy.situation import Query
from appliance.policy.snapshot import Contents
from proxy_addons.certificates import Certificates
from proxy_addons.connections import Connection, Connections
from proxy_addons.judge import Judge, Snapshots
from proxy_addons.record import Folded
from proxy_addons.settings import ProxySettings
from proxy_addons.upstream_names import UpstreamNames

NOWHERE = "steer.invalid"  # RFC 6761: a server address before the real one is known
_PASSAGE = "bellgate"


@dataclass(frozen=True, slots=True)
class Gate:
    """The parts that addons work with."""

    settings: ProxySettings
    snapshots: Snapshots
    connections: Connections
    judge: Judge
    signed_in: SignIns
    certificates: Certificates
    names: UpstreamNames
    attempts: Folded

    @property
    def contents(self) -> Contents:
        """The contents of the snapshot that holds now."""
        return self.snapshots.snapshot.contents


@dataclass(slots=True)
class Passage:
    """A request that was let through: for whom, what was asked, what was answered."""

    connection: Connection
    query: Query
    verdict: Verdict


def let_through(flow: http.HTTPFlow, passage: Passage) -> None:
    """Mark a flow as allowed; the addons after ``enforce`` work on marked flows only."""
    flow.metadata[_PASSAGE] = passage


def passage_of(flow: http.HTTPFlow) -> Passage | None:
    """Return the mark of an allowed flow."""
    found = flow.metadata.get(_PASSAGE)
    return found if isinstance(found, Passage) else None
