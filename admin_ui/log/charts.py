"""The log in figures, for whoever may not read it: when, what for, by which role, and the trend."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from flask import abort, render_template, request

from admin_ui import dates
from admin_ui.gate import gate
from admin_ui.log import saying
from admin_ui.log.blueprint import blueprint
from admin_ui.log.reader import reader
from admin_ui.words import role_name
from appliance.store import attempt_counts
from appliance.store.attempt_counts import Counted

WEEK: Final = timedelta(days=7)
DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SPANS: Final = {"1": "The last week", "4": "The last 4 weeks", "12": "The last 12 weeks"}
MOST: Final = 12  # services named one by one


@dataclass(frozen=True, slots=True)
class Grid:
    """Attempts by weekday and hour of the day. hours: those of which there is anything to say."""

    hours: tuple[int, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]


@blueprint.get("/log/charts")
def charts() -> str:
    """Counts, never whose."""
    weeks = request.args.get("weeks", "1")
    weeks = weeks if weeks in SPANS else "1"
    verdict = request.args.get("verdict", "")
    verdict = verdict if verdict in saying.VERDICTS else ""
    with gate().reading() as session:
        who = reader(session)
        if not who.seen.counts:
            abort(403)
        today, zone = who.view.at.date(), who.view.zone
        days = tuple(today - timedelta(days=n) for n in range(7 * int(weeks) - 1, -1, -1))
        counted = Counted(since=_midnight(days[0], zone), until=_midnight(today, zone, 1),
                          verdict=verdict)  # fmt: skip
        hours = attempt_counts.by_hour(session, counted)
        before = Counted(
            since=_midnight(today - timedelta(days=13), zone),
            until=_midnight(today - timedelta(days=6), zone), verdict=verdict,
        )  # fmt: skip
        earlier = attempt_counts.by_hour(session, before)
        services = attempt_counts.by(session, counted, "service")
        roles = attempt_counts.by(session, counted, "role")
    contents = who.view.snapshot.contents
    named = {service.id: service.name for service in contents.services} | {"": "No known service"}
    return render_template(
        "log/charts.html", reader=who, weeks=weeks, verdict=verdict, spans=SPANS,
        verdicts=saying.VERDICTS, grid=grid(hours.items(), zone), total=sum(hours.values()),
        services=[(named.get(id_, id_), count) for id_, count in _most(services)],
        roles=[(role_name(who.view, id_), count) for id_, count in roles.items()],
        trend=trend(hours.items(), earlier.items(), today, zone), last_week=sum(earlier.values()),
        this_week=sum(_by_day(hours.items(), zone).get(today - timedelta(days=n), 0)
                      for n in range(7)), since=days[0],
    )  # fmt: skip


def grid(counts: Iterable[tuple[datetime, int]], zone: ZoneInfo) -> Grid:
    """Return attempts by weekday and hour of the day, in the school's zone."""
    found: dict[tuple[int, int], int] = {}
    for at, count in counts:
        local = at.astimezone(zone)
        place = local.weekday(), local.hour
        found[place] = found.get(place, 0) + count
    seen = [hour for _, hour in found] + [8, 15]
    hours = tuple(range(min(seen), max(seen) + 1))
    last = 7 if any(day > 4 for day, _ in found) else 5
    return Grid(
        hours,
        tuple(
            (DAYS[day], tuple(found.get((day, hour), 0) for hour in hours)) for day in range(last)
        ),
    )


def trend(
    counts: Iterable[tuple[datetime, int]], earlier: Iterable[tuple[datetime, int]], today: date,
    zone: ZoneInfo,
) -> list[tuple[str, int, int]]:  # fmt: skip
    """Return the last seven days, each beside the same day of the week before: day, now, then."""
    now, then = _by_day(counts, zone), _by_day(earlier, zone)
    days = [today - timedelta(days=n) for n in range(6, -1, -1)]
    return [(dates.day(day), now.get(day, 0), then.get(day - WEEK, 0)) for day in days]


def _by_day(counts: Iterable[tuple[datetime, int]], zone: ZoneInfo) -> dict[date, int]:
    found: dict[date, int] = {}
    for at, count in counts:
        day = at.astimezone(zone).date()
        found[day] = found.get(day, 0) + count
    return found


def _most(counts: dict[str, int]) -> list[tuple[str, int]]:
    listed = list(counts.items())
    rest = sum(count for _, count in listed[MOST:])
    return listed[:MOST] + ([("All others together", rest)] if rest else [])


def _midnight(day: date, zone: ZoneInfo, later: int = 0) -> datetime:
    return datetime.combine(day + timedelta(days=later), time(), zone)
