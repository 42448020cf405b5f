"""Whether the accredited filter behind the gate is there: what to ask for, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from ipaddress import ip_network
from typing import Final

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from appliance.store import audit, checks, web_settings
from appliance.store.list_tables import FilterCheckRow

SETTING: Final = "filter_check"
ASKED: Final = "filter_check_asked"
KEPT: Final = 800  # looks: two years of days, for the yearly review
MOST: Final = 10  # test names


class Expect(StrEnum):
    """What the filter answers for a name that it blocks.

    BLOCKED: any way of saying no (no such name, refused, no address, or an address that is
    none). ADDRESS: one of the addresses of its block page.
    """

    BLOCKED = "blocked"
    NXDOMAIN = "nxdomain"
    REFUSED = "refused"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class FilterTest:
    """A name that the filter blocks so that people can test it. addresses: with ADDRESS alone."""

    name: str
    expect: Expect = Expect.BLOCKED
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """One look. words: a sentence for the technician."""

    at: datetime
    good: bool
    words: str


def tests(session: Session) -> tuple[FilterTest, ...]:
    """Return the names that are asked for; none: it was never set up."""
    found = web_settings.get(session, SETTING).get("tests", [])
    return tuple(
        FilterTest(one["name"], Expect(one["expect"]), tuple(one["addresses"])) for one in found
    )


def put_tests(session: Session, given: Iterable[FilterTest]) -> tuple[FilterTest, ...]:
    """Set the names that are asked for; none: nothing is asked any more.

    Raises:
        ValueError: a name or an address is none, or there are too many.
    """
    checked = tuple(_checked(one) for one in given)
    if len(checked) > MOST:
        raise ValueError(f"tests: at most {MOST}")
    kept = [
        {"name": one.name, "expect": one.expect.value, "addresses": list(one.addresses)}
        for one in checked
    ]
    web_settings.put(session, SETTING, {"tests": kept} if kept else {})
    audit.unspoken(session).note("filter check")
    return checked


def ask_now(session: Session, at: datetime) -> None:
    """Have the filter looked for at the next turn of the core."""
    web_settings.put(session, ASKED, {"at": at.isoformat()})


def asked(session: Session) -> datetime | None:
    """Return when somebody last asked for a look; None: nobody did."""
    found = web_settings.get(session, ASKED).get("at")
    return None if found is None else datetime.fromisoformat(found)


def note(session: Session, look: Look) -> None:
    """Keep a look; the oldest go. The same trouble all day long is kept once."""
    words = look.words[:500]
    last = session.scalars(_newest_first().limit(1)).one_or_none()
    same = last is not None and not last.good and not look.good and last.words == words
    if last is not None and same and last.at.date() == look.at.date():
        last.at = look.at
    else:
        session.add(FilterCheckRow(at=look.at, good=look.good, words=words))
    session.flush()
    newest = select(FilterCheckRow.id).order_by(FilterCheckRow.id.desc()).limit(KEPT)
    session.execute(delete(FilterCheckRow).where(FilterCheckRow.id.not_in(newest)))


def newest(session: Session) -> Look | None:
    """Return the last look; None: there was none."""
    return next(iter(history(session, 1)), None)


def history(session: Session, most: int) -> tuple[Look, ...]:
    """Return the last looks, newest first."""
    rows = session.scalars(_newest_first().limit(most))
    return tuple(Look(row.at, row.good, row.words) for row in rows)


def _newest_first() -> Select[FilterCheckRow]:
    # As they were made: a clock that went wrong leaves looks of a time to come.
    return select(FilterCheckRow).order_by(FilterCheckRow.id.desc())


def _checked(given: FilterTest) -> FilterTest:
    name = checks.site("name", given.name)
    if (given.expect is Expect.ADDRESS) != bool(given.addresses):
        raise ValueError("addresses: those of the block page, where an address is expected")
    try:
        networks = tuple(str(ip_network(one.strip(), strict=False)) for one in given.addresses)
    except ValueError as error:
        raise ValueError(f"addresses: {error}") from error
    return FilterTest(name, given.expect, networks)
