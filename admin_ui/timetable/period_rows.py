"""Periods as a form sends them: rows of name, kind, start, end and days, read and checked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from appliance.policy.model import PeriodKind
from appliance.policy.timetable import Period
from appliance.policy_file.bell_changes import DAYS, clock

MOST: Final = 40  # rows of one form; no school day has as many
BLANK: Final = 3  # empty rows at the end, for periods to be added
WEEK: Final = (0, 1, 2, 3, 4)
_TIME: Final = re.compile(r"([01]?\d|2[0-4])[:.]([0-5]\d)(?::00)?")


@dataclass(slots=True)
class Row:
    """One row as it was typed, and what is wrong with it."""

    name: str = ""
    kind: str = ""
    start: str = ""
    end: str = ""
    days: tuple[int, ...] = WEEK
    mistakes: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether nobody filled it in: it is left out."""
        return not (self.name or self.start or self.end)


def rows_of(periods: Sequence[Period], *, blank: int = BLANK) -> list[Row]:
    """Return rows that show periods, with empty ones below."""
    shown = [
        Row(p.name, p.kind.value, _written(p.start), _written(p.end), p.days)
        for p in sorted(periods, key=lambda p: (p.start, p.days))
    ]
    return shown + [Row() for _ in range(blank)]


def read(form: MultiDict[str, str], *, with_days: bool) -> list[Row]:
    """Return the rows that a form sent, at most ``MOST``; blank ones too."""
    found = []
    for place in range(MOST):
        if f"start-{place}" not in form and f"name-{place}" not in form:
            continue
        days = tuple(
            day for day in range(7) if str(day) in form.getlist(f"days-{place}")
        ) if with_days else WEEK  # fmt: skip
        found.append(
            Row(
                " ".join(form.get(f"name-{place}", "")[:60].split()),
                form.get(f"kind-{place}", "")[:20], form.get(f"start-{place}", "")[:8].strip(),
                form.get(f"end-{place}", "")[:8].strip(), days,
            )
        )  # fmt: skip
    return found


def checked(rows: Sequence[Row], *, with_days: bool) -> tuple[Period, ...]:
    """Return the periods of rows in the order of the day; the mistakes stay with the rows.

    What it returns can be used only if no row has a mistake.
    """
    found: list[tuple[Period, Row]] = []
    for row in rows:
        if row.empty:
            continue
        period = _period(row, with_days=with_days)
        if period is None:
            continue
        clash = next((other for other, _ in found if _overlap(period, other)), None)
        if clash is not None:
            row.mistakes.append(
                f"{period.name} ({_span(period)}) overlaps {clash.name} ({_span(clash)})"
            )
        found.append((period, row))
    return tuple(period for period, _ in sorted(found, key=lambda pair: pair[0].start))


def _period(row: Row, *, with_days: bool) -> Period | None:
    start, end = minutes(row.start), minutes(row.end)
    if not row.name:
        row.mistakes.append("Give the period a name")
    if row.kind not in {kind.value for kind in PeriodKind}:
        row.mistakes.append("Choose what kind of period it is")
    if start is None or start >= 1440:
        row.mistakes.append("Enter when it starts, such as 08:50")
    if end is None:
        row.mistakes.append("Enter when it ends, such as 10:30")
    if with_days and not row.days:
        row.mistakes.append("Tick at least one day")
    if row.mistakes or start is None or end is None:
        return None
    if end <= start:
        row.mistakes.append(f"{row.name} ends at {clock(end)}, before it starts at {clock(start)}")
        return None
    return Period(row.name, PeriodKind(row.kind), start, end, row.days)


def _overlap(one: Period, other: Period) -> bool:
    same_day = bool(set(one.days) & set(other.days))
    return same_day and one.start < other.end and other.start < one.end


def _span(period: Period) -> str:
    return f"{clock(period.start)} to {clock(period.end)}"


def minutes(text: str) -> int | None:
    """Return minutes after midnight, at most 1440; None where the text is no time of day."""
    found = _TIME.fullmatch(text)
    if not found:
        return None
    total = int(found[1]) * 60 + int(found[2])
    return total if total <= 1440 else None


def _written(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}" if minutes != 1440 else "24:00"


def as_written(periods: Sequence[Period]) -> list[dict[str, Any]]:
    """Return periods as a policy file writes them."""
    found = []
    for period in periods:
        entry: dict[str, Any] = {
            "name": period.name, "kind": period.kind.value, "start": _written(period.start),
            "end": _written(period.end % 1440 or 1440),
        }  # fmt: skip
        if period.days != WEEK:
            days = [DAYS[day].lower() for day in period.days]
            entry["days"] = days if len(days) > 1 else days[0]
        found.append(entry)
    return found


def problems(rows: Sequence[Row]) -> Mapping[int, list[str]]:
    """Return the mistakes by the place of their row."""
    return {place: row.mistakes for place, row in enumerate(rows) if row.mistakes}
