"""Signs of ways round the gate that only the DNS face sees, as attempts with their evidence.

Of clients that the policy watches (``circumvention.roles``) alone. Names refused as a way
round are ordinary attempts and need nothing from here.

A canary name is what Firefox and Apple devices ask each network; the question is taken down
once a day for each client, as background, and weighs nothing: it explains other signs.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final, Protocol

from appliance import clock
from appliance.attempts.attempt import Attempt, Layer, signal_attempt
from appliance.circumvention.signals import Signal
from appliance.dns.judge import Asker, Judge, Judged
from appliance.dns.tunnels import Tunnel, Tunnels
from appliance.dns.wire import Question
from appliance.policy.model import Action
from appliance.policy.names import within
from appliance.policy.plan import DnsPlan

CANARIES: Final = (
    "use-application-dns.net", "mask.icloud.com", "mask-h2.icloud.com", "mask-canary.icloud.com",
)  # fmt: skip
MOST: Final = 20_000  # canaries of clients that are remembered for a day


class Notes(Protocol):
    """What appends attempts in its own time (``dns.recording.Recording``)."""

    def note(self, attempt: Attempt) -> None:
        """Keep an attempt for the next append."""
        ...


class Signs:
    """Looks at questions that no shelf answered. Never refuses anything."""

    def __init__(self, judge: Judge, notes: Notes) -> None:
        self._judge, self._notes = judge, notes
        self._tunnels = Tunnels()
        self._day: date | None = None
        self._asked: set[tuple[str, str]] = set()

    def begin(self, day: date) -> None:
        """Take canaries down anew on a new day of the school's."""
        if day != self._day:
            self._day, self._asked = day, set()

    def look(self, asker: Asker, judged: Judged, question: Question) -> None:
        """Count a question that goes upstream, and tell of a tunnel."""
        if judged.plan.dns is not DnsPlan.PASS or not self._watched(asker):
            return
        if any(within(judged.host, d) for d in self._judge.snapshot.contents.local_domains):
            return
        tunnel = self._tunnels.look(
            _who(asker), judged.host, question.name, question.type, clock.monotonic()
        )
        if tunnel is not None:
            self._tell(asker, judged, Signal.DNS_TUNNEL, tunnel)

    def canary(self, asker: Asker, host: str) -> bool:
        """Take down that a client asked whether this network filters; False: it did not ask."""
        name = next((one for one in CANARIES if within(host, one)), None)
        if name is None or not self._watched(asker):
            return False
        key = _who(asker), name
        if key not in self._asked and len(self._asked) < MOST:
            self._asked.add(key)
            self._tell(asker, self._judge.judged(asker, name), Signal.CANARY_NAME, None)
        return True

    def _tell(self, asker: Asker, judged: Judged, signal: Signal, tunnel: Tunnel | None) -> None:
        verdict, contents = judged.verdict, self._judge.snapshot.contents
        if tunnel is None:  # answered with “no such name”
            verdict = replace(verdict, action=Action.BLOCK)
        query = replace(judged.query, client=asker.client, at=self._judge.moment())
        attempt = signal_attempt(
            query, verdict, Layer.DNS, signal=signal.value,
            evidence=tunnel.evidence if tunnel else f"Asked for {judged.host}; answered no",
            clause=contents.circumvention_clause, host=tunnel.domain if tunnel else judged.host,
            count=tunnel.count if tunnel else 1,
        )  # fmt: skip
        if attempt is not None:
            self._notes.note(attempt)

    def _watched(self, asker: Asker) -> bool:
        return asker.client.role in self._judge.snapshot.contents.circumvention_roles


def _who(asker: Asker) -> str:
    client = asker.client
    return client.device or client.mac or client.address
