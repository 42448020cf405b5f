"""``bellgate clock``: what time the gate takes it to be; rehearse another one."""

from __future__ import annotations

from pathlib import Path

import click

from appliance.cli import look, rehearsal, sources, times
from appliance.cli.errors import InputError
from appliance.cli.options import data_option, json_option
from appliance.cli.output import print_json


@click.group("clock", invoke_without_command=True)
@data_option
@json_option
@click.pass_context
def clock_command(ctx: click.Context, data: Path, as_json: bool) -> None:
    """Show the gate's time, or rehearse another one.

    A rehearsal moves the whole gate to another moment, from where its time runs on: to
    show what happens at the bell, or to test a policy before term. It is shown wherever
    status is shown. Without a sub-command the time is shown.
    """
    if ctx.invoked_subcommand is None:
        _show(data, as_json=as_json)


@clock_command.command("show")
@data_option
@json_option
def show(data: Path, as_json: bool) -> None:
    """Show the time that verdicts are made for, and whether it is rehearsed."""
    _show(data, as_json=as_json)


@clock_command.command("rehearse")
@click.argument("moment", metavar="TIME")
@data_option
@json_option
def rehearse(moment: str, data: Path, as_json: bool) -> None:
    """Behave as if it were TIME now: an ISO time, or a kind of period (the next one).

    \b
    bellgate clock rehearse 2026-11-23T10:29:30
    bellgate clock rehearse break
    """
    from appliance.cli import storing

    with storing.opened(data) as session:
        snapshot = storing.contents_now(session)
        at = rehearsal.moment_of(moment, snapshot, storing.moment(snapshot), "TIME")
        storing.set_offset(session, rehearsal.offset_to(at))
        zone = snapshot.contents.calendar.zone
    if as_json:
        print_json({"at": times.iso(at, zone), "rehearsal": True})
        return
    print(f"REHEARSAL: the gate takes it to be {times.spoken(at, zone)}.")
    print("Back to the real time: `bellgate clock real`.")


@clock_command.command("real")
@data_option
@json_option
def real(data: Path, as_json: bool) -> None:
    """End a rehearsal: the real time holds again."""
    from appliance.cli import storing

    with storing.opened(data) as session:
        storing.set_offset(session, 0.0)
        snapshot = storing.contents_now(session)
    at, zone = storing.moment(snapshot), snapshot.contents.calendar.zone
    if as_json:
        print_json({"at": times.iso(at, zone), "rehearsal": False})
        return
    print(f"The real time holds again: it is {times.spoken(at, zone)}.")


def _show(data: Path, *, as_json: bool) -> None:
    snapshot = sources.enforced(data)
    if snapshot is None:
        raise InputError(f"{data}: no gate has published anything there (start `bellgate up`)")
    check = look.the_clock(snapshot)
    if as_json:
        rehearsed = snapshot.contents.clock_offset != 0
        print_json({**dict(check.facts), "rehearsal": rehearsed, "level": check.level.value})
        return
    print(check.words)
