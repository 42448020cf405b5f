"""``bellgate lists``: lists of names, each in a category of the policy."""

from __future__ import annotations

from pathlib import Path

import click

from appliance import clock
from appliance.cli import times
from appliance.cli.collisions import collisions_command
from appliance.cli.devices import slug
from appliance.cli.errors import InputError
from appliance.cli.options import data_option, json_option
from appliance.cli.output import print_json, print_table


@click.group("lists")
def lists_command() -> None:
    """Add, list and remove lists of names (hosts format, or one name a line).

    A name covers its subdomains. What a list's category means is said by the policy.
    """


lists_command.add_command(collisions_command)


@lists_command.command("add")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--category", required=True, metavar="ID", help="The category of its names.")
@click.option("--id", "id_", metavar="ID", help="Its id.  [default: from the file's name]")
@data_option
@json_option
def add(file: Path, category: str, id_: str | None, data: Path, as_json: bool) -> None:
    """Add the names in FILE, or put them in place of the list with that id."""
    from appliance.cli import storing
    from appliance.lists.load import load_file
    from appliance.store import lists

    parsed = load_file(file)
    if not parsed.names and not parsed.refused:
        raise InputError(f"{file}: there is no name in it; it is empty, or comments alone")
    with storing.opened(data) as session:
        known = sorted(c.id for c in storing.contents_now(session).contents.categories)
        if category not in known:
            raise InputError(f"--category: there is no {category!r}; there are: {', '.join(known)}")
        try:
            kept = lists.add(
                session, id_ or slug(file.stem), category, parsed, source=str(file),
                at=clock.real(),
            )  # fmt: skip
        except ValueError as error:
            line = parsed.first_refused[0].line if parsed.first_refused else 1
            raise InputError(f"{file}:{line}: {error}") from error
    if as_json:
        print_json({**_fields(kept), "first_refused": parsed.first_refused})
        return
    print(f"{kept.id}: {kept.entries:,} names in {kept.category}.")
    if kept.refused:
        print(f"{kept.refused:,} lines were no names and are left out, the first of them:")
        for bad in parsed.first_refused[:5]:
            print(f"  {file}:{bad.line}: {bad.message}")


@lists_command.command("list")
@data_option
@json_option
def list_(data: Path, as_json: bool) -> None:
    """List the lists, with how many names each holds."""
    from appliance.cli import storing
    from appliance.store import lists

    with storing.read(data) as session:
        found, zone = lists.list_(session), storing.zone_of(session)
    if as_json:
        print_json([_fields(kept) for kept in found])
        return
    rows = [
        (kept.id, kept.category, f"{kept.entries:,}", f"{kept.refused:,}",
         f"{times.local(kept.loaded, zone):%Y-%m-%d %H:%M}", "on" if kept.enabled else "off",
         kept.source)
        for kept in found
    ]  # fmt: skip
    columns = ("ID", "CATEGORY", "NAMES", "REFUSED", "LOADED", "STATE", "SOURCE")
    print_table(columns, rows, "There are no lists.")


@lists_command.command("remove")
@click.argument("id_", metavar="ID")
@data_option
@json_option
def remove(id_: str, data: Path, as_json: bool) -> None:
    """Remove a list: its names leave its category."""
    from appliance.cli import storing
    from appliance.store import lists

    with storing.opened(data) as session:
        if not lists.remove(session, id_):
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
