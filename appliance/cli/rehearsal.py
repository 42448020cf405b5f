"""The rehearsal clock: another moment for the whole gate, by way of the store and the snapshot."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from appliance import clock
from appliance.cli import times
from appliance.cli.errors import InputError
from appliance.cli.wording import ringing_for
from appliance.policy.model import PeriodKind
from appliance.policy.snapshot import Snapshot

MOST_BELLS: Final = 2000  # looked through for the next period of a kind: more than a summer


def moment_of(text: str, snapshot: Snapshot, at: datetime, option: str) -> datetime:
    """Read an ISO time, or a kind of period: the next one to begin after ``at``.

    Raises:
        InputError: a kind of which none comes.
        ValueError: neither a time nor a kind.
    """
    zone = snapshot.contents.calendar.zone
    if text not in {kind.value for kind in PeriodKind}:
        return times.parse(text, zone, option=option)
    somebody = ringing_for(snapshot.contents)
    for _ in range(MOST_BELLS):
        until = snapshot.moment(at, somebody).until
        if until is None:
            break
        at = until
        moment = snapshot.moment(at, somebody)
        if moment.known and moment.kind.value == text:
            return at
    raise InputError(f"{option}: no {text} comes in the school's calendar; give a time")


def offset_to(moment: datetime) -> float:
    """Return the offset in seconds that makes it ``moment`` now; never 0, which is real time."""
    return (moment - clock.real()).total_seconds() or 0.001
