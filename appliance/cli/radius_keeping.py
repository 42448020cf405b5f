"""What access points say, taken down: who came, who is still there, who went."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from appliance import clock
from appliance.accounts.sealing import SealError, unseal
from appliance.identity.radius import Record, Status, names
from appliance.identity.radius_server import Heard, Sender
from appliance.store import radius, sign_ins
from appliance.store.session import Store
from appliance.store.sign_ins import PORTAL, RADIUS, SignedIn

LASTS: Final = timedelta(hours=12)  # without a word of it
SPARED: Final = timedelta(hours=1)  # by which less an end is not moved: each move is written
REPLAYED: Final = timedelta(hours=24)  # after its end a session does not begin again
FILE: Final = "radius.json"
_BETWEEN: Final = "\x1f"  # no text that is kept of a request holds one

log = logging.getLogger(__name__)


class Keeping:
    """Takes records down in the store. now: the gate's time. key: opens sealed secrets.

    Fails to nobody new signed in: what cannot be kept is not answered, and is sent again.
    """

    def __init__(self, store: Store, key: bytes, now: Callable[[Session], datetime]) -> None:
        self._store, self._key, self._now = store, key, now
        self._opened: dict[bytes, bytes] = {}
        self.counts: Counter[str] = Counter()

    def senders(self) -> Sequence[Sender]:
        """Return whose requests are taken; nobody's where the store is away."""
        try:
            with self._store.reading() as session:
                kept = radius.clients(session)
        except SQLAlchemyError as error:
            log.error("no RADIUS request is taken, the store cannot be read: %s", error)
            return ()
        found = [(one, self._secret(one)) for one in kept]
        return [Sender(ip_network(one.prefix), secret) for one, secret in found if secret]

    def keep(self, batch: Sequence[Heard]) -> bool:
        """Take a batch down whole; False where that cannot be."""
        try:
            with self._store.session() as session:
                at, own = self._now(session), radius.realms(session)
                for heard in batch:
                    self._one(session, heard, at, own)
        except (SQLAlchemyError, ValueError) as error:
            log.error("RADIUS requests cannot be kept: %s", error)
            return False
        return True

    def _one(self, session: Session, heard: Heard, at: datetime, own: Sequence[str]) -> None:
        said = heard.record
        if said.status in (Status.ON, Status.OFF):
            # RFC 2866 section 5.1: it was started or stopped, and all its sessions are over.
            sign_ins.forget_sessions(session, _of_nas(heard), at=at)
        elif not (said.mac or said.addresses) or not said.session:
            self.counts["incomplete"] += 1
        elif said.status is Status.STOP:
            found = sign_ins.of_session(session, _called(heard))
            if found is not None:
                sign_ins.end(session, found.id, at=at)
        else:
            self._here(session, heard, at, own)

    def _here(self, session: Session, heard: Heard, at: datetime, own: Sequence[str]) -> None:
        said, called = heard.record, _called(heard)
        known = sign_ins.of_session(session, called)
        if known is not None and known.ends > at:
            new = set(said.addresses) - set(known.addresses)
            if new or at + LASTS - known.ends >= SPARED:
                sign_ins.take_addresses(session, said.mac, new, at=at)
                sign_ins.prolong(session, known.id, ends=at + LASTS, addresses=said.addresses)
            return
        if known is not None and _again(known, said, at):
            self.counts["ended before"] += 1
            return
        person = radius.person_of(session, names(said.user, own))
        self.counts["unknown user"] += not person
        _displace(session, said, person, at)
        sign_ins.take_addresses(session, said.mac, said.addresses, at=at)
        sign_ins.begin(session, SignedIn(
            person=person, how=RADIUS, by=said.user.strip() or "nobody", mac=said.mac,
            addresses=said.addresses, session=called, starts=at, ends=at + LASTS,
        ))  # fmt: skip

    def _secret(self, one: radius.RadiusClient) -> bytes:
        if one.sealed not in self._opened:
            try:
                secret = unseal(self._key, radius.purpose(one.prefix), one.sealed)
            except SealError as error:
                log.error("%s is not heard, its secret cannot be read: %s", one.prefix, error)
                secret = ""
            self._opened[one.sealed] = secret.encode()
        return self._opened[one.sealed]


def tell(run: Path, counts: Mapping[str, int]) -> None:
    """Write down what was heard, for ``bellgate radius``. Fails to what was written before."""
    draft = run / f".{FILE}"
    try:
        draft.write_text(json.dumps(dict(sorted(counts.items()))), encoding="utf-8")
        draft.replace(run / FILE)
    except OSError as error:
        log.debug("the counts of RADIUS cannot be written down: %s", error)


def _called(heard: Heard) -> str:
    """Return what tells a session from all others: access points reuse their numbers."""
    said = heard.record
    return _of_nas(heard) + _BETWEEN.join((said.session, said.mac, said.user.casefold()))


def _of_nas(heard: Heard) -> str:
    return f"{heard.source}{_BETWEEN}{heard.record.nas}{_BETWEEN}"


def _again(known: SignedIn, said: Record, at: datetime) -> bool:
    """Whether a session that ended is played again: it does not say that it is of later."""
    if said.at is not None:
        age = max(0.0, clock.real().timestamp() - said.at)
        if at - timedelta(seconds=age) >= known.ends:
            return False
    return at - known.ends < REPLAYED


def _displace(session: Session, said: Record, person: str, at: datetime) -> None:
    """Somebody else came to the device: who signed in on its page is not there any more."""
    for one in sign_ins.on_device(session, at, mac=said.mac, addresses=said.addresses):
        if one.how == PORTAL and one.person != person:
            sign_ins.end(session, one.id, at=at)
