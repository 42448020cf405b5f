"""Who asks, and what the policy plans: the snapshot as this face enforces it.

Verdicts are remembered for a class of clients until they expire. Everything remembered is
dropped when a snapshot is swapped, when the clock comes into doubt or out of it, and when
somebody sets it; what is known of clients is dropped every two seconds, since an address
may change hands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from math import inf
from typing import Final
from zoneinfo import ZoneInfo

from appliance import clock
from appliance.dns.forwarded import parted, written
from appliance.dns.informants import Feed, Holder, Neighbours, SignedIn
from appliance.policy.engine import closed_by_lists_alone
from appliance.policy.model import Action, Reason, Verdict
from appliance.policy.plan import DnsPlan, Plan, plan
from appliance.policy.situation import Query
from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import Client

UNCLASSIFIED: Final = "unclassified_social"  # the category of names put before the technician

TIME_CONTROLLED: Final = 30  # seconds: no answer about a name that the bell governs lasts longer
_JUMP: Final = 0.5  # seconds by which the clock may drift from the monotonic one in a check
MOST_PLANS: Final = 50_000

# An allow that names the host or service itself, or the client's own grant, stands
# whatever the host's alias is called.
_STANDS: Final = frozenset({Reason.GRANT, Reason.SERVICE_RULE})


@dataclass(frozen=True, slots=True)
class Asker:
    """A client of the school's networks. ``shares``: clients with the same share answers."""

    client: Client
    shares: tuple[object, ...]


@dataclass(slots=True, eq=False)
class Judged:
    """A plan for a host and a class of clients, until a monotonic instant.

    host: the name that was asked for. since, until: monotonic. counts: how often each
    source (packed address) asked since attempts were last settled; None: not recorded.
    used: to be told each source that is answered from outside the hot loop, where nobody
    classified the host; None: it is known what it is.
    """

    host: str
    plan: Plan
    query: Query
    since: float
    until: float
    ceiling: int = 1 << 31
    counts: defaultdict[bytes, int] | None = None
    used: Callable[[bytes], None] | None = None

    @property
    def verdict(self) -> Verdict:
        """The verdict on the host."""
        return self.plan.verdict


