"""When an answer to a request or report is due, by the policy's own rule."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from appliance.policy.snapshot import Contents
from appliance.policy.spans import end_of_day
from appliance.policy.timetable import DAY, day_periods
from appliance.policy_file.schema_workflow import RequestsEntry

LOOK_AHEAD: Final = 120  # days searched for a working day: longer than any summer


def due_at(made: datetime, rule: RequestsEntry, contents: Contents) -> datetime | None:
    """Return when something that arrived at ``made`` is due, in UTC; None: the policy sets no time.

    So many hours later; what arrives on a closed day, by the end of the next working day
    where the policy says so (CC Monitoring: 24 hours, or the next working day).
    """
    arrived = made.astimezone(ZoneInfo(contents.calendar.zone)).date()
    if rule.due_next_working_day and not working(arrived, contents):
        return end_of_day(_next_working(arrived, contents), contents.calendar.zone)
    if rule.due_hours is None:
        return None
    return made.astimezone(UTC) + timedelta(hours=rule.due_hours)


def working(day: date, contents: Contents) -> bool:
    """Whether a date has any period in the calendar, for pupils or for staff.

    A date that the calendar does not cover is a working day from Monday to Friday.
    """
    covers = contents.calendar.covers
    if covers is None or not covers.first <= day <= covers.last:
        return day.weekday() < 5
    return any(
        day_periods(day, timetable, contents.calendar, role.id)
        for timetable in contents.timetables
        for role in contents.roles
    )


def _next_working(day: date, contents: Contents) -> date:
    later = (day + number * DAY for number in range(1, LOOK_AHEAD + 1))
    return next((one for one in later if working(one, contents)), day + DAY)
