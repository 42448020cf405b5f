"""``bellgate attempts``: who tried what, when, and what the gate said."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from appliance import clock
from appliance.attempts.attention import Attention
from appliance.audit.chain import Entry
from appliance.cli import recorded, rows, times
from appliance.cli.options import data_option, json_option
from appliance.cli.output import print_json, print_table
from appliance.cli.places import Places

if TYPE_CHECKING:
    from appliance.store.attempts import KeptAttempt
    from appliance.store.session import Store

PAUSE: Final = 0.3  # seconds between two looks of --follow
FOLDED: Final = 1.1  # seconds after which a face has handed on what it folded in memory


@click.command("attempts")
@click.option("--since", metavar="ISO-TIME", help="From this time on.")
@click.option("--until", metavar="ISO-TIME", help="Before this time.")
@click.option("--person", metavar="ID", help="Of this person alone.")
@click.option("--role", metavar="ID", help="Of this role alone.")
@click.option("--verdict", type=click.Choice(["allow", "block"]), help="With this verdict alone.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True,
              help="At most so many, the newest.")  # fmt: skip
@click.option("--follow", is_flag=True, help="Go on printing new ones until Ctrl-C.")
@data_option
@json_option
def attempts_command(
    since: str | None, until: str | None, person: str | None, role: str | None,
    verdict: str | None, limit: int, follow: bool, data: Path, as_json: bool,
) -> None:  # fmt: skip
    """List the attempts on record, newest last.

    With --json every field is printed: `at` in UTC, `local` in the school's zone; with
    --follow one JSON object a line. Helplines are never on record.
    """
    from appliance.cli import storing

    attention = Attention(Places(data).run)
    if Places(data).running():
        time.sleep(FOLDED)  # so that the list holds all that happened before it was asked for
        attention.wait(attention.ask())
    with storing.store_of(data) as store:
        with store.reading() as session:
            zone = storing.zone_of(session)
            asked = recorded.Asked(
                since=_read(since, zone, "--since"), until=_read(until, zone, "--until"),
                person=person, role=role, verdict=verdict, limit=limit,
            )  # fmt: skip
            last, found = recorded.newest_id(session), recorded.chosen(session, asked)
        _note_the_look(store, asked, len(found), follow=follow)
        if follow:
            _print_lines(found, zone, as_json=as_json)
            _follow(store, asked, last, zone, attention, as_json=as_json)
        else:
            _print(found, zone, as_json=as_json)


def _note_the_look(store: Store, asked: recorded.Asked, rows_: int, *, follow: bool) -> None:
    """Write the look down before anything is shown.

    Fails closed: where it cannot be written down, nothing is shown.
    """
    from appliance.cli import storing
    from appliance.store import audit

    looked = {
        "since": asked.since and asked.since.isoformat(), "role": asked.role or "",
        "until": asked.until and asked.until.isoformat(), "verdict": asked.verdict or "",
    }  # fmt: skip
    detail = {"filter": {k: v for k, v in looked.items() if v}, "rows": rows_, "follow": follow}
    with store.session(actor=f"command:{storing.author()}") as session:
        entry = Entry(
            at=clock.real(), actor=f"command:{storing.author()}", action="log.looked",
            subject=asked.person or "everybody", detail=detail,
        )  # fmt: skip
        audit.append(session, entry)


def _follow(
    store: Store, asked: recorded.Asked, last: int, zone: str, attention: Attention, *,
    as_json: bool,
) -> None:  # fmt: skip
    try:
        while True:
            attention.ask()
            time.sleep(PAUSE)
            with store.reading() as session:
                found = recorded.chosen(session, asked, after=last)
            _print_lines(found, zone, as_json=as_json)
            last = found[-1].id if found else last
    except KeyboardInterrupt:
        return


def _read(text: str | None, zone: str, option: str) -> datetime | None:
    return times.parse(text, zone, option=option) if text else None


def _print(found: Sequence[KeptAttempt], zone: str, *, as_json: bool) -> None:
    if as_json:
        print_json([recorded.fields(row, zone) for row in found])
        return
    listed = [
        (
            f"{times.local(row.attempt.at, zone):%Y-%m-%d %H:%M:%S}", rows.mark(row.attempt)[0],
            rows.named(row.attempt), row.attempt.address, rows.what(row.attempt),
            row.attempt.layer, rows.why(row.attempt), row.attempt.period,
        )
        for row in found
    ]  # fmt: skip
    columns = ("TIME", "VERDICT", "WHO", "ADDRESS", "WHAT", "SEEN BY", "WHY", "PERIOD")
    print_table(columns, listed, "No attempts are on record.")


def _print_lines(found: Sequence[KeptAttempt], zone: str, *, as_json: bool) -> None:
    for row in found:
        said = json.dumps(recorded.fields(row, zone), ensure_ascii=False) if as_json else None
        print(said or rows.line(row.attempt, zone), flush=True)
