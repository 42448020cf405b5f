"""The rules in the kernel: built anew when anything they rest on changes, and kept there."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from appliance import clock
from appliance.firewall import judged as judging
from appliance.firewall.classes import placed
from appliance.firewall.document import FAMILY, TABLE, Statement
from appliance.firewall.facts import known
from appliance.firewall.judged import Judged
from appliance.firewall.nft import Nft, NftError
from appliance.firewall.ruleset import BASE, ruleset
from appliance.firewall.settings import Gateway, Placed
from appliance.policy.snapshot import Snapshot

AGAIN: Final = 5.0  # seconds until what nftables refused is tried again
_BACK: Final = timedelta(seconds=1)  # a clock that was set back by more is judged anew

log = logging.getLogger(__name__)


class Rules:
    """The ruleset in force. One owner, one thread.

    Fails to the last good one: a document that nftables refuses changes nothing, is said
    aloud, and is tried again.
    """

    def __init__(self, nft: Nft, gateway: Gateway) -> None:
        self._nft, self._gateway = nft, gateway
        self._snapshot: Snapshot | None = None
        self._now: clock.Now | None = None
        self._until: datetime | None = None
        self._built: tuple[tuple[Placed, ...], Judged] | None = None  # as far as it is in force
        self._good: list[Statement] = []
        self._again: float | None = None
        self.every: tuple[Placed, ...] = ()
        self.trouble = ""
        self.applied_at: datetime | None = None
        self.version = 0
        self.put_back = 0

    def look(self, snapshot: Snapshot, table: Mapping[str, str] | None, now: clock.Now) -> bool:
        """Put in force what holds now; True when anything was judged anew.

        table: MAC by address where it has changed since the last look, else None.
        """
        due = self._again is not None and clock.monotonic() >= self._again
        if not (due or table is not None or self._outdated(snapshot, now)):
            return False
        if table is not None or self._snapshot is not snapshot:
            self.every = placed(snapshot, self._table if table is None else table)
        if table is not None:
            self._table = table
        self._snapshot, self._now = snapshot, now
        self._until = judging.until(self.every, snapshot, now.at)
        found = judging.judged(
            self.every, snapshot, self._gateway, known(), now.at, clock_trusted=now.trusted
        )
        self.version = snapshot.contents.version
        if self._built != (self.every, found):
            self._apply(found)
        return True

    _table: Mapping[str, str] = {}

    def whole(self) -> bool:
        """See whether our rules are still there, and put them back where they are not."""
        if not self._good or self._there():
            return True
        log.error("somebody took the rules out of the kernel: they are put back")
        self.put_back += 1
        self._built = None
        self._carry_in(self._good)
        return False

    def _outdated(self, snapshot: Snapshot, now: clock.Now) -> bool:
        before = self._now
        if before is None or snapshot is not self._snapshot:
            return True
        rung = self._until is not None and now.at >= self._until
        return rung or now.trusted != before.trusted or now.at < before.at - _BACK

    def _apply(self, found: Judged) -> None:
        statements = ruleset(self.every, found, self._gateway, known())
        if self._carry_in(statements):
            self._built, self._good = (self.every, found), statements

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
        return True

    def _there(self) -> bool:
        """Whether each of our chains has rules. Fails to putting them back, which harms nobody."""
        try:
            return all(
                any("rule" in one for one in self._nft.listed(f"chain {FAMILY} {TABLE} {name}"))
                for name, *_ in BASE
                if name != "outward"
            )
        except NftError:
            return False
