"""``bellgate status``: how a gate is, asked from outside as its clients would ask it."""

from __future__ import annotations

from pathlib import Path

import click

from appliance.cli import look
from appliance.cli.options import data_option, json_option
from appliance.cli.output import print_json
from appliance.cli.places import Places, Ports
from appliance.status.checks import Check, Level, healthy, worst

MARKS = (
    (Level.GOOD, "✔", "green"),
    (Level.NOTE, "◆", "magenta"),
    (Level.AMBER, "▲", "yellow"),
    (Level.RED, "✖", "red"),
)


@click.command("status")
@data_option
@json_option
@click.pass_context
def status_command(ctx: click.Context, data: Path, as_json: bool) -> None:
    """Ask DNS, proxy and admin UI how they are, and look at snapshot, spool and database.

    Green is fine; amber works, and is to be looked at soon (a resolver that is down, no
    calendar, a full spool); red does not work. Exits with 1 when anything is red, else
    with 0, amber included. A rehearsed clock is no fault, but is said loudly.
    """
    places = Places(data)
    checks = tuple(look.at_all(places, places.announced() or Ports()))
    if as_json:
        print_json(
            {
                "healthy": healthy(checks),
                "level": worst(checks).value,
                "data": str(data),
                "checks": [as_fields(check) for check in checks],
            }
        )
    else:
        for check in checks:
            mark, colour = next((m, c) for level, m, c in MARKS if level is check.level)
            click.echo(f"{click.style(mark, fg=colour)} {check.name:<9} {check.words}")
    ctx.exit(0 if healthy(checks) else 1)


def as_fields(check: Check) -> dict[str, object]:
    """Return a check as scripts read it."""
    return {
        "name": check.name, "level": check.level.value, "words": check.words,
        **dict(check.facts),
    }  # fmt: skip
