"""``bellgate look-alikes``: names that resemble a service, until a technician has decided."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from appliance import clock
from appliance.cli import times
from appliance.cli.errors import InputError
from appliance.cli.options import data_option, json_option
from appliance.cli.output import print_json, print_table

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from appliance.store.look_alikes import LookAlike

note_option = click.option("--note", default="", help="Why: kept with it and in the audit log.")
STATES = ("open", "classified", "dismissed", "all")


@click.group("look-alikes")
def look_alikes_command() -> None:
    """Names nobody classified that look, or are suddenly used, like a service.

    The gate counts, without naming anybody, which unclassified names its clients use. What
    resembles a platform follows the policy's `unclassified_social` until you have put it
    into a category, or said that it is fine. Nothing is sent outside.
    """


@look_alikes_command.command("list")
@click.option("--state", type=click.Choice(STATES), default="open", help="Which.  [default: open]")
@data_option
@json_option
def list_(state: str, data: Path, as_json: bool) -> None:
    """List them, what resembles a service most first."""
    from appliance.cli import storing
    from appliance.store import look_alikes

    with storing.read(data) as session:
        wanted = None if state == "all" else look_alikes.State(state)
        found, zone = look_alikes.list_(session, wanted), storing.zone_of(session)
    if as_json:
        print_json(found)
        return
    rows = [
        (one.site, str(one.score), one.state.value + (f": {one.category}" if one.category else ""),
         f"{times.local(one.last_seen, zone):%Y-%m-%d %H:%M}", " ".join(one.reasons))
        for one in found
    ]  # fmt: skip
    nothing = "No name waits." if state == "open" else "There are none."
    print_table(("SITE", "SCORE", "STATE", "LAST SEEN", "WHY"), rows, nothing)


@look_alikes_command.command("classify")
@click.argument("site")
@click.argument("category")
@click.option("--names-alone", is_flag=True,
              help="Only the names that show it, not the whole site.")  # fmt: skip
@note_option
@data_option
@json_option
def classify(
    site: str, category: str, names_alone: bool, note: str, data: Path, as_json: bool
) -> None:
    """Put SITE into the school's own list of a CATEGORY of the policy."""
    from appliance.store import look_alikes

    with _deciding(data) as session:
        kept = look_alikes.classify(
            session, site, category, by=_by(), at=_at(session), note=note, names_alone=names_alone
        )
        _tell(session, "look_alike.classified", kept)
    _say(kept, f"put into {category}", as_json=as_json)


@look_alikes_command.command("dismiss")
@click.argument("site")
@note_option
@data_option
@json_option
def dismiss(site: str, note: str, data: Path, as_json: bool) -> None:
    """Say that SITE is fine: it is not put up again."""
    from appliance.store import look_alikes

    with _deciding(data) as session:
        kept = look_alikes.dismiss(session, site, by=_by(), at=_at(session), note=note)
        _tell(session, "look_alike.dismissed", kept)
    _say(kept, "is fine", as_json=as_json)


@look_alikes_command.command("reopen")
@click.argument("site")
@note_option
@data_option
@json_option
def reopen(site: str, note: str, data: Path, as_json: bool) -> None:
    """Undo what was decided of SITE."""
    from appliance.store import look_alikes

    with _deciding(data) as session:
        kept = look_alikes.reopen(session, site, by=_by(), at=_at(session), note=note)
        _tell(session, "look_alike.reopened", kept)
    _say(kept, "is open again", as_json=as_json)


@look_alikes_command.command("judge")
@click.argument("name")
@data_option
@json_option
def judge(name: str, data: Path, as_json: bool) -> None:
    """Say whether NAME resembles a service, and why. Exit code 1: it does not."""
    from dataclasses import asdict

    from appliance.cli import storing
    from appliance.look_alikes.brands import Known
    from appliance.look_alikes.scoring import resemblance
    from appliance.policy.names import BadNameError, canonical

    try:
        host = canonical(name)
    except BadNameError as error:
        raise InputError(str(error)) from error
    with storing.read(data) as session:
        found = resemblance(host, Known(storing.contents_now(session).contents))
    if as_json:
        print_json({"name": host, "resemblance": None if found is None else asdict(found)})
    elif found is None:
        print(f"{host}: resembles no service that this gate knows.")
    else:
        print(f"{host}: {found.reason} Score {found.score} of 100.")
    if found is None:
        raise SystemExit(1)


@contextmanager
def _deciding(data: Path) -> Iterator[Session]:
    """Open the store to decide of one name; what does not fit is bad input."""
    from appliance.cli import storing

    with storing.opened(data) as session:
        try:
            yield session
        except ValueError as error:
            hint = "`bellgate look-alikes list --state all`"
            raise InputError(f"{error} ({hint})") from error


def _at(session: Session) -> datetime:
    """Return the gate's time, which a rehearsal may have moved, as the pages tell it."""
    from appliance.store import settings

    return clock.now(float(settings.get(session, "clock_offset", 0))).at


def _by() -> str:
    from appliance.cli import storing

    return f"command:{storing.author()}"


def _tell(session: Session, action: str, kept: LookAlike) -> None:
    from appliance.audit.chain import Entry
    from appliance.store import audit

    detail = {"category": kept.category, "names": list(kept.entries)} if kept.category else {}
    audit.append(session, Entry(at=clock.real(), actor=_by(), action=action, subject=kept.site,
                                reason=kept.note, detail=detail))  # fmt: skip


def _say(kept: LookAlike, done: str, *, as_json: bool) -> None:
    if as_json:
        print_json(kept)
        return
    print(f"{kept.site}: {done}.")
