"""What the kernel is told of answers: who was given which address, and whether it still holds.

Judged anew whenever the rules are: an address whose name is blocked for its client now is cut,
by the engine that answers all other questions. Two names may share an address: where one of
them is blocked, a new connection is led to the proxy, which tells them apart by name.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Final

from appliance import clock
from appliance.firewall.document import Statement, flush
from appliance.firewall.door.changes import STEP, Changes, by_step
from appliance.firewall.door.homes import Homes
from appliance.firewall.door.memory import GRACE, LOST, Memory, longest
from appliance.firewall.door.rules import Seen
from appliance.firewall.door.steered import Steered
from appliance.firewall.learned import Pair, forget, learn, overfull
from appliance.firewall.nft import Nft, NftError
from appliance.firewall.settings import Placed
from appliance.firewall.told import LONGEST, Told
from appliance.policy.engine import decide
from appliance.policy.model import Action, Reason
from appliance.policy.presence import Whom
from appliance.policy.situation import Query
from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import Client

SLICE: Final = 0.05  # seconds of judging at a time: answers are heard in between
_BY: Final = ("4", "6", "_mac4", "_mac6")
_CUTS: Final = tuple(f"cut{by}" for by in _BY)
_OPEN: Final = tuple(f"{what}{by}" for what in ("answered", "sanctuary") for by in _BY)
_MOST_JUDGED: Final = 100_000
_AT_ONCE: Final = 2000  # addresses in one transaction

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Said:
    blocked: bool
    sanctuary: bool
    until: datetime | None


class Answers:
    """Fills the learned sets. One owner, one thread.

    Fails to what the kernel knows already: what it does not take is said, and told again with
    the next judging.
    """

    def __init__(
        self, nft: Nft, memory: Memory, own: Iterable[str], *, inherits: bool = True
    ) -> None:
        """Begin. inherits: memory holds all that an earlier door told the kernel.

        Where it does not, what is open in the kernel is closed at the first ``begin``: no bell
        could end what nobody remembers.
        """
        self.memory, self._inherits = memory, inherits
        self._nft, self._own = nft, frozenset(own)
        self._steered, self._homes = Steered(nft), Homes()
        self._moved: set[str] = set()
        self._judged: dict[tuple[object, ...], _Said] = {}
        self._clients: dict[str, tuple[Client, tuple[object, ...]]] = {}
        self._learned: dict[Pair, float] = {}
        self._sanctuary: dict[Pair, float] = {}
        self._cut: dict[Pair, float] = {}
        self._sweeping: Iterator[None] | None = None
        self._basis: tuple[Snapshot, bool, Mapping[str, Whom]] | None = None
        self._at: datetime | None = None
        self.trouble = ""

    @property
    def counts(self) -> dict[str, int]:
        """How many addresses are known, cut and steered."""
        return {"answered": len(self.memory), "cut": len(self._cut), "steered": len(self._steered)}

    @property
    def busy(self) -> bool:
        """Whether there is still something to judge anew."""
        return self._sweeping is not None

    def hear(self, every: Iterable[Told], seen: Seen) -> None:
        """Take in what was answered."""
        now = clock.monotonic()
        answered: dict[int, list[Pair]] = {}
        spared: list[Pair] = []
        for one in every:
            if not one.client:
                self._steered.hear(one, self._foreign(one.addresses), now)
                continue
            address, said_mac = one.who
            if seen.snapshot.register.network_of(address) is None:
                continue
            mac, ttl = said_mac or seen.neighbours.get(address), min(one.ttl, LONGEST)
            given = self._foreign(one.addresses)
            who, texts = self.memory.heard(address, mac, one.host, given, ttl, now)
            said = self._judge(who, address, one.host, seen)
            seconds = -(-(ttl + int(GRACE)) // STEP) * STEP
            for pair in ((who, text) for text in texts):
                if self._learned.get(pair, 0.0) < now + ttl + GRACE / 2:
                    self._learned[pair] = now + seconds
                    answered.setdefault(seconds, []).append(pair)
                if said.sanctuary and self._sanctuary.get(pair, 0.0) < now + ttl + GRACE / 2:
                    self._sanctuary[pair] = now + seconds
                    spared.append(pair)
            if said.blocked:  # the bell rang between the answer and this
                self._begin_cut([(who, text) for text in texts], now + seconds, now)
            self._steered.hear(one, given, now)
        self._make_room()
        for seconds, pairs in answered.items():
            pairs = [pair for pair in pairs if pair in self._learned]
            self._carry_in(learn("answered", pairs, seconds))
        if spared:
            self._carry_in(learn("sanctuary", spared, LONGEST))
        self._steered.flush()

    def begin(self, seen: Seen, every: tuple[Placed, ...], *, afresh: bool = False) -> None:
        """Judge everything anew, in slices. afresh: the kernel may have forgotten all of it."""
        if afresh:
            self._learned.clear()
            self._sanctuary.clear()
            self._cut.clear()
            old = _CUTS if self._inherits else (*_CUTS, *_OPEN)  # an earlier door's
            self._carry_in([flush("set", name) for name in old])
            self._inherits = True
        basis = (seen.snapshot, seen.now.trusted, seen.signed_in)
        if self._basis is None or any(a is not b for a, b in zip(basis, self._basis, strict=True)):
            # At a bell alone what was judged ends by itself, and the rest need not be asked again.
            self._judged.clear()
            self._clients.clear()
            self._basis = basis
        if self._at is not None and seen.now.at < self._at:
            self._judged.clear()  # the clock was set back: what held later says nothing
        self._at = seen.now.at
        self._steered.begin(seen, every, afresh=afresh)
        self._moved.clear()
        self._homes.look(seen.neighbours)
        self._sweeping = self._sweep(seen)
        now = clock.monotonic()
        for who, until in self.memory.overfull.items():
            homes = self._homes.of(who) if ":" in who and len(who) == 17 else (who,)
            self._carry_in(overfull(homes, int(until - now) + 1))

    def meet(self, seen: Seen) -> None:
        """Judge anew who changed its MAC: what is open was opened by somebody else."""
        self._moved |= self._homes.look(seen.neighbours)
        if self._moved and self._sweeping is None and self._basis is not None:
            self._sweeping = self._sweep(seen, frozenset(self._moved))
            self._moved.clear()

    def step(self) -> None:
        """Judge for a slice of time."""
        if self._sweeping is not None and next(self._sweeping, self) is self:
            self._sweeping = None

    def forget(self) -> None:
        """Forget what is over: the kernel has forgotten it by itself."""
        now = clock.monotonic()
        self.memory.forget(now)
        self._steered.forget(now)
        for pairs in (self._learned, self._sanctuary, self._cut):
            for pair in [pair for pair, until in pairs.items() if until <= now]:
                del pairs[pair]

    def is_sanctuary(self, address: str) -> bool:
        """Whether an address was given to anybody for a name of sanctuary."""
        return any(to == address for _, to in self._sanctuary)

    def _make_room(self) -> None:
        """Take out of the kernel too what had to make room: nobody fills its sets for all.

        What is cut stays cut for its time: nobody opens it by looking up others.
        """
        gone = self.memory.gone()
        for what, pairs in (("answered", self._learned), ("sanctuary", self._sanctuary)):
            held = [pair for pair in gone if pairs.pop(pair, None) is not None]
            if held:
                self._carry_in(forget(what, held))

    def _sweep(self, seen: Seen, only: frozenset[str] | None = None) -> Iterator[None]:
        """Cut what is blocked now, let go of what is not, tell again what the kernel lost."""
        began, changed = clock.monotonic(), Changes()
        for who, known in self.memory.every():
            if only is not None and who not in only:
                continue
            others = self._homes.others_now(who, seen.neighbours)
            for text, hosts in list(known.hosts.items()):
                if not hosts:
                    continue
                pair, until = (who, text), longest(hosts)
                said = [self._judge(who, known.address, host, seen) for host in list(hosts)]
                changed.note(pair, until, any(one.sanctuary for one in said),
                             any(one.blocked for one in said))  # fmt: skip
                for address, mac in others:
                    blocked = any(self._judge(mac, address, host, seen).blocked for host in hosts)
                    changed.note_moved((address, text), until, blocked)
            if clock.monotonic() - began >= SLICE or len(changed.every) >= _AT_ONCE:
                self._settle(changed)
                yield
                began, changed = clock.monotonic(), Changes()
        self._settle(changed)

    def _settle(self, changed: Changes) -> None:
        now = clock.monotonic()
        lost = [p for p, until in changed.every.items() if p not in self._learned and until > now]
        spared = [pair for pair in changed.sanctuary if pair not in self._sanctuary]
        self._learned.update((pair, changed.every[pair]) for pair in lost)
        self._sanctuary.update((pair, changed.every[pair]) for pair in spared)
        self._again("answered", lost, changed.every, now)
        self._again("sanctuary", spared, changed.every, now)
        new = [pair for pair in changed.blocked if pair not in self._cut]
        untils = changed.moved | changed.every
        for until, pairs in by_step(new, untils, now).items():
            self._begin_cut(pairs, now + until, now)
        gone = [pair for pair in untils if pair in self._cut and pair not in changed.blocked]
        for pair in gone:
            del self._cut[pair]
        if gone:
            self._carry_in(forget("cut", self._freed(gone)))

    def _begin_cut(self, pairs: list[Pair], until: float, now: float) -> None:
        new = [pair for pair in pairs if self._cut.get(pair, 0.0) < until]
        self._cut.update(dict.fromkeys(new, until))
        if new:
            homes = [(home, text) for who, text in new for home in self._homes.of(who)]
            self._carry_in(learn("cut", [*new, *homes], int(until - now) + 1))

    def _freed(self, gone: list[Pair]) -> list[Pair]:
        """Return what is cut for none of those who lived at an address any more."""
        homes = ((home, text) for who, text in gone for home in self._homes.of(who))
        every = ((home, text, (home, *self._homes.cards(home))) for home, text in homes)
        return [*gone, *((home, text) for home, text, whose in every
                         if not any((who, text) in self._cut for who in whose))]  # fmt: skip

    def _again(self, what: str, pairs: list[Pair], untils: dict[Pair, float], now: float) -> None:
        for seconds, some in by_step(pairs, untils, now).items():
            self._carry_in(learn(what, some, seconds))

    def _judge(self, who: str, address: str, host: str, seen: Seen) -> _Said:
        if host == LOST:
            return _Said(blocked=True, sanctuary=False, until=None)
        client, shares = self._client(who, address, seen)
        key = (shares, host)
        said = self._judged.get(key)
        if said is None or (said.until is not None and seen.now.at >= said.until):
            asked = Query(client, host, seen.now.at, clock_trusted=seen.now.trusted)
            verdict = decide(asked, seen.snapshot)
            sanctuary = verdict.reason is Reason.SANCTUARY
            said = _Said(verdict.action is Action.BLOCK, sanctuary, verdict.expires_at)
            if len(self._judged) >= _MOST_JUDGED:
                self._judged.clear()
            self._judged[key] = said
        return said

    def _client(self, who: str, address: str, seen: Seen) -> tuple[Client, tuple[object, ...]]:
        found = self._clients.get(who)
        if found is None or found[0].address != address:
            mac = who if who != address else None
            client = seen.snapshot.register.resolve(address, mac, seen.signed_in.get(address))
            found = self._clients[who] = client, seen.snapshot.class_of(client)
        return found

    def _foreign(self, addresses: Iterable[bytes]) -> list[bytes]:
        """Leave out our own addresses: whatever leads there is ours to judge."""
        return [one for one in addresses if str(ip_address(one)) not in self._own]

    def _carry_in(self, statements: list[Statement]) -> None:
        try:
            self._nft.apply(statements)
        except NftError as error:
            if str(error) != self.trouble:
                log.error("what was answered cannot be told to the kernel: %s", error)
            self.trouble = str(error)
        else:
            self.trouble = ""