class Judge:
    """Resolves addresses to clients and hosts to plans, remembering both for a while."""

    def __init__(
        self,
        holder: Holder,
        neighbours: Neighbours,
        feed: Feed | None = None,
        signed_in: SignedIn | None = None,
    ) -> None:
        self._holder = holder
        self._neighbours = neighbours
        self._signed_in, self._signed_in_version = signed_in, 0
        self._feed = feed
        self._askers: dict[bytes, Asker | None] = {}
        self._plans: dict[tuple[tuple[object, ...], str, str], Judged] = {}
        self._expired: list[Judged] = []  # with attempts still to settle
        self.snapshot = holder.snapshot
        self._forwarders = _prefixes(self.snapshot)
        self._now, self._drift = self._look(), _drift()

    @property
    def state(self) -> str:
        """Which snapshot is enforced: ``current``, ``last_good`` or ``closed``."""
        return self._holder.state

    def asker(self, packed: bytes) -> Asker | None:
        """Return the client behind a packed address; None: not on the school's networks."""
        if packed in self._askers:
            return self._askers[packed]
        found = self._asker(packed)
        self._askers[packed] = found
        return found

    def forwards(self, packed: bytes) -> bool:
        """Whether a packed address is that of a forwarder which may say for whom it asks."""
        if not self._forwarders:
            return False
        address = ip_address(packed)
        return any(address in prefix for prefix in self._forwarders)

    def judged(self, asker: Asker, host: str) -> Judged:
        """Return the plan for a canonical host."""
        key = (asker.shares, host, "")
        found = self._plans.get(key)
        now = clock.monotonic()
        if found is None or now >= found.until:
            found = self._remember(key, self._decide(asker, host, now))
        return found

    def aliased(self, asker: Asker, judged: Judged, target: str) -> Judged | None:
        """Return the refusal that a target of a passed host earns it; None: it may pass.

        Sanctuary is never refused. The illegal class is refused behind any other name. What
        no list closes is not closed by a list's word on a network that carries it either.
        """
        reason = judged.verdict.reason
        if reason is Reason.SANCTUARY:
            return None
        found = self.judged(asker, target)
        if found.verdict.action is Action.ALLOW:
            return None
        if self.snapshot.never_blocks(judged.host) and closed_by_lists_alone(
            found.query, self.snapshot
        ):
            return None
        if reason in _STANDS and found.verdict.reason is not Reason.ILLEGAL:
            return None
        key = (asker.shares, judged.host, target)
        known = self._plans.get(key)
        if known is None or clock.monotonic() >= known.until:
            refusal = Plan(DnsPlan.REFUSE, found.plan.tls, found.verdict)
            until = min(judged.until, found.until)
            known = Judged(judged.host, refusal, found.query, found.since, until)
            known.counts = _counts(known)
            self._remember(key, known)
        return known

    def governed(self, asker: Asker, host: str) -> bool:
        """Whether the bell governs a host: its plan is timed, or leads to our own address."""
        found = self.judged(asker, host)
        return found.ceiling <= TIME_CONTROLLED or found.plan.dns is DnsPlan.STEER

    def recorded(self) -> list[Judged]:
        """Return every plan with attempts that are not settled yet."""
        return [judged for judged in (*self._expired, *self._plans.values()) if judged.counts]

    def outdated(self) -> bool:
        """Whether what is remembered may no longer hold: snapshot, clock, or sheer size."""
        swapped = self._holder.refresh() or self._holder.snapshot is not self.snapshot
        jumped = abs(_drift() - self._drift) > _JUMP
        return swapped or jumped or self._look().trusted != self._now.trusted or self._full()

    def renew(self) -> None:
        """Forget everything, and enforce what is published now."""
        self.snapshot = self._holder.snapshot
        self._forwarders = _prefixes(self.snapshot)
        self._now, self._drift = self._look(), _drift()
        self._plans = {}
        self._expired = []
        self.forget_clients()

    def others_signed_in(self) -> bool:
        """Whether somebody signed in or out on a device since this was asked last."""
        if self._signed_in is None:
            return False
        before = self._signed_in_version
        self._signed_in_version = self._signed_in.version(self._look().at)
        return self._signed_in_version != before

    def forget_clients(self) -> None:
        """Forget who is behind which address."""
        self._askers = {}

    def moved(self) -> bool:
        """Whether another device is behind an address that asked, since the last call."""
        return any(ip_address(a).packed in self._askers for a in self._neighbours.changed())

    def forget_expired(self) -> None:
        """Forget the plans whose time is up. Settle their attempts first."""
        now = clock.monotonic()
        self._plans = {key: judged for key, judged in self._plans.items() if now < judged.until}
        self._expired = []

    def _asker(self, source: bytes) -> Asker | None:
        packed, mac = parted(source)
        address = written(packed)
        register = self.snapshot.register
        if register.network_of(address) is None:
            return None
        behind = self.forwards(packed)  # closed: what is registered there is not who asks
        if mac is None and not behind:
            mac = self._neighbours.mac_of(address)
        who, said = self._signed_in, None
        if who is not None and not (behind and mac is None):
            said = who.presence(address, mac, self._look().at)
        client = register.resolve(address, mac, said, behind=behind)
        return Asker(client, self.snapshot.class_of(client))

    def _remember(self, key: tuple[tuple[object, ...], str, str], judged: Judged) -> Judged:
        before = self._plans.get(key)
        if before is not None and before.counts:
            self._expired.append(before)
        self._plans[key] = judged
        return judged

    def _decide(self, asker: Asker, host: str, now: float) -> Judged:
        look = self._look()
        query = Query(asker.client, host, look.at, clock_trusted=look.trusted)
        planned = plan(query, self.snapshot)
        expires = planned.verdict.expires_at
        until = inf if expires is None else now + (expires - look.at).total_seconds()
        judged = Judged(host, planned, query, now, until)
        if planned.timed:
            judged.ceiling = TIME_CONTROLLED
        judged.counts = _counts(judged)
        if self._feed is not None and _unclassified(planned):
            judged.used = partial(self._feed.note, host)
        return judged

    def moment(self) -> datetime:
        """Return the instant that holds for verdicts."""
        return self._look().at

    def today(self) -> date:
        """Return the school's day, by the gate's clock."""
        return self._look().at.astimezone(ZoneInfo(self.snapshot.contents.calendar.zone)).date()

    def _look(self) -> clock.Now:
        c = self.snapshot.contents
        return clock.now(
            c.clock_offset,
            not_before=c.built_at,
            need_synchronised=c.need_synchronised_clock,
        )

    def _full(self) -> bool:
        return len(self._plans) > MOST_PLANS or len(self._askers) > MOST_PLANS


def _prefixes(snapshot: Snapshot) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(prefix) for prefix in snapshot.contents.forwarders)


def _drift() -> float:
    """Return how far the system's clock stands from the monotonic one, in seconds."""
    return clock.real().timestamp() - clock.monotonic()


def _counts(judged: Judged) -> defaultdict[bytes, int] | None:
    verdict = judged.verdict
    return defaultdict(int) if verdict.record and verdict.reason is not Reason.SANCTUARY else None


def _unclassified(planned: Plan) -> bool:
    """Whether a host passes because nothing is known of it."""
    verdict = planned.verdict
    if planned.dns is not DnsPlan.PASS or verdict.service is not None:
        return False
    return verdict.category == UNCLASSIFIED or (
        verdict.reason is Reason.DEFAULT and verdict.category is None
    )
