"""``bellgate audit``: what people did with the gate, and whether that record still holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from appliance.cli import times
from appliance.cli.options import data_option, json_option
from appliance.cli.output import print_json, print_table, printable

if TYPE_CHECKING:
    from appliance.audit.chain import Link


@click.group("audit")
def audit_command() -> None:
    """Read the audit chain, and see whether anybody changed it underneath.

    Every change, sign-in, decision, look at the log and export is an entry; each is bound
    to the one before it, and once a day the newest is written down outside the database.
    """


@audit_command.command("verify")
@data_option
@json_option
@click.pass_context
def verify(context: click.Context, data: Path, as_json: bool) -> None:
    """Read the whole chain, and name the first entry that does not hold.

    Exit code 1 when one does not.
    """
    from appliance.audit import anchors
    from appliance.cli import storing

    with storing.read(data) as session:
        found = anchors.check(anchors.path(data), session)
    if as_json:
        said = {"holds": found.holds, "entries": found.entries, "broken": found.broken}
        print_json({**said, "words": found.words})
    else:
        print(found.words)
    context.exit(0 if found.holds else 1)


@audit_command.command("show")
@click.option("--actor", default="", metavar="LOGIN", help="Of this person alone.")
@click.option("--area", default="", metavar="WORD", help="Of one area, such as `request` or `log`.")
@click.option("--since", metavar="ISO-TIME", help="From this time on.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True,
              help="At most so many, the newest.")  # fmt: skip
@data_option
@json_option
def show(actor: str, area: str, since: str | None, limit: int, data: Path, as_json: bool) -> None:
    """List entries, newest last."""
    from appliance.cli import storing
    from appliance.store import audit

    with storing.read(data) as session:
        zone = storing.zone_of(session)
        earliest = times.parse(since, zone, option="--since") if since else None
        newest = audit.page(session, actor=actor, area=area, since=earliest, limit=limit)
    found = newest[::-1]
    if as_json:
        print_json([fields(link, zone) for link in found])
        return
    rows = [
        (
            str(link.number), f"{times.local(link.entry.at, zone):%Y-%m-%d %H:%M:%S}",
            printable(link.entry.actor), link.entry.action, printable(link.entry.subject),
            printable(link.entry.reason),
        )
        for link in found
    ]  # fmt: skip
    print_table(("NO.", "TIME", "BY", "WHAT", "WHOM OR WHAT", "REASON"), rows, "No entries yet.")


def fields(link: Link, zone: str) -> dict[str, Any]:
    """Return an entry for scripts: ``at`` in UTC, ``local`` in the school's zone."""
    entry = link.entry
    return {
        "number": link.number, "at": entry.at, "local": times.local(entry.at, zone),
        "actor": entry.actor, "address": entry.address, "action": entry.action,
        "subject": entry.subject, "reason": entry.reason, "detail": entry.detail,
        "previous": link.previous, "digest": link.digest,
    }  # fmt: skip
