"""How many clients used unclassified sites, day by day. No client is named, few are no number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from appliance.store.look_alike_tables import NameUseRow

KEPT: Final = timedelta(days=28)
_AT_ONCE: Final = 500  # sites in one statement
COUNTED: Final = ""  # the site under which a day says that it was counted at all


def put(session: Session, day: date, clients: Mapping[str, int]) -> None:
    """Keep how many clients each site had on a day; a number already kept only grows."""
    wanted = {COUNTED: 0, **clients}
    for some in _pieces(sorted(wanted)):
        rows = select(NameUseRow).where(NameUseRow.day == day, NameUseRow.site.in_(some))
        there = {row.site: row for row in session.scalars(rows)}
        for site in some:
            row = there.get(site)
            if row is None:
                session.add(NameUseRow(day=day, site=site, clients=wanted[site]))
            else:
                row.clients = max(row.clients, wanted[site])
    session.flush()


def days_before(session: Session, day: date, most: int) -> tuple[date, ...]:
    """Return the days that were counted before a day, the latest first."""
    query = select(NameUseRow.day).where(NameUseRow.site == COUNTED, NameUseRow.day < day)
    return tuple(session.scalars(query.order_by(NameUseRow.day.desc()).limit(most)))


def of(session: Session, sites: Iterable[str], days: Iterable[date]) -> dict[str, tuple[int, ...]]:
    """Return for each site its clients on each of the days, 0 where it has none."""
    wanted, when = sorted(sites), tuple(days)
    found: dict[tuple[str, date], int] = {}
    for some in _pieces(wanted):
        rows = select(NameUseRow).where(NameUseRow.site.in_(some), NameUseRow.day.in_(when))
        found.update({(row.site, row.day): row.clients for row in session.scalars(rows)})
    return {site: tuple(found.get((site, day), 0) for day in when) for site in wanted}


def forget(session: Session, today: date) -> None:
    """Remove what is older than is kept."""
    session.execute(delete(NameUseRow).where(NameUseRow.day < today - KEPT))


def _pieces(words: list[str]) -> Iterable[list[str]]:
    return (words[at : at + _AT_ONCE] for at in range(0, len(words), _AT_ONCE))
