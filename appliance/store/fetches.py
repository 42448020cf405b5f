"""What the core notes while it fetches a subscription, and how each fetch ended.

None of it is enforced: it never moves the store's revision.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from appliance.lists.body import Known
from appliance.store.list_tables import FetchRow, ListRow, SubscriptionRow
from appliance.store.subscriptions import BUSY

FIRST_WAIT: Final = timedelta(minutes=15)  # after a fetch that failed; twice that after the next
LONGEST_WAIT: Final = timedelta(hours=12)
NIGHT: Final = (timedelta(hours=1), timedelta(hours=4))  # UTC: no lessons, and quiet at the source
DAILY: Final = 24  # hours: what is fetched no oftener than that is fetched by night
INTERRUPTED: Final = "It was interrupted: the appliance stopped, or its database could not be used."


def begin(session: Session, list_id: str, at: datetime) -> bool:
    """Note that a fetch begins; False: the subscription is gone."""
    row = session.get(FetchRow, list_id)
    if row is None:
        return False
    row.state, row.tried, row.done, row.total = "fetching", at, 0, None
    session.flush()
    return True


def progress(session: Session, list_id: str, state: str, done: int, total: int | None) -> None:
    """Note how far it is: bytes while ``fetching``, lines while ``reading``."""
    row = session.get(FetchRow, list_id)
    if row is not None and row.state in BUSY:
        row.state, row.done, row.total = state, done, total
        session.flush()


def good(
    session: Session, list_id: str, known: Known, *, at: datetime, share: float, entries: int,
    refused: int, first_refused: Iterable[str], digest: str,
) -> None:  # fmt: skip
    """Note that what was fetched is in force. share: 0 to 1, where in its span the next falls."""
    row = _ended(session, list_id, "good")
    row.succeeded, row.etag, row.modified = at, known.etag, known.modified
    row.entries, row.refused, row.first_refused = entries, refused, tuple(first_refused)
    row.digest, row.trouble = digest, ""
    row.failures, row.due = 0, next_due(at, _every(session, list_id), share)
    session.flush()


def unchanged(session: Session, list_id: str, *, at: datetime, share: float) -> None:
    """Note that the source has nothing newer than what is in force."""
    row = _ended(session, list_id, "unchanged")
    row.succeeded, row.trouble = at, ""
    row.failures, row.due = 0, next_due(at, _every(session, list_id), share)
    session.flush()


def failed(session: Session, list_id: str, trouble: str, *, at: datetime, share: float) -> None:
    """Note why nothing came of it, and try again later: later still each time."""
    row = _ended(session, list_id, "failed")
    row.trouble = trouble
    row.failures += 1
    row.due = at + wait(row.failures, _every(session, list_id), share)
    session.flush()


def held(
    session: Session, list_id: str, trouble: str, *, at: datetime, share: float, entries: int,
    refused: int, first_refused: Iterable[str], digest: str, come: int, gone: int,
    first_come: Iterable[str], first_gone: Iterable[str],
) -> None:  # fmt: skip
    """Note that somebody has to look before what was fetched takes the old one's place."""
    row = _ended(session, list_id, "held")
    row.trouble, row.digest, row.entries, row.refused = trouble, digest, entries, refused
    row.first_refused, row.come, row.gone = tuple(first_refused), come, gone
    row.first_come, row.first_gone = tuple(first_come), tuple(first_gone)
    row.failures, row.due = 0, next_due(at, _every(session, list_id), share)
    session.flush()


def interrupted(session: Session, at: datetime) -> tuple[str, ...]:
    """Note what was being fetched when nobody fetches: it is tried again. Return the ids."""
    rows = session.scalars(select(FetchRow).where(FetchRow.state.in_(BUSY))).all()
    for row in rows:
        failed(session, row.list_id, INTERRUPTED, at=at, share=0.5)
    return tuple(row.list_id for row in rows)


def known(session: Session, list_id: str) -> Known:
    """Return what the source said of the body in force; nothing where its list is not there."""
    row, kept = session.get(FetchRow, list_id), session.get(ListRow, list_id)
    subscription = session.get(SubscriptionRow, list_id)
    if row is None or kept is None or subscription is None:
        return Known()
    if kept.category != subscription.category:  # it is to be put anew
        return Known()
    return Known(etag=row.etag, modified=row.modified)


def next_due(at: datetime, every: int, share: float) -> datetime:
    """Return when a list is fetched next: by night, where that is not much too soon.

    every: hours. share: 0 to 1; not all gates of a country ask in the same second.
    """
    latest = at + timedelta(hours=every)
    if every < DAILY:
        return latest - timedelta(hours=every) * 0.05 * share
    first, last = NIGHT
    midnight = latest.replace(hour=0, minute=0, second=0, microsecond=0)
    night = midnight + first + (last - first) * share
    return night if at + (latest - at) / 3 <= night <= latest else latest


def wait(failures: int, every: int, share: float) -> timedelta:
    """Return how long to wait after so many failures in a row."""
    longest = min(LONGEST_WAIT, timedelta(hours=every))
    doubled = FIRST_WAIT * float(2 ** min(failures - 1, 10))
    return min(doubled, longest) * (0.75 + share / 2)


def _ended(session: Session, list_id: str, state: str) -> FetchRow:
    row = session.get_one(FetchRow, list_id)
    row.state, row.come, row.gone, row.first_come, row.first_gone = state, 0, 0, (), ()
    # Whoever asked while it went on wants another; but not more than that.
    if row.asked is not None and (row.tried is None or row.asked <= row.tried):
        row.asked = None
    row.accept = ""
    return row


def _every(session: Session, list_id: str) -> int:
    return session.get_one(SubscriptionRow, list_id).every
