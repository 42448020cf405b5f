"""How the lists are, and whether the filter behind the gate is there, for ``bellgate status``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from appliance import clock
from appliance.cli import storing
from appliance.cli.errors import InputError
from appliance.cli.output import printable
from appliance.cli.places import Places
from appliance.status.checks import Check, Level
from appliance.store import filter_checks, subscriptions
from appliance.store.subscriptions import Subscribed

OLD: Final = timedelta(hours=26)  # the filter is asked once a day
LATE: Final = 3  # spans between two fetches after which a list is old, and a day
_SHOWN: Final = 3


def the_lists(places: Places) -> Iterator[Check]:
    """Say how the lists and the filter are; nothing where the store cannot say."""
    try:
        with storing.read(places.data) as session:
            found = (_subscribed(session, clock.real()), _filter(session, clock.real()))
    except (InputError, ValueError, SQLAlchemyError):  # the check of the database speaks of that
        return
    yield from found


def _subscribed(session: Session, now: datetime) -> Check:
    known = [one for one in subscriptions.list_(session) if one.subscription.enabled]
    unwell = [(one, said) for one in known if (said := _trouble(one, now))]
    facts = (("subscribed", len(known)), ("unwell", len(unwell)))
    if unwell:
        said = "; ".join(f"{one.subscription.list_id}: {words}" for one, words in unwell[:_SHOWN])
        more = f" And {len(unwell) - _SHOWN} more." if len(unwell) > _SHOWN else ""
        words = f"{said}{more} What was in force before stays (`bellgate lists list`)."
        return Check("lists", Level.AMBER, words, facts)
    if not known:
        words = "No list keeps itself current (`bellgate lists presets`)."
    else:
        words = f"{len(known)} {'list keeps' if len(known) == 1 else 'lists keep'} current."
    return Check("lists", Level.GOOD, words, facts)


def _trouble(one: Subscribed, now: datetime) -> str:
    fetch = one.fetch
    if fetch.state in ("failed", "held"):
        return printable(fetch.trouble)
    since = fetch.succeeded or one.subscription.made
    if now - since > LATE * timedelta(hours=one.subscription.every) + timedelta(days=1):
        return f"it was not fetched since {since:%Y-%m-%d}."
    return ""


def _filter(session: Session, now: datetime) -> Check:
    """Fails towards amber: silence is never taken for a filter that works."""
    tests, last = filter_checks.tests(session), filter_checks.newest(session)
    if not tests:
        words = (
            "Nobody set the test names of the accredited filter behind the gate, so nobody knows "
            "whether it is there (`bellgate lists check-filter --test NAME`)."
        )
        return Check("filter", Level.AMBER, words)
    if last is None:
        return Check("filter", Level.AMBER, "The filter behind the gate was not asked for yet.")
    if not timedelta() <= now - last.at < OLD:
        words = f"Nobody asked for the filter behind the gate since {last.at:%Y-%m-%d %H:%M}."
        return Check("filter", Level.AMBER, words)
    return Check("filter", Level.GOOD if last.good else Level.AMBER, last.words)
