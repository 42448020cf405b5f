"""When a sign-in on a device ends: with the school day."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import Client
from appliance.policy.timetable import day_periods


def end_of_day(snapshot: Snapshot, client: Client, at: datetime) -> datetime:
    """Return when the last period of today ends for a client; at midnight where it has, or there
    is no school today.

    at: aware. The end is in the school's zone, by the clock on the wall.
    """
    calendar = snapshot.contents.calendar
    zone = ZoneInfo(calendar.zone)
    today = at.astimezone(zone).date()
    midnight = datetime.combine(today + timedelta(days=1), time(), tzinfo=zone)
    bells = day_periods(today, snapshot.timetable_of(client), calendar, client.role)
    last = max((period.end for period in bells), default=0)
    if not 0 < last < 1440:
        return midnight
    end = datetime.combine(today, time(*divmod(last, 60)), tzinfo=zone)
    return end if end > at else midnight
