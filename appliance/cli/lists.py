"""``bellgate lists``: lists of names, each in a category of the policy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from appliance import clock
from appliance.cli import times
from appliance.cli.collisions import collisions_command
from appliance.cli.devices import slug
from appliance.cli.errors import InputError
from appliance.cli.filter_check import check_filter_command
from appliance.cli.options import data_option, json_option
from appliance.cli.output import print_json, print_table, printable
from appliance.cli.places import Places
from appliance.cli.subscribing import presets_command, show_command, subscribe_command
from appliance.cli.updating import update_command

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from appliance.lists.formats import Format
    from appliance.lists.gather import Gathered
    from appliance.lists.parse import BadLine
    from appliance.store.lists import KeptList


@click.group("lists")
def lists_command() -> None:
    """Lists of names, each in a category of the policy: kept current, or added from a file.

    A name covers its subdomains. What a list's category means is said by the policy.
    """


@lists_command.command("add")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--category", required=True, metavar="ID", help="The category of its names.")
@click.option("--format", "format_", metavar="FORMAT", help="hosts (plain names too), domains, "
              "adblock, dnsmasq, rpz, ut1 or v2fly.  [default: ut1 for a folder or .tar.gz, "
              "else hosts]")  # fmt: skip
@click.option("--id", "id_", metavar="ID", help="Its id.  [default: from the file's name]")
@data_option
@json_option
def add(
    file: Path, category: str, format_: str | None, id_: str | None, data: Path, as_json: bool
) -> None:
    """Add the names in FILE, or put them in place of the list with that id.

    For a list that keeps itself current see `bellgate lists subscribe`.
    """
    from appliance.cli import storing
    from appliance.lists.gather import gather
    from appliance.lists.load import lines_of
    from appliance.store import lists, subscriptions

    written = _format(file, format_)
    with storing.read(data) as session:
        _check_category(session, category)
        hashed = subscriptions.secret(session, category)
    places = Places(data)
    places.lists.mkdir(mode=0o700, exist_ok=True)
    try:
        with (
            lines_of(file, written, beside=True) as lines,
            gather(lines, written, places.lists) as gathered,
            storing.opened(data) as session,
        ):
            _check_names(file, gathered, hashed=hashed)
            kept = lists.put(
                session, id_ or slug(file.name.partition(".")[0]), category, gathered,
                source=str(file), at=clock.real(), hashed=hashed,
            )  # fmt: skip
            bad = () if hashed else gathered.first_refused
    except ValueError as error:
        raise InputError(f"{file}: {error}") from error
    if as_json:
        print_json({**_fields(kept), "first_refused": bad})
    else:
        _say(file, kept, bad)


def _say(file: Path, kept: KeptList, bad: tuple[BadLine, ...]) -> None:
    print(f"{kept.id}: {kept.entries:,} names in {kept.category}.")
    if kept.pages:
        print(f"{kept.pages:,} lines name one page of a site and are left out.")
    if kept.refused:
        first = ", the first of them:" if bad else "."
        print(f"{kept.refused:,} lines were no names and are left out{first}")
        for one in bad[:5]:
            print(f"  {file}:{one.line}: {printable(one.message)}")


def _format(file: Path, given: str | None) -> Format:
    from appliance.lists.formats import Format

    if given is None:
        ut1 = file.is_dir() or file.name.endswith((".tar.gz", ".tgz"))
        return Format.UT1 if ut1 else Format.HOSTS
    try:
        return Format(given)
    except ValueError as error:
        raise InputError(f"--format: {given!r} is none of {', '.join(Format)}") from error


def _check_category(session: Session, category: str) -> None:
    from appliance.cli import storing

    known = sorted(c.id for c in storing.contents_now(session).contents.categories)
    if category not in known:
        raise InputError(f"--category: there is no {category!r}; there are: {', '.join(known)}")


def _check_names(file: Path, gathered: Gathered, *, hashed: bool) -> None:
    """Refuse a list without a name, naming the first line that is none."""
    if gathered.entries:
        return
    if not gathered.first_refused:
        raise InputError(f"{file}: there is no name in it; it is empty, or comments alone")
    first = gathered.first_refused[0]
    said = "it is no name" if hashed else printable(first.message)
    raise InputError(
        f"{file}:{first.line}: {said}; there is no name in it ({gathered.refused:,} bad lines)"
    )


@lists_command.command("list")
@data_option
@json_option
def list_(data: Path, as_json: bool) -> None:
    """List the lists, with how many names each holds and how its last fetch went."""
    from appliance.cli import listed, storing

    with storing.read(data) as session:
        found, zone = listed.every(session), storing.zone_of(session)
    if as_json:
        print_json([listed.fields(one) for one in found])
        return
    rows = []
    for one in found:
        said = listed.fields(one)
        loaded = f"{times.local(one.kept.loaded, zone):%Y-%m-%d %H:%M}" if one.kept else ""
        rows.append(
            (one.id, str(said["category"]), f"{said['entries']:,}", f"{said['refused']:,}",
             loaded, one.state, printable(str(said["source"])))
        )  # fmt: skip
    columns = ("ID", "CATEGORY", "NAMES", "REFUSED", "LOADED", "STATE", "SOURCE")
    print_table(columns, rows, "There are no lists.")


@lists_command.command("remove")
@click.argument("id_", metavar="ID")
@data_option
@json_option
def remove(id_: str, data: Path, as_json: bool) -> None:
    """Remove a list, and the subscription that keeps it current: its names leave its category."""
    from appliance.cli import storing
    from appliance.store import lists, subscriptions

    with storing.opened(data) as session:
        ended = subscriptions.remove(session, id_)
        if not lists.remove(session, id_) and not ended:
            raise InputError(f"there is no list {id_!r} (`bellgate lists list`)")
    if as_json:
        print_json({"removed": id_})
        return
    print(f"{id_}: removed.")


def _fields(kept: object) -> dict[str, object]:
    from dataclasses import asdict, is_dataclass

    assert is_dataclass(kept)
    assert not isinstance(kept, type)
    return asdict(kept)


lists_command.add_command(presets_command)
lists_command.add_command(subscribe_command)
lists_command.add_command(update_command)
lists_command.add_command(show_command)
lists_command.add_command(collisions_command)
lists_command.add_command(check_filter_command)
