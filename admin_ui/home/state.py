"""What the snapshot and the store say of the gate's state: clock, calendar, roles, lists."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from admin_ui import dates
from admin_ui.gate import View, gate
from admin_ui.lists import listing
from admin_ui.lists.illegal import seen
from appliance.policy.subjects import Client
from appliance.policy_file import PolicyFileError
from appliance.publish.compile import NoPolicyError, misfits
from appliance.status.checks import Check, Level
from appliance.store import filter_checks


def checks(session: Session, view: View) -> Iterator[Check]:
    """Yield a check for each thing that is known without asking a face."""
    yield _clock(view)
    yield _calendar(view)
    try:
        strange = misfits(session)
    except (NoPolicyError, PolicyFileError):
        strange = ()  # the check of the snapshot speaks of that
    if strange:
        said = ", ".join(f"{one.kind} “{one.name}”" for one in strange[:5])
        words = f"The policy does not know the role of {said}: the most restrictive one counts."
        yield Check("roles", Level.AMBER, words)
    yield from _lists(session)
    yield _filter(session)


def _lists(session: Session) -> Iterator[Check]:
    found = [one for one in listing.every(session) if one.enabled and one.state.level != "ok"]
    if found:
        said = "; ".join(f"{one.name}: {one.state.short}" for one in found[:5])
        more = f", and {len(found) - 5} more" if len(found) > 5 else ""
        yield Check("lists", Level.AMBER, f"{said}{more}. What was there before stays in use.")


def _filter(session: Session) -> Check:
    tests, looks = filter_checks.tests(session), filter_checks.history(session, 1)
    found = seen(tests, looks, filter_checks.asked(session), gate().real())
    return Check("filter", Level.GOOD if found.level == "ok" else Level.AMBER, found.said)


def _clock(view: View) -> Check:
    said = dates.long_moment(view.at, view.zone)
    if not view.clock_trusted:
        words = "The clock cannot be relied on: every moment counts as lesson time."
        return Check("clock", Level.AMBER, words)
    if view.rehearsal:
        return Check("clock", Level.NOTE, f"Rehearsal: the gate takes it to be {said}.")
    return Check("clock", Level.GOOD, f"It is {said}.")


def _calendar(view: View) -> Check:
    contents = view.snapshot.contents
    covers = contents.calendar.covers
    if covers is None:
        words = "The calendar is empty: every moment counts as lesson time."
        return Check("calendar", Level.AMBER, words)
    nobody = Client(address="::", role=contents.roles[0].id)
    moment = view.snapshot.moment(view.at, nobody, clock_trusted=view.clock_trusted)
    span = f"from {dates.long_day(covers.first)} to {dates.long_day(covers.last)}"
    if not covers.first <= view.at.date() <= covers.last:
        words = f"The calendar goes {span}, without today: every moment counts as lesson time."
        return Check("calendar", Level.AMBER, words)
    return Check("calendar", Level.GOOD, f"The calendar goes {span}. Now: {moment.name}.")
