"""``bellgate calendar``: term dates from the school's own calendar, and days that are different."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Final

import click

from appliance.cli.errors import InputError
from appliance.cli.options import data_option, json_option
from appliance.cli.output import print_json, print_table
from appliance.policy.model import PeriodKind
from appliance.policy.timetable import Calendar, OneOffDay, Period

_PERIOD: Final = re.compile(
    r"(?P<name>[^=]+)=(?P<kind>[a-z_]+)@(?P<start>\d\d?:\d\d)-(?P<end>\d\d?:\d\d)"
)


@click.group("calendar")
def calendar_command() -> None:
    """Show the school year, import term dates, and change single days."""


@calendar_command.command("show")
@data_option
@json_option
def show(data: Path, as_json: bool) -> None:
    """Show terms, holidays, INSET days and one-off days as they are enforced."""
    from appliance.cli import storing

    with storing.read(data) as session:
        contents = storing.contents_now(session).contents
    rows = _rows(contents.calendar)
    if as_json:
        names = ("kind", "first", "last", "name")
        print_json([dict(zip(names, row, strict=True)) for row in rows])
        return
    empty = "The calendar is empty: every moment counts as lesson time."
    print_table(("WHAT", "FIRST", "LAST", "NAME"), rows, empty)


@calendar_command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
@json_option
def import_(file: Path, data: Path, as_json: bool) -> None:
    """Take terms, half-terms, INSET days and holidays from an iCalendar FILE (.ics).

    What an event is, its summary says: "Autumn term", "Half term", "INSET day", "Bank
    holiday". Other events are left out. Terms in the file take the place of earlier ones.
    """
    from appliance.cli import storing
    from appliance.policy_file import ics
    from appliance.store import calendar

    with file.open("rb") as opened:
        text = opened.read(ics.MAX_BYTES + 1)
    with storing.opened(data) as session:
        contents = storing.contents_now(session).contents
        dates = ics.read_dates(text, str(file), contents.calendar.zone)
        calendar.import_dates(session, ics.with_dates(contents.calendar, dates))
    found = {"terms": len(dates.terms), "holidays": len(dates.holidays), "inset": len(dates.inset)}
    if as_json:
        print_json({**found, "ignored": list(dates.ignored)})
        return
    print(", ".join(f"{count} {what}" for what, count in found.items()) + " imported.")
    if dates.ignored:
        print(f"Left out: {', '.join(dates.ignored)}")


@calendar_command.command("add-day")
@click.argument("day", metavar="DATE")
@click.option("--name", required=True, help='What it is: "Early close", "Wet play", "Sports day".')
@click.option("--period", "periods", multiple=True, metavar="NAME=KIND@HH:MM-HH:MM",
              help="A period of that day, such as `Lesson 1=lesson@08:50-10:30`; repeated. "
              "None: the day is closed.")  # fmt: skip
@click.option("--timetable", "timetables", multiple=True, metavar="ID",
              help="Only for these timetables.  [default: all]")  # fmt: skip
@data_option
@json_option
def add_day(
    day: str, name: str, periods: tuple[str, ...], timetables: tuple[str, ...], data: Path,
    as_json: bool,
) -> None:  # fmt: skip
    """Give one DATE bells of its own, in place of the usual ones.

    \b
    bellgate calendar add-day 2026-12-18 --name "Early close" \\
        --period "Lesson 1=lesson@08:50-10:30" --period "Lesson 2=lesson@10:30-12:00"
    """
    from appliance.cli import storing
    from appliance.store import calendar

    ordered = _ordered(periods)
    with storing.opened(data) as session:
        known = sorted(t.id for t in storing.contents_now(session).contents.timetables)
        if odd := [id_ for id_ in timetables if id_ not in known]:
            raise InputError(f"--timetable: there is no {odd[0]!r}; there are: {', '.join(known)}")
        made = calendar.add_day(session, OneOffDay(_day(day), name, ordered, timetables))
    if as_json:
        print_json({"day": made.day.isoformat(), "name": made.name, "periods": len(made.periods)})
        return
    print(f"{made.day.isoformat()}: {made.name}.")


@calendar_command.command("remove-day")
@click.argument("day", metavar="DATE")
@click.option("--timetable", "timetables", multiple=True, metavar="ID",
              help="As it was added.")  # fmt: skip
@data_option
@json_option
def remove_day(day: str, timetables: tuple[str, ...], data: Path, as_json: bool) -> None:
    """Give a DATE its usual bells back."""
    from appliance.cli import storing
    from appliance.store import calendar

    with storing.opened(data) as session:
        if not calendar.remove_day(session, _day(day), timetables):
            raise InputError(f"{day} is no one-off day (`bellgate calendar show`)")
    if as_json:
        print_json({"removed": day})
        return
    print(f"{day}: as usual.")


def _rows(year: Calendar) -> list[tuple[str, str, str, str]]:
    spans = [("covers", year.covers)] if year.covers else []
    spans += [("term", span) for span in year.terms]
    spans += [("holiday", span) for span in year.holidays]
    rows = [(kind, s.first.isoformat(), s.last.isoformat(), s.name) for kind, s in spans]
    rows += [("INSET", day.isoformat(), day.isoformat(), "") for day in year.inset]
    rows += [("one-off", d.day.isoformat(), d.day.isoformat(), d.name) for d in year.one_off]
    return rows


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"DATE: {text!r} is not a date like 2026-12-18") from error


def _ordered(texts: tuple[str, ...]) -> tuple[Period, ...]:
    ordered = sorted((_period(text) for text in texts), key=lambda period: period.start)
    for one, other in pairwise(ordered):
        if other.start < one.end:
            raise InputError(f"--period: {one.name!r} and {other.name!r} overlap")
    return tuple(ordered)


def _period(text: str) -> Period:
    found = _PERIOD.fullmatch(text.strip())
    if not found:
        raise InputError(f"--period: {text!r} is not like `Lesson 1=lesson@08:50-10:30`")
    kinds = [kind.value for kind in PeriodKind]
    if found["kind"] not in kinds:
        raise InputError(f"--period: {found['kind']!r} is not one of {', '.join(kinds)}")
    start, end = _minutes(found["start"]), _minutes(found["end"])
    if end <= start:
        raise InputError(f"--period: {text!r} ends before it begins")
    return Period(found["name"].strip(), PeriodKind(found["kind"]), start, end)


def _minutes(text: str) -> int:
    hour, minute = map(int, text.split(":"))
    if minute > 59 or hour * 60 + minute > 1440:
        raise InputError(f"--period: {text} is not a time of day")
    return hour * 60 + minute
