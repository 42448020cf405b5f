"""The signs of each client as one reader sees them: by name, by pseudonym, or not at all.

Whose rows are read, and whether by name, is the log's own rule (``log.visibility``).
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from admin_ui.log.pseudonyms import pseudonym, shortened
from admin_ui.log.reader import Reader
from admin_ui.log.shown import name_of
from admin_ui.log.visibility import Sight
from admin_ui.words import role_name
from appliance.circumvention.rulings import Ruling, counted
from appliance.circumvention.weigh import Assessment, Level, assess
from appliance.circumvention.weights import Weights
from appliance.store import signals
from appliance.store.signals import Sighting


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One client. found: what counts now; whole: with what was seen to or is a false alarm.

    ref: stands for the client in addresses of pages, and tells nobody who it is. whom: kind and
    id, None where the reader sees a pseudonym. address: shortened for these.
    """

    ref: str
    name: str
    whom: tuple[str, str] | None
    role: str
    network: str
    address: str
    device: str
    found: Assessment
    whole: Assessment
    ruling: Ruling | None
    sighting: Sighting
    own: bool

    @property
    def open(self) -> bool:
        """Whether it waits for somebody's look."""
        return self.found.level is not Level.NONE

    @property
    def last(self) -> datetime:
        """When the latest sign was seen."""
        return max(event.last for event in self.sighting.events)


def every(session: Session, reader: Reader, at: datetime) -> tuple[Shown, ...]:
    """Return every client whose signs come to something, or did before somebody's ruling.

    What weighs most comes first.
    """
    if not reader.seen.rows:
        return ()
    weights, said = signals.weights(session), signals.rulings(session)
    seen = signals.sightings(session, reader.scope, at - weights.window)
    shown = (_shown(one, reader, said.get(one.client), weights, at) for one in seen)
    found = [one for one in shown if one is not None]
    return tuple(sorted(found, key=lambda one: (-one.found.score, -one.whole.score, one.ref)))


def one(session: Session, reader: Reader, at: datetime, ref: str) -> Shown | None:
    """Return the client that an address names; None where there is none for this reader."""
    fits = (s for s in every(session, reader, at) if hmac.compare_digest(s.ref, ref))
    return next(fits, None) if ref.isascii() else None


def count_open(session: Session, reader: Reader, at: datetime) -> tuple[int, int]:
    """Return how many clients wait for a look, and how many of them are likely."""
    found = [one.found.level for one in every(session, reader, at) if one.open]
    return len(found), found.count(Level.LIKELY)


def _shown(
    seen: Sighting, reader: Reader, ruling: Ruling | None, weights: Weights, at: datetime
) -> Shown | None:
    sight = reader.seen.sight(staff=reader.staff.is_(seen.role, seen.person))
    if sight is Sight.CLOSED:  # fails closed once more: the query should not have found it
        return None
    whole = assess(seen.events, at, weights)
    if whole.level is Level.NONE:
        return None
    by_name, role = sight is Sight.NAME, role_name(reader.view, seen.role)
    return Shown(
        ref=_ref(seen, reader, at, lasting=by_name), role=role, network=seen.network,
        name=name_of(seen.kind, seen.id, reader, seen.device_name) if by_name
        else pseudonym(reader.key, role, seen.kind, seen.id, at, reader.view.zone),
        whom=(seen.kind, seen.id) if by_name else None,
        address=seen.address if by_name else shortened(seen.address),
        device=(seen.device_name or seen.device) if by_name else "",
        found=assess(counted(seen.events, ruling, at), at, weights), whole=whole, ruling=ruling,
        sighting=seen,
        own=seen.kind == "person" and seen.id == reader.account.person,
    )  # fmt: skip


def _ref(seen: Sighting, reader: Reader, at: datetime, *, lasting: bool) -> str:
    """Return what stands for a client: for whoever sees pseudonyms, in this week alone."""
    year, week, _ = at.astimezone(reader.view.zone).isocalendar()
    when = "" if lasting else f"{year}-{week}"
    said = "\x00".join(("signals of", when, seen.client)).encode()
    return hmac.digest(reader.key, said, "sha256").hex()[:20]
