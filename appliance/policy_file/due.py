"""Until when a request or report is to be answered, as the school's policy says it.

Clarendon Cottage, "Monitoring": within 24 hours, or on the next working day where it came
in at a weekend. Policies without such a line give no due time.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from appliance.policy.timetable import DAY, Calendar, Timetable, day_periods
from appliance.policy_file.schema_workflow import RequestsEntry

LOOK_AHEAD: Final = 120  # days: longer than any holiday
END_OF_DAY: Final = time(23, 59)
STAFF: Final = "staff"  # whose working day counts


def due(
    entry: RequestsEntry, calendar: Calendar, timetable: Timetable, made: datetime
) -> datetime | None:
    """Return the instant by which something handed in at an aware instant is to be answered.

    What came in on a working day is due after ``due_hours``. What came in on another day
    is due by the end of the next working day, in the school's zone, where the policy says so.
    """
    zone = ZoneInfo(calendar.zone)
    today = made.astimezone(zone).date()
    if entry.due_next_working_day and not working_day(today, calendar, timetable):
        day = today + DAY
        for _ in range(LOOK_AHEAD):
            if working_day(day, calendar, timetable):
                break
            day += DAY
        return datetime.combine(day, END_OF_DAY, zone)
    if entry.due_hours is None:
        return None
    return made + timedelta(hours=entry.due_hours)


def working_day(day: date, calendar: Calendar, timetable: Timetable) -> bool:
    """Whether staff work on a day. A date that the calendar does not cover: by the weekday."""
    covers = calendar.covers
    if covers is None or not covers.first <= day <= covers.last:
        return day.weekday() < 5
    return bool(day_periods(day, timetable, calendar, STAFF))
