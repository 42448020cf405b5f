"""What somebody said of a client's signs, and which signs count after it. PURE."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from appliance.circumvention.signals import Signal
from appliance.circumvention.weigh import Event


class State(StrEnum):
    """What was said: looked at and seen to, or that it means nothing until an instant."""

    SEEN = "seen"
    FALSE_ALARM = "false_alarm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """One ruling. until: of false alarms alone. kinds: the signs that it was said of."""

    state: State
    at: datetime
    until: datetime | None = None
    by: str = ""
    note: str = ""
    kinds: frozenset[Signal] = frozenset()


def counted(events: Iterable[Event], ruling: Ruling | None, at: datetime) -> tuple[Event, ...]:
    """Return the signs that count at an instant, after what was said of the earlier ones.

    Seen: what was seen since counts. A false alarm quiets the kinds of sign it was said of until
    its end, and what there was of them before; another kind is news and counts at once.
    """
    if ruling is None:
        return tuple(events)
    if ruling.state is State.SEEN or ruling.until is None:
        return tuple(event for event in events if event.last > ruling.at)
    quiet = ruling.until
    return tuple(
        event
        for event in events
        if event.last > ruling.at and (event.signal not in ruling.kinds or event.last > quiet)
    )
