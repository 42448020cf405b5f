"""The core's word on who is signed in where: from the store into a file that the faces read."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from appliance import clock
from appliance.identity.sign_ins import SignIn, write
from appliance.store import settings, sign_ins
from appliance.store.session import Store
from appliance.store.tables import Revision

PRUNE: Final = timedelta(hours=6)

log = logging.getLogger(__name__)


class SignedIn:
    """Writes the file whenever what it says is no longer so.

    Fails closed: where it cannot be written there is none, and nobody is signed in.
    """

    def __init__(self, run: Path) -> None:
        self._run = run
        self._told: tuple[object, ...] | None = None
        self._said = ""
        self._ranks: tuple[object, Mapping[str, int]] = (None, {})
        self._pruned: datetime | None = None

    def tell(self, store: Store) -> None:
        """Look at the store, and write down what changed.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: the store failed; the file stays as it was.
        """
        with store.reading() as session:
            revision = tuple(session.execute(select(Revision.store, Revision.number)).one())
            state = (revision, sign_ins.state(session))
            if state == self._told:
                return
            now = clock.now(_offset(session)).at
            entries = [_entry(one, self._rank(session, revision))
                       for one in sign_ins.counting(session, now)]  # fmt: skip
        self._said = self._written(entries)
        self._told = None if self._said else state
        if not self._said:
            self._prune(store, now)

    def _written(self, entries: list[SignIn]) -> str:
        try:
            write(self._run, entries)
        except OSError as error:
            if str(error) != self._said:
                log.error("nobody is signed in on a device, it cannot be written down: %s", error)
            return str(error)
        return ""

    def _rank(self, session: Session, revision: object) -> Mapping[str, int]:
        if self._ranks[0] != revision:
            try:
                self._ranks = (revision, sign_ins.ranks(session))
            except ValueError:  # a policy file that is no longer accepted: the last good ranks
                self._ranks = (revision, self._ranks[1])
        return self._ranks[1]

    def _prune(self, store: Store, now: datetime) -> None:
        if self._pruned is not None and timedelta(0) <= now - self._pruned < PRUNE:
            return
        self._pruned = now
        try:
            with store.session() as session:
                sign_ins.prune(session, now)
        except SQLAlchemyError as error:  # no room, or locked: old rows stay for six hours more
            log.debug("old sign-ins stay: %s", error)


def _entry(one: sign_ins.SignedIn, ranks: Mapping[str, int]) -> SignIn:
    return SignIn(
        one.person, one.how, one.mac, one.addresses, one.starts.timestamp(), one.ends.timestamp(),
        ranks.get(one.person, 0),
    )  # fmt: skip


def _offset(session: Session) -> float:
    found = settings.get(session, "clock_offset")
    return float(found) if isinstance(found, int | float) else 0.0
