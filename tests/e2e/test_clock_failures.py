"""A clock or calendar in doubt counts as lesson time: the stricter reading."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from appliance.publish.publisher import Publisher
from appliance.store import settings
from appliance.store.session import open_store
from tests.e2e import school
from tests.e2e.gate import FACES, Gate
from tests.e2e.lab import Lab
from tests.e2e.waiting import until

pytestmark = pytest.mark.namespaces


def lesson(lab: Lab) -> bool:
    """Whether staff meet what lessons bring, and nothing else is closed."""
    return (
        lab.staff.curl("https://x.com/").status == 403
        and lab.staff.curl("https://www.bbc.co.uk/").from_origin
    )


def open_at_break(lab: Lab) -> bool:
    """Whether staff meet what break brings."""
    return lab.staff.curl("https://x.com/").from_origin


@pytest.fixture(autouse=True)
def in_order(gate: Gate, lab: Lab) -> Iterator[None]:
    """Each test begins and ends at break, with a clock that can be trusted."""
    assert open_at_break(lab)
    yield
    until(lambda: open_at_break(lab), "break is back")


def test_a_clock_before_the_snapshot_was_built(gate: Gate, lab: Lab) -> None:
    """A Pi has no battery: after a power cut it wakes up in the past."""
    publish(gate, datetime.now(UTC) + timedelta(days=3))
    until(lambda: lesson(lab), "lesson time holds")
    assert gate.level("clock") == "amber"
    reply = lab.staff.curl("https://x.com/")
    assert "opens again" not in reply.body.lower()  # a clock in doubt promises nothing
    publish(gate, datetime.now(UTC))


def test_a_clock_that_nothing_steers(gate: Gate, lab: Lab) -> None:
    gate.change(lambda session: settings.put(session, "need_synchronised_clock", True))
    try:
        gate.end(*FACES)
        gate.start(*FACES, program=("-m", "tests.e2e.broken", "unsynchronised"))
        assert lesson(lab)
    finally:
        gate.end(*FACES)
        gate.start(*FACES)
        gate.change(lambda session: settings.put(session, "need_synchronised_clock", False))


def test_an_empty_calendar(gate: Gate, lab: Lab) -> None:
    empty = school.policy("duffield-meadows", "calendar: {zone: Europe/London}")
    gate.change(lambda session: school.set_policy(session, empty))
    assert lesson(lab)
    gate.change(lambda session: school.set_policy(session, school.policy("duffield-meadows")))


def publish(gate: Gate, at: datetime) -> None:
    """Publish what the store holds as if it were another time."""
    store = open_store(gate.data / "bellgate.db")
    try:
        publisher = Publisher(store, gate.data / "snapshot", synchronised=lambda: True)
        version = publisher.publish(at)
    finally:
        store.close()
    for face in FACES:
        until(lambda f=face: gate.version(f) == version, f"{face} has taken it over")  # type: ignore[misc]
