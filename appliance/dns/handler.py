"""One query from bytes to answer: read, judged, answered at once or asked upstream.

The guard is here: whatever goes wrong inside, the client gets SERVFAIL, never silence and
never an answer that nobody decided on.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Coroutine
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any, Final

from appliance import clock
from appliance.dns import locks, reasons
from appliance.dns.answers import (
    LONG,
    Answer,
    Error,
    addresses,
    fitted,
    forwarded,
    led,
    made_up,
    minimal_any,
    without_question,
)
from appliance.dns.cache import Kept
from appliance.dns.forwarded import whose
from appliance.dns.judge import TIME_CONTROLLED, Asker, Judge, Judged
from appliance.dns.protocol import about_us, by_protocol
from appliance.dns.resolver import Resolver
from appliance.dns.special import Special, special
from appliance.dns.targets import inside, targets_of
from appliance.dns.upstream import UnsolvedError, UpstreamError
from appliance.dns.wire import (
    CHAOS,
    OPCODE,
    MalformedError,
    Question,
    Rcode,
    Type,
    host_of,
    read_question,
)
from appliance.policy.names import within
from appliance.policy.plan import DnsPlan

if TYPE_CHECKING:
    from appliance.dns.signs import Signs
    from appliance.dns.stand_in import Unseen

_LOOPBACK: Final = ["127.0.0.1", "::1"]
_FAILED_FOR: Final = 1.0  # seconds for which a failure is not tried again
_STALE_FOR: Final = 5.0  # seconds for which a stale answer is given without asking again


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, the verdict it rests on (None: the protocol's own), and when it was got.

    again: whether the same bytes from a client of the same class may be answered the same.
    """

    answer: Answer
    born: float
    judged: Judged | None = None
    again: bool = False

    @property
    def until(self) -> float:
        """The monotonic instant at which the verdict has to be asked for again."""
        return inf if self.judged is None else self.judged.until


Outcome = Reply | Coroutine[Any, Any, Reply] | None


