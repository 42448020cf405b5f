"""Every check of one gate, in the order in which a technician reads them."""

from __future__ import annotations

from collections.abc import Iterator

from appliance import clock
from appliance.cli import sources, times
from appliance.cli.places import Places, Ports
from appliance.status import faces, files
from appliance.status.checks import Check, Level


def at_all(places: Places, ports: Ports) -> Iterator[Check]:
    """Look at everything and yield a check for each."""
    yield faces.dns((ports.listen, ports.dns))
    yield faces.proxy((ports.listen, ports.http))
    yield faces.web((ports.listen, ports.web))
    yield files.snapshot(places.snapshot, clock.real())
    yield files.spool(places.spool)
    yield files.database(places.database)
    yield files.room(places.data)
    yield the_clock(places)


def the_clock(places: Places) -> Check:
    """Say what time the gate takes it to be, loudly where that is not the real time."""
    snapshot = sources.enforced(places.data)
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
