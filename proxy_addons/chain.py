"""The addons in their order. The order is the architecture: each position has its reason."""

from __future__ import annotations

from collections.abc import Mapping

from proxy_addons.account_limits import AccountLimits
from proxy_addons.alt_svc import AltSvc
from proxy_addons.distrust import Distrust
from proxy_addons.enforce import Enforce
from proxy_addons.gate import Gate
from proxy_addons.hang_up import HangUp
from proxy_addons.health import Health
from proxy_addons.live_flows import LiveFlows
from proxy_addons.public_view import PublicView
from proxy_addons.stand_in import StandIn
from proxy_addons.steer import Steer
from proxy_addons.stream import Stream
from proxy_addons.upgrades import Upgrades
from proxy_addons.upstream_address import UpstreamAddress


def addons(gate: Gate, live: LiveFlows, hang_up: HangUp, distrust: Distrust) -> tuple[object, ...]:
    """Return the addons of one process, for the guard to run."""

    def report() -> Mapping[str, object]:
        return {"live": len(live), "cut": live.cut, "certificate": distrust.counts()}

    return (
        gate.connections,  # first: strangers are closed before anything is read of them
        StandIn(gate),  # before anybody is asked for: whom the self-test stands in for
        Steer(gate, live),  # before HTTP: splice, answer or close by the TLS name
        distrust,  # only listens
        Health(gate, report),  # before the policy: our own name is nobody's site
        Enforce(gate),  # decides; all below touch only what it has let through
        Upgrades(),  # before anything is sent on: no protocol that nobody reads
        PublicView(),  # before anything is sent on: logged out
        AccountLimits(gate),  # after the client's own headers were cut down, before they are sent
        UpstreamAddress(gate),  # after the decision: a block page needs no resolver
        Stream(),  # after the address: a failed look-up answers, and answers are not streamed
        AltSvc(),  # any time after the answer has come
        live,  # remembers what really goes through
        hang_up,  # last: closes what all others have let go of
    )
