"""The self-test's questions: answered as the client they stand in for, and counted nowhere.

They go through the same judge, plan and resolver as anybody's. Only three things differ: who
asks is what the address says and never what a MAC there has earned, nothing is recorded, and
no answer goes on the shelf (a query with an option of content never does).
"""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import TYPE_CHECKING

from appliance.dns.handler import Handler, Outcome
from appliance.dns.judge import Asker, Judge, Judged
from appliance.dns.resolver import Resolver
from appliance.dns.wire import MalformedError, read_question
from appliance.identity.stand_in import EDNS_OPTION, StandIns, on_loopback
from appliance.policy.snapshot import Snapshot

if TYPE_CHECKING:
    from appliance.dns.signs import Signs

_CODE = EDNS_OPTION.to_bytes(2, "big")


class Unseen:
    """The judge, asked for somebody who is not there: no MAC, nothing counted."""

    def __init__(self, judge: Judge) -> None:
        """Ask this judge, with all that it remembers."""
        self._judge = judge

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot that the judge enforces."""
        return self._judge.snapshot

    @property
    def state(self) -> str:
        """Which snapshot that is: ``current``, ``last_good`` or ``closed``."""
        return self._judge.state

    def asker(self, packed: bytes) -> Asker | None:
        """Return the client that an unknown device at a packed address is."""
        family = socket.AF_INET if len(packed) == 4 else socket.AF_INET6
        address = socket.inet_ntop(family, packed)
        if self.snapshot.register.network_of(address) is None:
            return None
        client = self.snapshot.register.resolve(address)
        return Asker(client, self.snapshot.class_of(client))

    def forwards(self, packed: bytes) -> bool:
        """Whether a packed address is a forwarder's: here nobody asks for anybody else."""
        return False

    def judged(self, asker: Asker, host: str) -> Judged:
        """Return the plan for a canonical host."""
        return _uncounted(self._judge.judged(asker, host))

    def aliased(self, asker: Asker, judged: Judged, target: str) -> Judged | None:
        """Return the refusal that a target of a passed host earns it; None: it may pass."""
        found = self._judge.aliased(asker, judged, target)
        return None if found is None else _uncounted(found)

    def governed(self, asker: Asker, host: str) -> bool:
        """Whether the bell governs a host."""
        return self._judge.governed(asker, host)


class HearingStandIns(Handler):
    """A handler that knows the self-test when it asks. Whoever proves nothing is who they are."""

    def __init__(
        self, judge: Judge, resolver: Resolver, stand_ins: StandIns, signs: Signs | None = None
    ) -> None:
        """Answer by this judge and resolver. signs: of everybody but the self-test."""
        super().__init__(judge, resolver, signs)
        self._unseen = Handler(Unseen(judge), resolver)
        self._stand_ins = stand_ins

    def handle(self, packet: bytes, source: bytes, *, stream: bool) -> Outcome:
        """Return the reply to a packet from a packed address; None: silence."""
        address = self._stood_in(packet, source)
        if address is None:
            return super().handle(packet, source, stream=stream)
        return self._unseen.handle(packet, address, stream=stream)

    def _stood_in(self, packet: bytes, source: bytes) -> bytes | None:
        if not on_loopback(source) or _CODE not in packet:
            return None
        try:
            question = read_question(packet)
        except MalformedError:
            return None  # answered as anybody's bad packet
        options = question.edns.options if question.edns else ()
        said = [data for code, data in options if code == EDNS_OPTION]
        return self._stand_ins.stood_in(source, said[0]) if len(said) == 1 else None


def _uncounted(judged: Judged) -> Judged:
    return replace(judged, counts=None, used=None)