class Handler:
    """Answers queries. ``handle`` never raises, and neither does what it returns."""

    def __init__(
        self, judge: Judge | Unseen, resolver: Resolver, signs: Signs | None = None
    ) -> None:
        """signs: who looks for ways round the gate in what is asked."""
        self._judge = judge
        self._resolver = resolver
        self._signs = signs

    def whose(self, packet: bytes, source: bytes) -> bytes:
        """Return who a packet's question is from: the source, or for whom a forwarder asks."""
        return whose(packet, source) if self._judge.forwards(source) else source

    def handle(self, packet: bytes, source: bytes, *, stream: bool) -> Outcome:
        """Return the reply to a packet from a packed address; None: silence.

        stream: it came over TCP, so that any length will do.
        """
        try:
            return self._handle(packet, source, stream)
        except Exception:  # noqa: BLE001  # closed: SERVFAIL
            return _failed(packet)

    async def _later(self, packet: bytes, source: bytes, question: Question, fit: bool) -> Reply:
        """Finish what needs the upstream."""
        try:
            reply = await self._from_upstream(question, source)
            return self._sized(question, reply, fit)
        except Exception:  # noqa: BLE001  # closed: SERVFAIL
            return _failed(packet)

    def _handle(self, packet: bytes, source: bytes, stream: bool) -> Outcome:
        if len(packet) < 12 or packet[2] & 0x80:
            return None  # no header, or itself an answer: answering would start a loop
        asker = self._judge.asker(source)
        ourselves = source[0] == 127 or source == b"\0" * 15 + b"\1"
        if asker is None and not ourselves:
            # A refusal is no longer than the question: nothing to gain for a forged sender.
            return Reply(without_question(packet, Rcode.REFUSED), 0)
        if packet[2] & (OPCODE >> 8):
            return Reply(without_question(packet, Rcode.NOTIMP), 0)
        try:
            question = read_question(packet)
        except MalformedError:
            return Reply(without_question(packet, Rcode.FORMERR), 0)
        reply = self._at_once(question, asker)
        if reply is None:
            return self._later(packet, source, question, not stream)
        return self._sized(question, reply, not stream)

    def _at_once(self, question: Question, asker: Asker | None) -> Reply | None:
        """Return what can be said without the upstream; None: it has to be asked."""
        now = clock.monotonic()
        if question.qclass == CHAOS:
            version = self._judge.snapshot.contents.version
            said = about_us(question, version, self._judge.state)
            if said is not None:
                return Reply(said, now)
        answer = by_protocol(question)
        if answer is None and asker is None:
            answer = made_up(question, Rcode.REFUSED, error=Error(reasons.PROHIBITED), keep=0)
        host = host_of(question.name)
        answer = answer or self._special(question, host)
        if answer is not None or asker is None:
            noted = self._signs is not None and asker and self._signs.canary(asker, host)
            again = asker is not None and not noted  # each client's canary is to be seen
            return Reply(answer or made_up(question, Rcode.REFUSED), now, again=again)
        judged = self._judge.judged(asker, host)
        if self._signs is not None:
            self._signs.look(asker, judged, question)
        decided = self._decided(question, judged, now)
        if decided is not None:
            return decided
        kept = self._resolver.fresh(locks.asked(question, judged.plan.alias))
        return None if kept is None else self._passed(question, asker, judged, kept)

    def _special(self, question: Question, host: str) -> Answer | None:
        contents = self._judge.snapshot.contents
        match special(host, question.type, contents.local_domains):
            case Special.NO_SUCH_NAME:
                return made_up(question, Rcode.NXDOMAIN, ttl=LONG)
            case Special.NO_DATA:
                return made_up(question, ttl=LONG)
            case Special.LOOPBACK:
                return addresses(question, _LOOPBACK)
            case Special.OURSELVES:
                return addresses(question, contents.steer_ipv4 + contents.steer_ipv6)
        return None

    def _decided(self, question: Question, judged: Judged, now: float) -> Reply | None:
        """Return the answer that the plan alone gives; None: the upstream's is wanted."""
        if judged.plan.dns is DnsPlan.REFUSE:
            return self._refused(question, judged, now)
        if question.type == Type.ANY:
            return Reply(minimal_any(question), now, judged, again=True)
        if judged.plan.dns is DnsPlan.PASS:
            locked = locks.at_once(question, judged.plan.alias)
            return None if locked is None else Reply(locked, now, judged, again=True)
        contents = self._judge.snapshot.contents
        error = reasons.steering(question, judged.verdict)
        ours = contents.steer_ipv4 + contents.steer_ipv6
        return Reply(addresses(question, ours, error), now, judged, again=True)

    def _refused(self, question: Question, judged: Judged, now: float) -> Reply:
        error = reasons.refusal(question, judged.host, judged.verdict, self._judge.snapshot)
        answer = made_up(question, Rcode.NXDOMAIN, error=error)
        return Reply(answer, now, judged, again=True)

    def _passed(
        self, question: Question, asker: Asker, judged: Judged, kept: Kept, *, stale: bool = False
    ) -> Reply:
        """Return an upstream's answer, once it is known where it leads."""
        now = clock.monotonic()
        contents = self._judge.snapshot.contents
        targets, ceiling = targets_of(kept.response), judged.ceiling
        ours = contents.steer_ipv4 + contents.steer_ipv6
        local = any(within(judged.host, domain) for domain in contents.local_domains)
        if not local and any(inside(address, ours) for address in targets.addresses):
            error = Error(reasons.FILTERED, "a public name may not lead into the school")
            return Reply(made_up(question, error=error), now, judged, again=True)
        for name in targets.names:
            refused = self._judge.aliased(asker, judged, name)
            if refused is not None:
                return self._refused(question, refused, now)
            if self._judge.governed(asker, name):
                ceiling = TIME_CONTROLLED
        if judged.plan.alias:
            if locks.leads(question):
                return self._led(question, judged, kept, ceiling, stale=stale)
            if targets.names or targets.addresses:  # no other record may lead to what is unlocked
                return Reply(made_up(question), now, judged, again=True)
        if stale:
            answer = forwarded(question, kept.response, stale=True, keep=_STALE_FOR)
            return Reply(answer, now, judged, again=True)
        keep = kept.until - kept.got
        answer = forwarded(question, kept.response, keep=keep, ceiling=ceiling)
        return Reply(answer, kept.got, judged, again=True)

    def _led(
        self, question: Question, judged: Judged, kept: Kept, ceiling: int, *, stale: bool
    ) -> Reply:
        """Return the locked twin's addresses; fails closed: never the engine's own."""
        now, alias = clock.monotonic(), judged.plan.alias
        if kept.response.rcode:
            error = Error(reasons.OTHER, f"there is no {alias}")
            answer = made_up(question, Rcode.SERVFAIL, error=error, keep=_FAILED_FOR)
            return Reply(answer, now, judged, again=True)
        keep = _STALE_FOR if stale else kept.until - kept.got
        answer = led(
            question, alias, kept.response, error=reasons.locking(question, stale=stale),
            stale=stale, keep=keep, ceiling=ceiling,
        )  # fmt: skip
        return Reply(answer, now if stale else kept.got, judged, again=True)

    async def _from_upstream(self, question: Question, source: bytes) -> Reply:
        failure, kept, stale = None, None, False
        alias = self._alias(question, source)
        try:
            kept, stale = await self._resolver.ask(locks.asked(question, alias))
        except UpstreamError as error:
            failure = error
        # Judged anew: while we waited, the bell may have gone or a snapshot been swapped.
        now = clock.monotonic()
        asker = self._judge.asker(source)
        if asker is None:
            return Reply(made_up(question, Rcode.REFUSED, keep=0), now)
        judged = self._judge.judged(asker, host_of(question.name))
        if judged.plan.alias != alias:  # locked or unlocked meanwhile: that was another name's
            return await self._from_upstream(question, source)
        decided = self._decided(question, judged, now)
        if decided is not None:
            return decided
        if kept is None:
            return Reply(_unsolved(question, failure, alias), now, judged, again=True)
        return self._passed(question, asker, judged, kept, stale=stale)

    def _alias(self, question: Question, source: bytes) -> str:
        """Return the name whose addresses are wanted; empty: those of the name asked for."""
        asker = self._judge.asker(source)
        if asker is None:
            return ""
        return self._judge.judged(asker, host_of(question.name)).plan.alias

    def _sized(self, question: Question, reply: Reply, fit: bool) -> Reply:
        plain = question.edns is None or not any(data for _, data in question.edns.options)
        answer = fitted(question, reply.answer) if fit else reply.answer
        return Reply(answer, reply.born, reply.judged, reply.again and plain)


def _unsolved(question: Question, failure: UpstreamError | None, alias: str) -> Answer:
    if isinstance(failure, UnsolvedError) and not alias:
        response = failure.response
        if response.rcode == Rcode.SERVFAIL and response.options:
            return forwarded(question, response, keep=_FAILED_FOR)  # with the reason it gives
    error = Error(failure.code if failure else 22, "no answer from the resolver")
    return made_up(question, Rcode.SERVFAIL, error=error, keep=_FAILED_FOR)


def _failed(packet: bytes) -> Reply:
    """SERVFAIL, and the reason where whoever runs the appliance finds it."""
    print("bellgate dns: a query could not be decided", file=sys.stderr)  # noqa: T201
    traceback.print_exc()
    return Reply(without_question(packet, Rcode.SERVFAIL), 0)
