"""What changes for whom when the bells do: a day, or a week, before and after."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from appliance.policy.model import PeriodKind
from appliance.policy.survey import Slot, Survey
from appliance.policy.timetable import Period
from appliance.policy_file.effects import Effect, Turn, effects
from appliance.policy_file.thing_names import Names

MIDNIGHT = 1440
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Minutes after midnight that belong to another period than before; None: to none."""

    start: int
    end: int
    before: Period | None
    after: Period | None


def stretches(before: Sequence[Period], after: Sequence[Period]) -> tuple[Stretch, ...]:
    """Return what is different of one day, in order. Only name and kind count."""
    edges = {0, MIDNIGHT}
    for period in (*before, *after):
        edges |= {min(period.start, MIDNIGHT), min(period.end, MIDNIGHT)}
    ordered = sorted(edges)
    found: list[Stretch] = []
    for start, end in itertools.pairwise(ordered):
        was, becomes = _running(before, start), _running(after, start)
        if _slot(was) == _slot(becomes):
            continue
        last = found[-1] if found else None
        alike = last is not None and (_slot(last.before), _slot(last.after)) == (
            _slot(was), _slot(becomes)
        )  # fmt: skip
        if last is not None and alike and last.end == start:
            found[-1] = replace(last, end=end)
        else:
            found.append(Stretch(start, end, was, becomes))
    return tuple(found)


def gaps(periods: Sequence[Period]) -> tuple[tuple[Period, Period], ...]:
    """Return neighbours of one day between which no period runs: it counts as closed."""
    ordered = sorted(periods, key=lambda period: period.start)
    pairs = itertools.pairwise(ordered)
    return tuple((one, other) for one, other in pairs if one.end < other.start)


def day_effects(
    survey: Survey, names: Names, before: Sequence[Period], after: Sequence[Period]
) -> tuple[Effect, ...]:
    """Return what one day with other bells changes, under the same rules."""
    turns = [_turn(stretch, "") for stretch in stretches(before, after)]
    return effects(survey, survey, names, turns) if turns else ()


def week_effects(
    earlier: Survey, later: Survey, names: Names,
    before: Sequence[Period], after: Sequence[Period],
) -> tuple[Effect, ...]:  # fmt: skip
    """Return what a week with other bells changes."""
    days: dict[Stretch, list[int]] = {}
    for day in range(7):
        was = [p for p in before if day in p.days]
        becomes = [p for p in after if day in p.days]
        for stretch in stretches(was, becomes):
            days.setdefault(_bare(stretch), []).append(day)
    turns = [_turn(stretch, _days(some)) for stretch, some in days.items()]
    return effects(earlier, later, names, turns) if turns else ()


def clock(minutes: int) -> str:
    """Return ``10:35am``; midnight at the end of the day is ``midnight``."""
    hour, minute = divmod(minutes % MIDNIGHT, 60)
    if minute == 0 and hour in (0, 12):
        return "midday" if hour else "midnight"
    return f"{hour % 12 or 12}:{minute:02}{'am' if hour < 12 else 'pm'}"


def _running(periods: Iterable[Period], minute: int) -> Period | None:
    running = [p for p in periods if p.start <= minute < p.end]
    return max(running, key=lambda p: p.start, default=None)


def _slot(period: Period | None) -> Slot:
    if period is None:
        return Slot(PeriodKind.CLOSED)
    return Slot(period.kind, period.name)


def _bare(stretch: Stretch) -> Stretch:
    """A stretch of which only what the engine sees counts: the days are told beside it."""
    was, becomes = (
        p and replace(p, start=0, end=0, days=()) for p in (stretch.before, stretch.after)
    )
    return replace(stretch, before=was, after=becomes)


def _turn(stretch: Stretch, days: str) -> Turn:
    words = f"from {clock(stretch.start)} to {clock(stretch.end)}"
    return Turn(_slot(stretch.before), _slot(stretch.after), words, days)


def _days(days: Sequence[int]) -> str:
    if len(days) > 2 and list(days) == list(range(days[0], days[-1] + 1)):
        return f", {DAYS[days[0]]} to {DAYS[days[-1]]}"
    return " on " + " and ".join(f"{DAYS[day]}s" for day in days)
