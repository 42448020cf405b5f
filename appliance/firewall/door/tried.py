"""What packets tried, as attempts for the log: once a second, each try once.

A connection to an address that DNS never answered is looked at again after two seconds: the
answer may have been on its way. Sanctuary is never written down.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from ipaddress import ip_address, ip_network
from typing import Final

from appliance import clock
from appliance.attempts.attempt import Attempt, Layer, Visit, attempt_of
from appliance.circumvention.signals import Signal
from appliance.firewall.door.answers import Answers
from appliance.firewall.door.budget import Budget
from appliance.firewall.door.rules import Seen
from appliance.firewall.door.wording import evidence
from appliance.firewall.learned import Try, tries
from appliance.firewall.nft import Nft, NftError
from appliance.firewall.settings import Known
from appliance.policy.engine import decide
from appliance.policy.model import Action, Reason, Verdict
from appliance.policy.situation import Query
from appliance.policy.subjects import Client

RULE: Final = "firewall"
LATE: Final = 2.0  # seconds in which an answer may still come
QUIET: Final = 1200.0  # seconds without a telling: then it asked nothing for ten minutes
FEW: Final = 3  # addresses that nobody looked up, from which on silence is a sign
ONCE: Final = 600.0  # seconds: the same address of the same client is told once in them
AGAIN: Final = 60.0  # the same, for what was refused
MOST_TOLD: Final = 50_000  # what was told lately; beyond it the oldest is told again
MOST_UNNAMED: Final = 1000  # addresses of one client that nobody looked up
_SHARE: Final = 10  # of the time at most one tenth is spent reading

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Told:
    client: Client
    one: Try
    signal: Signal | None
    host: str


class Tried:
    """Turns tries into attempts. One owner, one thread.

    Fails to fewer rows in the log: what is refused is refused whether or not it can be read.
    """

    def __init__(self, nft: Nft, answers: Answers, known: Known) -> None:
        self._nft, self._answers, self._facts = nft, answers, known
        self._before: frozenset[Try] = frozenset()
        self._late: dict[Try, float] = {}
        self._told: dict[tuple[str, str, str], float] = {}
        self._unnamed: dict[str, dict[str, float]] = {}  # client -> address -> when
        self._budget: Budget[_Told] = Budget()
        self._since = clock.monotonic()
        self._due = self._since
        self.total = 0

    def look(self, seen: Seen) -> list[Attempt]:
        """Return the attempts since the last look, where it is time for one."""
        now = clock.monotonic()
        if now < self._due:
            return []
        try:
            found = frozenset(tries(self._nft))
        except (NftError, LookupError, TypeError, ValueError) as error:
            log.debug("tries cannot be read: %s", error)
            self._due = now + 1.0
            return []
        took = clock.monotonic() - now
        self._due = now + max(1.0, took * _SHARE)
        new, self._before = found - self._before, found
        attempts = self._attempts(self._ripe(new, now), seen, now)
        attempts += self._silent(seen, now)
        self._forget(now)
        self.total += len(attempts)
        return attempts

    def _ripe(self, new: Iterable[Try], now: float) -> list[Try]:
        """Return what is new, but what nobody answered only after a while."""
        ripe = []
        for one in new:
            if one.reason in ("unanswered", "held"):
                self._late.setdefault(one, now + LATE)
            else:
                ripe.append(one)
        ripe += [one for one, due in self._late.items() if due <= now]
        self._late = {one: due for one, due in self._late.items() if due > now}
        return ripe

    def _attempts(self, every: list[Try], seen: Seen, now: float) -> list[Attempt]:
        for one in sorted(every, key=lambda one: (one.client, one.address, one.port)):
            said = self._said(one, seen, now)
            if said is not None:
                self._budget.add((one.client, str(said.signal or "")), said)
        rows = [self._row(said, seen, others) for said, others in self._budget.spent(now)]
        return [row for row in rows if row is not None]

    def _row(self, said: _Told, seen: Seen, others: int) -> Attempt | None:
        if said.signal is None:
            return self._closed(said, seen)
        words = evidence(said.one, said.host, others=others)
        blocked = said.one.reason != "unanswered"
        row = _attempt(said.client, seen, said.host, said.signal, words, blocked=blocked)
        return replace(row, count=1 + others)

    def _closed(self, said: _Told, seen: Seen) -> Attempt | None:
        """Return the attempt on a service whose own addresses are closed, as the engine says."""
        for range_ in self._facts.ranges:
            if not any(ip_address(said.one.address) in ip_network(p) for p in range_.prefixes):
                continue
            for id_ in range_.services:
                service = seen.snapshot.catalogue.services.get(id_)
                for name in service.domains if service else ():
                    query = _query(said.client, name, seen)
                    row = attempt_of(query, decide(query, seen.snapshot), Layer.PACKET,
                                     Visit.BACKGROUND)  # fmt: skip
                    if row is not None and row.verdict == Action.BLOCK:
                        return replace(row, host=said.host,
                                       evidence=evidence(said.one, said.host))  # fmt: skip
        return None

    def _said(self, one: Try, seen: Seen, now: float) -> _Told | None:
        """Return what a try says, None where it says nothing, or nothing new."""
        if seen.snapshot.register.network_of(one.client) is None:
            return None
        mac = seen.neighbours.get(one.client)
        hosts = self._answers.memory.hosts(one.client, mac, one.address)
        unanswered = one.reason in ("unanswered", "held")
        if self._answers.is_sanctuary(one.address) or (unanswered and hosts):
            return None
        if unanswered:
            places = self._unnamed.setdefault(one.client, {})
            if len(places) < MOST_UNNAMED:
                places[one.address] = now
        signal = _signal(one)
        key = (one.client, str(signal or one.reason), one.address)
        if self._told.get(key, -ONCE) > now - (ONCE if unanswered else AGAIN):
            return None
        self._told[key] = now
        if len(self._told) > MOST_TOLD:
            del self._told[next(iter(self._told))]
        client = seen.snapshot.register.resolve(one.client, mac, seen.signed_in.get(one.client))
        return _Told(client, one, signal, hosts[-1] if hosts else one.address)

    def _silent(self, seen: Seen, now: float) -> list[Attempt]:
        """Say who goes to addresses and asks for no names. Only after long enough a look."""
        if now - self._since < QUIET:
            return []
        found = []
        for address, places in self._unnamed.items():
            mac = seen.neighbours.get(address)
            heard = self._answers.memory.heard_at(address, mac)
            asked = heard is not None and now - heard < QUIET
            key = (address, Signal.NO_DNS, "")
            if asked or len(places) < FEW or self._told.get(key, -ONCE) > now - ONCE:
                continue
            self._told[key] = now
            client = seen.snapshot.register.resolve(address, mac, seen.signed_in.get(address))
            evidence = f"Went to {len(places)} addresses in ten minutes and looked up no name."
            found.append(
                _attempt(client, seen, next(iter(places)), Signal.NO_DNS, evidence, blocked=False)
            )
        return found

    def _forget(self, now: float) -> None:
        self._told = {key: at for key, at in self._told.items() if at > now - ONCE}
        for client, places in list(self._unnamed.items()):
            fresh = {address: at for address, at in places.items() if at > now - ONCE}
            if fresh:
                self._unnamed[client] = fresh
            else:
                del self._unnamed[client]


def _signal(one: Try) -> Signal | None:
    match one.reason:
        case "resolver":
            if one.port == 853:
                return Signal.DOT_PORT
            return Signal.DNS_ELSEWHERE if one.port == 53 else Signal.DOH_ADDRESS
        case "tunnel" | "protocol":
            return Signal.VPN_PORT
        case "unanswered" | "held":
            return Signal.UNANSWERED
    return None  # an address of a service that is closed: no way round, just a closed door


def _query(client: Client, host: str, seen: Seen) -> Query:
    return Query(client, host, seen.now.at, clock_trusted=seen.now.trusted)


def _attempt(
    client: Client, seen: Seen, host: str, signal: Signal, words: str, *, blocked: bool
) -> Attempt:
    """Return an attempt to go round the gate: no rule of the engine speaks of packets."""
    moment = seen.snapshot.moment(seen.now.at, client, clock_trusted=seen.now.trusted)
    verdict = Verdict(
        action=Action.BLOCK if blocked else Action.ALLOW, reason=Reason.CIRCUMVENTION, rule=RULE,
        clause=seen.snapshot.contents.circumvention_clause, text="", role=client.role,
        period=moment.name, period_kind=moment.kind, expires_at=None,
    )  # fmt: skip
    row = attempt_of(_query(client, host, seen), verdict, Layer.PACKET, Visit.BACKGROUND)
    assert row is not None, "it is to be recorded, and is no sanctuary"
    return replace(row, signal=signal, evidence=words)
