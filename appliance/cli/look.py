"""Every check of one gate, in the order in which a technician reads them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from appliance import clock
from appliance.authority.files import ROOT
from appliance.cli import sources, storing, times
from appliance.cli.errors import InputError
from appliance.cli.look_lists import the_lists
from appliance.cli.places import Places, Ports
from appliance.cli.wording import ringing_for
from appliance.policy.snapshot import Snapshot
from appliance.publish.compile import misfits
from appliance.status import faces, files
from appliance.status.checks import Check, Level
from appliance.status.firewall import firewall

LATE: Final = 2.0  # seconds after which a change that is not in force is a fault


def at_all(places: Places, ports: Ports) -> Iterator[Check]:
    """Look at everything and yield a check for each."""
    yield faces.dns((ports.asked, ports.dns))
    yield faces.proxy((ports.asked, ports.proxy if ports.gateway else ports.http))
    if ports.gateway:
        yield firewall(places.run, clock.real())
    root = places.authority / ROOT if ports.web_tls else None
    yield faces.web((ports.listen, ports.web), ports.web_url, root)
    resolvers = places.upstreams()
    if resolvers is not None:  # a gate that was not started here does not say whom it asks
        yield faces.upstream(resolvers)
    yield files.snapshot(places.snapshot, clock.real())
    core = the_core(places)
    yield core
    yield files.spool(places.spool)
    yield files.database(places.database)
    yield files.room(places.data)
    snapshot = sources.enforced(places.data)
    yield the_clock(snapshot)
    if snapshot is not None:
        yield the_calendar(snapshot)
    if core.level is Level.GOOD:  # the store can be used
        yield from the_roles(places)
        yield from the_lists(places)


def the_core(places: Places) -> Check:
    """Say whether what the store holds now is in force: the core answers when it is."""
    if storing.followed(places.run, LATE):
        return Check("core", Level.GOOD, "What was changed is in force.")
    if not files.writable(places.database):
        words = "No change is taken up while the database is missing, damaged or locked."
        return Check("core", Level.AMBER, words)
    words = (
        "The core does not put changes in force: it is down, or cannot publish (its log says why). "
        "The last snapshot is enforced."
    )
    return Check("core", Level.RED, words)


def the_calendar(snapshot: Snapshot) -> Check:
    """Say whether the school's calendar speaks of today."""
    contents = snapshot.contents
    covers = contents.calendar.covers
    lesson = "every moment counts as lesson time (`bellgate calendar import`)."
    if covers is None:
        return Check("calendar", Level.AMBER, f"The calendar is empty: {lesson}")
    at = clock.now(contents.clock_offset).at
    if not snapshot.moment(at, ringing_for(contents)).known:
        words = f"The calendar goes from {covers.first} to {covers.last}, without today: {lesson}"
        return Check("calendar", Level.AMBER, words)
    return Check("calendar", Level.GOOD, f"The calendar goes to {covers.last}.")


def the_roles(places: Places) -> Iterator[Check]:
    """Say what has a role that the policy does not know, where that can be said."""
    try:
        with storing.read(places.data) as session:
            found = misfits(session)
    except (InputError, ValueError):  # the checks of database and core speak of that
        return
    if not found:
        yield Check("roles", Level.GOOD, "The policy knows every role in use.")
        return
    said = ", ".join(f"{one.kind} {one.name} ({one.role})" for one in found)
    words = f"The policy does not know the role of {said}: counted as {found[0].counts_as}."
    yield Check("roles", Level.AMBER, words)


def the_clock(snapshot: Snapshot | None) -> Check:
    """Say what time the gate takes it to be, loudly where that is not the real time."""
    if snapshot is None:
        return Check("clock", Level.RED, "No policy can be read, so no school day is known.")
    contents = snapshot.contents
    now = clock.now(
        contents.clock_offset,
        not_before=contents.built_at,
        need_synchronised=contents.need_synchronised_clock,
    )
    spoken = times.spoken(now.at, contents.calendar.zone)
    facts = (("at", times.iso(now.at, contents.calendar.zone)),
             ("offset_seconds", contents.clock_offset))  # fmt: skip
    if not now.trusted:
        words = "The clock cannot be relied on: every moment counts as lesson time."
        return Check("clock", Level.AMBER, words, facts)
    if contents.clock_offset:
        words = f"REHEARSAL: the gate takes it to be {spoken}. Back: `bellgate clock real`."
        return Check("clock", Level.NOTE, words, facts)
    return Check("clock", Level.GOOD, f"It is {spoken}.", facts)
