"""The rules in the kernel: built anew when anything they rest on changes, and kept there."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from appliance import clock
from appliance.firewall.counting import rules
from appliance.firewall.document import Statement
from appliance.firewall.facts import known
from appliance.firewall.judged import Said, judged, until, wanted
from appliance.firewall.nft import Nft, NftError
from appliance.firewall.ruleset import changes, refilled, ruleset
from appliance.firewall.settings import Gateway, Placed, Wanted
from appliance.policy.presence import Whom
from appliance.policy.snapshot import Snapshot

AGAIN: Final = 5.0  # seconds until what nftables refused is tried again
REFILL: Final = 60.0  # seconds between two fillings: rules are counted, elements are not
AHEAD: Final = timedelta(seconds=8)  # before a bell, to judge what holds from then on
_BACK: Final = timedelta(seconds=1)  # a clock that was set back by more is judged anew

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """All that the rules rest on. neighbours: MAC by address; signed_in: who, by address."""

    snapshot: Snapshot
    now: clock.Now
    neighbours: Mapping[str, str]
    signed_in: Mapping[str, Whom]


@dataclass(frozen=True, slots=True)
class _Ahead:
    """What was said of classes for the time from a bell until something changes again."""

    bell: datetime
    over: datetime | None
    said: Said


class Rules:
    """The ruleset in force. One owner, one thread.

    Fails to the last good one: a document that nftables refuses changes nothing, is said
    aloud, and is tried again.
    """

    def __init__(self, nft: Nft, gateway: Gateway) -> None:
        self._nft, self._gateway = nft, gateway
        self._seen: Seen | None = None
        self._until: datetime | None = None
        self._good: Wanted | None = None  # what is in the kernel
        self._again: float | None = None
        self._said: Said = {}  # of classes, by the snapshot and in the period that hold
        self._ahead: _Ahead | None = None  # and from the next bell on
        self.trouble = ""
        self.applied_at: datetime | None = None
        self.put_back = 0
        self.emptied = 0  # how often the kernel had to forget what it had learned
        self.judged = 0  # how often anything but the neighbours changed
        self._rules: int | None = None  # how many are in the kernel
        self._refill_at = clock.monotonic() + REFILL

    @property
    def every(self) -> tuple[Placed, ...]:
        """Every class of clients in force."""
        return self._good.every if self._good else ()

    def look(self, seen: Seen) -> bool:
        """Put in force what holds now; True when anything was judged anew."""
        due = self._again is not None and clock.monotonic() >= self._again
        if not (due or self._outdated(seen)):
            self._look_ahead(seen)
            return False
        before = self._seen
        if before is None or self._outdated(replace(seen, neighbours=before.neighbours)):
            self.judged += 1
        if self._overtaken(seen):
            self._said = self._foreseen(seen)
            self._ahead = None
        self._seen = seen
        found = wanted(
            seen.snapshot, self._gateway, known(), seen.now.at, neighbours=seen.neighbours,
            signed_in=seen.signed_in, clock_trusted=seen.now.trusted, said=self._said,
        )  # fmt: skip
        self._until = until(found.every, seen.snapshot, seen.now.at, clock_trusted=seen.now.trusted)
        if found != self._good:
            self._apply(found)
        elif self._again is not None:  # what was refused is wanted no more
            self._again, self.trouble = None, ""
        return True

    def whole(self) -> bool:
        """See whether our rules are still there, and put them back where they are not."""
        if self._good is None:
            return True
        if self._there():
            self._refill(self._good)
            return True
        log.error("somebody took the rules out of the kernel: they are put back")
        self.put_back += 1
        self._carry_in(ruleset(self._good, afresh=True))
        self.emptied += 1
        return False

    def _look_ahead(self, seen: Seen) -> None:
        """Judge shortly before a bell what holds from it on, so that it is in force at once."""
        bell = self._until
        if bell is None or self._ahead is not None or bell - seen.now.at > AHEAD:
            return
        trusted, said = seen.now.trusted, Said()
        judged(self.every, seen.snapshot, known(), bell, clock_trusted=trusted, said=said)
        over = until(self.every, seen.snapshot, bell, clock_trusted=trusted)
        self._ahead = _Ahead(bell, over, said)

    def _foreseen(self, seen: Seen) -> Said:
        """Return what was judged ahead for this very bell; nothing where anything else changed."""
        before = self._seen
        if before is None or self._ahead is None or seen.snapshot is not before.snapshot:
            return {}
        now, ahead = seen.now, self._ahead
        begun = ahead.bell <= now.at and (ahead.over is None or now.at < ahead.over)
        return ahead.said if begun and now.trusted == before.now.trusted else {}

    def _outdated(self, seen: Seen) -> bool:
        before = self._seen
        if before is not None and (
            seen.neighbours is not before.neighbours or seen.signed_in is not before.signed_in
        ):
            return True
        return self._overtaken(seen)

    def _overtaken(self, seen: Seen) -> bool:
        """Whether snapshot or clock changed, so that each class has to be judged anew."""
        before = self._seen
        if before is None or seen.snapshot is not before.snapshot:
            return True
        rung = self._until is not None and seen.now.at >= self._until
        back = seen.now.at < before.now.at - _BACK
        return rung or back or seen.now.trusted != before.now.trusted

    def _apply(self, found: Wanted) -> None:
        statements = ruleset(found) if self._good is None else changes(self._good, found)
        # All of it afresh at the last: the table there may be another version's, or somebody
        # else's, which cannot be built upon.
        if self._carry_in(statements):
            self._good = found
        elif self._carry_in(ruleset(found, afresh=True)):
            self._good = found
            self.emptied += 1

    def _carry_in(self, statements: list[Statement]) -> bool:
        try:
            self._nft.check(statements)
            self._nft.apply(statements)
        except NftError as error:
            self._again = clock.monotonic() + AGAIN
            if str(error) != self.trouble:
                log.error("nftables refused the rules, the last good ones hold: %s", error)
            self.trouble = str(error)
            return False
        self._again, self.trouble, self.applied_at = None, "", clock.real()
        self._rules = _counted()
        return True

    def _refill(self, good: Wanted) -> None:
        """Fill what somebody may have emptied by hand. Fails to what is there, and is said."""
        now = clock.monotonic()
        if now < self._refill_at or self._again is not None:
            return
        applied = self.applied_at  # nothing new is in force
        self._carry_in(refilled(good))
        self.applied_at = applied
        self._refill_at = clock.monotonic() + REFILL

    def _there(self) -> bool:
        """Whether as many rules are there as were put in. Fails to leaving them alone."""
        found = _counted()
        return found is None or self._rules is None or found == self._rules


def _counted() -> int | None:
    """Return how many rules are in the kernel; None where it does not say."""
    try:
        return rules()
    except OSError as error:
        log.warning("the kernel does not say whether the rules are there: %s", error)
        return None
