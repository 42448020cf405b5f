"""Signs of ways round the gate in the log, client by client, and what was said of them.

Read through an index of these rows alone (``attempt_tables``). Whose rows may be read is part
of the query, as everywhere in the log. The newest ``MOST`` rows are weighed. Where there are
more, of each client and kind the newest ``EACH``: whoever makes rows by the thousand hides nobody
else, and loses nothing but the figure of how often.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from appliance.circumvention.rulings import Ruling, State
from appliance.circumvention.signals import Signal, classified
from appliance.circumvention.weigh import Event
from appliance.circumvention.weights import SETTING, Weights, changed, of_school, shipped
from appliance.store import settings
from appliance.store.attempt_tables import AttemptRow
from appliance.store.attempt_wanted import Scope
from appliance.store.attempts import KeptAttempt, kept
from appliance.store.gateway_tables import SignalRulingRow

EACH, MOST = 60, 20_000  # rows of the log that are weighed
LONGEST: Final = 1000  # characters of a note
KEPT: Final = timedelta(days=400)  # how long a ruling is kept
FARTHEST: Final = timedelta(days=366)  # how long a false alarm may stand
_AROUND: Final = text("attempt.reason = 'circumvention'")  # in these words, for the index
_READ: Final = (
    "at", "last", "count", "signal", "reason", "category", "host", "person", "device", "mac",
    "address", "device_name", "role", "network",
)  # fmt: skip
_WHOSE: Final = tuple(
    getattr(AttemptRow, name)
    for name in ("person", "device", "mac", "address", "signal", "category")
)
Who = tuple[str, str]  # kind (person, device, address) and id


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What was seen of one client. role, person, network, address, device_name: the latest."""

    kind: str
    id: str
    role: str
    person: str
    network: str
    address: str
    device: str
    device_name: str
    events: tuple[Event, ...]

    @property
    def client(self) -> str:
        """The client as rulings name it."""
        return f"{self.kind}:{self.id}"


def sightings(session: Session, scope: Scope, since: datetime) -> tuple[Sighting, ...]:
    """Return what was seen of each client since an instant."""
    read = [getattr(AttemptRow, name) for name in _READ]
    wanted = _AROUND, AttemptRow.at >= since, scope.condition()
    newest = select(*read).where(*wanted).order_by(AttemptRow.at.desc())
    rows = session.execute(newest.limit(MOST + 1)).all()
    if len(rows) > MOST:  # somebody makes them by the thousand: everybody's newest, then
        rank = func.row_number().over(partition_by=_WHOSE, order_by=AttemptRow.at.desc())
        ranked = select(AttemptRow.id, rank.label("rank")).where(*wanted).subquery()
        fair = select(*read).join(ranked, AttemptRow.id == ranked.c.id)
        fair = fair.where(ranked.c.rank <= EACH).order_by(ranked.c.rank, AttemptRow.at.desc())
        rows = session.execute(fair.limit(MOST)).all()
    found: dict[Who, list[Any]] = {}
    for row in rows:
        if classified(row.signal, row.reason, row.category) is not None:
            found.setdefault(_who(row), []).append(row)
    return tuple(_sighting(who, rows) for who, rows in found.items())


def evidence(
    session: Session, scope: Scope, who: Who, since: datetime, *, limit: int = 200
) -> tuple[KeptAttempt, ...]:
    """Return the rows of the log that speak of one client since an instant, newest first."""
    kind, id_ = who
    query = select(AttemptRow).where(_AROUND, AttemptRow.at >= since, scope.condition())
    if kind == "device":
        query = query.where((AttemptRow.device == id_) | (AttemptRow.mac == id_))
    else:
        query = query.where(getattr(AttemptRow, kind) == id_)
    rows = session.scalars(query.order_by(AttemptRow.at.desc(), AttemptRow.id.desc()).limit(MOST))
    mine = (row for row in rows if _who(row) == who)
    signs = (row for row in mine if classified(row.signal, row.reason, row.category))
    return tuple(kept(row) for row, _ in zip(signs, range(limit), strict=False))


def weights(session: Session) -> Weights:
    """Return the figures that hold in this school."""
    return of_school(settings.get(session, SETTING))


def change_weights(session: Session, changes: dict[str, float]) -> Weights:
    """Change some figures; none at all: all are as shipped again.

    Raises:
        ValueError: names the figure that there is not, or that cannot be.
    """
    before = settings.get(session, SETTING)
    ours = {**(before if isinstance(before, dict) else {}), **changes} if changes else {}
    found = changed(shipped(), ours)
    settings.put(session, SETTING, ours)
    return found


def rulings(session: Session) -> dict[str, Ruling]:
    """Return what was said, by client."""
    return {row.client: _ruling(row) for row in session.scalars(select(SignalRulingRow))}


def rule(
    session: Session, client: str, state: State, *,
    by: str, at: datetime, kinds: Iterable[Signal], until: datetime | None = None, note: str = "",
) -> Ruling:  # fmt: skip
    """Say something of a client's signs; what was said before is replaced.

    Raises:
        ValueError: names the field that is wrong.
    """
    if (until is None) == (state is State.FALSE_ALARM):
        raise ValueError("until: a false alarm has an end, and nothing else has")
    if until is not None and not at < until <= at + FARTHEST:
        raise ValueError("until: must be later than now, and within a year")
    row = SignalRulingRow(
        client=client, state=state.value, at=at, until=until, by=by, note=note.strip()[:LONGEST],
        kinds=tuple(sorted({Signal(kind).value for kind in kinds})),
    )  # fmt: skip
    session.execute(delete(SignalRulingRow).where(SignalRulingRow.at < at - KEPT))
    row = session.merge(row)
    session.flush()
    return _ruling(row)


def withdraw(session: Session, client: str) -> bool:
    """Take back what was said; False when nothing was."""
    row = session.get(SignalRulingRow, client)
    if row is None:
        return False
    session.delete(row)
    session.flush()
    return True


def _sighting(who: Who, rows: list[Any]) -> Sighting:
    latest = max(rows, key=lambda row: row.at)
    events = []
    for row in rows:
        signal = classified(row.signal, row.reason, row.category)
        assert signal is not None  # the others were left out
        events.append(Event(signal, row.at, row.last, row.count, row.host))
    return Sighting(
        kind=who[0], id=who[1], role=latest.role, person=latest.person, network=latest.network,
        address=latest.address, device=latest.device or latest.mac,
        device_name=next((row.device_name for row in rows if row.device_name), ""),
        events=tuple(events),
    )  # fmt: skip


def _who(row: Any) -> Who:
    if row.person:
        return "person", row.person
    if row.device or row.mac:
        return "device", row.device or row.mac
    return "address", row.address


def _ruling(row: SignalRulingRow) -> Ruling:
    known = frozenset(Signal)
    return Ruling(
        state=State(row.state), at=row.at, until=row.until, by=row.by, note=row.note,
        kinds=frozenset(Signal(kind) for kind in row.kinds if kind in known),
    )  # fmt: skip
