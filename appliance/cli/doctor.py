"""``bellgate doctor``: every role's real answers from DNS and proxy, held against the policy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from appliance.cli.errors import InputError, warn
from appliance.cli.options import data_option, json_option
from appliance.cli.output import print_json, printable

if TYPE_CHECKING:
    from appliance.doctor.look import Looker
    from appliance.doctor.result import Result

ITSELF = "The gate itself"


@click.command("doctor")
@click.option("--all", "all_", is_flag=True, help="Show what is well too, line by line.")
@data_option
@json_option
@click.pass_context
def doctor_command(ctx: click.Context, all_: bool, data: Path, as_json: bool) -> None:
    """Test the running gate: each network asks the real DNS and proxy what its clients ask.

    For the role of each network, in the period that holds now: what must be blocked is, what
    must be open is, safe search is on, ways round the gate are refused, helplines are open,
    and the accredited filter behind the gate is there. What is wrong is named, with what to
    do about it. Nothing of it counts as an attempt; the result is kept for the yearly review.

    Exits with 1 when anything is red, else with 0.
    """
    from appliance.doctor.result import well

    if not data.is_dir():
        raise InputError(f"{data}: there is no gate here yet (start `bellgate up`)")
    looker, found = _looker(data), []
    said = _Said(all_)
    for one in _tried(looker):
        found.append(one)
        if not as_json:
            said.say(one)
    if not as_json:
        said.end()
    run = _keep(data, found, looker)
    if as_json:
        print_json({"healthy": well(found), "run": run, "results": found})
    else:
        _sum_up(found)
    ctx.exit(0 if well(found) else 1)


def _looker(data: Path) -> Looker:
    from appliance.cli import storing
    from appliance.doctor.look import Looker

    looker = Looker(data)
    try:
        with storing.read(data) as session:
            looker.take(session)
    except InputError as error:  # without the store: no names of lists, no word of the filter
        warn(f"Warning: {error.message}. The names of lists are not tried.")
    return looker


def _tried(looker: Looker) -> Iterator[Result]:
    from appliance.doctor.trying import every

    return every(looker)


def _keep(data: Path, found: list[Result], looker: Looker) -> int | None:
    """Keep what was found; a store that is away loses this record, said on stderr."""
    from sqlalchemy.exc import SQLAlchemyError

    from appliance.cli import storing
    from appliance.doctor import look

    ground = looker()
    try:
        with storing.store_of(data) as store, store.session() as session:
            found[:] = look.against_last(session, found)
            kept = look.keep(
                session, found, at=ground.real, who=f"command:{storing.author()}",
                version=ground.snapshot.contents.version,
            )  # fmt: skip
    except (InputError, SQLAlchemyError, OSError) as error:
        warn(f"Warning: this result is not kept: {error}")
        return None
    return kept.id


class _Said:
    """Prints results as they come: what is wrong line by line, what is well as a count.

    The same advice is given once. every: print what is well line by line, too.
    """

    def __init__(self, every: bool) -> None:
        self._every = every
        self._heading = ""
        self._well = 0
        self._advice: set[str] = set()

    def say(self, one: Result) -> None:
        """Print a result, or count it."""
        from appliance.cli.status import MARKS

        heading = one.network or (one.role and "Roles") or ITSELF
        if heading != self._heading:
            self.end()
            self._heading = heading
            period = f", {one.period}" if one.period else ""
            role = f" ({one.role}{period})" if one.network else ""
            click.secho(f"{printable(heading)}{printable(role)}", bold=True)
        if one.level.value == "good" and not self._every:
            self._well += 1
            return
        mark, colour = next((m, c) for level, m, c in MARKS if level is one.level)
        words = f"{printable(one.about)}: {printable(one.words)}"
        click.echo(f"  {click.style(mark, fg=colour)} {words}")
        bad = one.level.value not in ("good", "note")
        if bad and one.todo and (self._every or one.todo not in self._advice):
            self._advice.add(one.todo)
            click.echo(f"      What to do: {printable(one.todo)}")

    def end(self) -> None:
        """Print how many were well under the heading that ends."""
        if self._well:
            click.echo(f"  {click.style('✔', fg='green')} {self._well} as they should be")
        self._well = 0


def _sum_up(found: list[Result]) -> None:
    from appliance.status.checks import Level

    red = sum(one.level is Level.RED for one in found)
    amber = sum(one.level is Level.AMBER for one in found)
    if red or amber:
        print(f"{len(found)} tried: {red} wrong (✖), {amber} to be looked at (▲).")
        print("`bellgate doctor --all` shows each, and so does the page Self-test.")
        return
    print(f"{len(found)} tried, all well.")
