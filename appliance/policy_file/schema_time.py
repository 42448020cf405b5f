"""The bells and the school year, as policy files write them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from appliance.policy.model import PeriodKind
from appliance.policy_file.fields import (
    DAYS,
    Day,
    Entry,
    Id,
    Ids,
    Listed,
    Minutes,
    Text,
    Weekday,
    Zone,
)

Days = Annotated[tuple[Day, ...], Listed]


class PeriodEntry(Entry):
    """A named span of the day, start included, end not: ``{name: Break, kind: break, ...}``."""

    name: Text = Field(description="What people call it; rules may name it.")
    kind: PeriodKind = Field(description="lesson, break, lunch, before_school and so on.")
    start: Minutes = Field(description="Wall-clock time, 08:50.")
    end: Minutes = Field(description="Wall-clock time; at or before the start: the next day.")
    days: Annotated[tuple[Weekday, ...], Listed] = Field(
        default=DAYS[:5], description="Weekdays it starts on; Monday to Friday when not given."
    )

    @property
    def minutes(self) -> tuple[int, int]:
        """Start and end after midnight of the first day; the end may be past 1440."""
        return self.start, self.end if self.end > self.start else self.end + 1440


class TimetableEntry(Entry):
    """The bells of one group of people."""

    periods: tuple[PeriodEntry, ...] = Field(default=(), description="In the order of the day.")


class SpanEntry(Entry):
    """First and last day, both included; without a last day it is one day."""

    first: Day
    last: Day | None = None
    name: Text = ""

    @model_validator(mode="after")
    def _in_order(self) -> SpanEntry:
        if self.last is not None and self.last < self.first:
            raise ValueError(f"ends on {self.last}, before it begins on {self.first}")
        return self


class OneOffEntry(Entry):
    """A day with bells of its own: early close, wet play, sports day."""

    day: Day
    name: Text
    periods: tuple[PeriodEntry, ...] = ()
    timetables: Ids = Field(default=(), description="The timetables it replaces; none means all.")


class CalendarEntry(Entry):
    """The school year. A date outside ``covers`` counts as lesson time."""

    zone: Zone = "Europe/London"
    covers: SpanEntry | None = Field(
        default=None,
        description="The dates the school vouches for; the academic years of the terms if none.",
    )
    terms: tuple[SpanEntry, ...] = ()
    holidays: tuple[SpanEntry, ...] = Field(default=(), description="Half-terms and the like.")
    bank_holidays: tuple[SpanEntry, ...] = ()
    inset: Annotated[tuple[Day, ...], Listed] = Field(
        default=(), description="Days without pupils."
    )
    inset_roles: Ids = Field(default=("staff",), description="The roles at work on them.")
    one_off: tuple[OneOffEntry, ...] = ()


class TimeEntry(Entry):
    """What ``timetable.yaml`` holds: the time of a school that says nothing of its own."""

    timetables: dict[Id, TimetableEntry]
    calendar: CalendarEntry
