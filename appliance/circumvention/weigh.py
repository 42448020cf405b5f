"""Weighing what was seen of one client over days, into a level and its reasons. PURE.

How is told beside the figures, in ``templates/signals.yaml``. One burst counts once; what an
app repeats by itself counts little; nothing weak adds up to something strong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from appliance.circumvention.signals import Signal, name_of
from appliance.circumvention.weights import Weights
from appliance.policy.names import suffixes

SHOWN: Final = 3  # targets that a reason names
AGAIN: Final = timedelta(hours=20)  # the same lesson tomorrow is another time


class Level(StrEnum):
    """What the signs of a client come to."""

    NONE = "none"
    LOOK = "worth a look"
    LIKELY = "likely"


@dataclass(frozen=True, slots=True)
class Event:
    """Signs of one kind: ``count`` of them between two aware instants. target: host or address."""

    signal: Signal
    at: datetime
    last: datetime
    count: int = 1
    target: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """One kind of sign, as it counts. bursts: occasions; targets: the commonest first."""

    signal: Signal
    points: float
    bursts: int
    count: int
    first: datetime
    last: datetime
    targets: tuple[str, ...]

    @property
    def words(self) -> str:
        """What was done and how often, in plain words; when is said beside it."""
        return f"{name_of(self.signal)}: {_often(self)}"


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the signs come to. reasons: what weighs most first."""

    score: float
    level: Level
    reasons: tuple[Reason, ...]

    @property
    def last(self) -> datetime | None:
        """When the latest sign was seen."""
        return max((reason.last for reason in self.reasons), default=None)


@dataclass(slots=True)
class _Burst:
    at: datetime
    last: datetime
    count: int
    targets: Counter[str]


def assess(events: Iterable[Event], at: datetime, weights: Weights) -> Assessment:
    """Weigh what was seen of one client, at an aware instant.

    Total: events of the future (a clock set back) weigh as if they were now.
    """
    kept: dict[Signal, list[Event]] = {}
    since = at - weights.window
    for event in events:
        if event.last > since and not ordinary(event.target, weights):
            kept.setdefault(event.signal, []).append(event)
    every = [_reason(signal, found, at, weights) for signal, found in kept.items()]
    reasons = tuple(sorted(every, key=lambda one: (-one.points, one.signal)))
    score = sum(reason.points for reason in reasons)
    return Assessment(score, level_of(score, weights), reasons)


def level_of(score: float, weights: Weights) -> Level:
    """Return the level of a score."""
    if score >= weights.likely:
        return Level.LIKELY
    return Level.LOOK if score >= weights.worth_a_look else Level.NONE


def ordinary(target: str, weights: Weights) -> bool:
    """Whether devices go after a host by themselves."""
    return any(name in weights.ordinary for name in suffixes(target))


def _reason(signal: Signal, events: list[Event], at: datetime, weights: Weights) -> Reason:
    weight = weights.signals[signal]
    bursts = list(_bursts(events, weights.burst))
    points, targets = 0.0, Counter[str]()
    known: dict[str, datetime] = {}  # target -> when the client last went after it
    for burst in bursts:
        new = any(t not in known or burst.at - known[t] > AGAIN for t in burst.targets)
        age = max(at - burst.last, timedelta())
        points += weight.weight * (1 if new else weights.again) * 0.5 ** (age / weights.half_life)
        known |= dict.fromkeys(burst.targets, burst.last)
        targets += burst.targets
    return Reason(
        signal, min(points, weight.most), len(bursts), sum(burst.count for burst in bursts),
        bursts[0].at, max(burst.last for burst in bursts),
        tuple(target for target, _ in targets.most_common() if target),
    )  # fmt: skip


def _bursts(events: list[Event], gap: timedelta) -> Iterator[_Burst]:
    """Yield the occasions on which there were signs of one kind, oldest first."""
    open_: _Burst | None = None
    for event in sorted(events, key=lambda one: (one.at, one.last)):
        if open_ is None or event.at - open_.last > gap:
            if open_ is not None:
                yield open_
            open_ = _Burst(event.at, event.last, 0, Counter())
        open_.last = max(open_.last, event.last)
        open_.count += event.count
        open_.targets[event.target] += max(event.count, 1)
    if open_ is not None:
        yield open_


def _often(reason: Reason) -> str:
    said = _times(reason.count)
    if reason.bursts > 1:
        said = f"{said} on {reason.bursts:,} occasions"
    if reason.targets:
        said = f"{said} ({_listed(reason.targets)})"
    return said


def _times(count: int) -> str:
    return "once" if count <= 1 else "twice" if count == 2 else f"{count:,} times"


def _listed(targets: tuple[str, ...]) -> str:
    more = len(targets) - SHOWN
    return ", ".join(targets[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")
