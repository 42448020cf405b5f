"""``bellgate lists presets``, ``subscribe``, ``update`` and ``show``: lists that keep current."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from appliance import clock
from appliance.cli.errors import InputError
from appliance.cli.options import data_option, json_option
from appliance.cli.output import print_json, print_table

if TYPE_CHECKING:
    from appliance.lists.subscription import Subscription


@click.command("presets")
@click.option("--category", metavar="ID", help="Those of one category alone.")
@json_option
def presets_command(category: str | None, as_json: bool) -> None:
    """List well-kept public lists, each with its licence; `bellgate lists subscribe ID` takes one.

    Nothing of them comes with Bellgate: the school fetches them from their keepers.
    """
    from appliance.lists.presets import presets

    found = [one for one in presets() if category in (None, one.category)]
    if as_json:
        print_json(found)
        return
    rows = [
        (one.id, one.category, f"{one.size:,}", one.licence, "*" if one.recommended else "",
         one.about)
        for one in found
    ]  # fmt: skip
    columns = ("ID", "CATEGORY", "NAMES, ABOUT", "LICENCE", "FIRST", "WHAT IT IS")
    print_table(columns, rows, "There are no presets of that category.")


@click.command("subscribe")
@click.argument("what", metavar="PRESET|ADDRESS")
@click.option(
    "--category", metavar="ID", help="The category of its names.  [default: its preset's]"
)
@click.option("--format", "format_", metavar="FORMAT", help="hosts, domains, adblock, dnsmasq, "
              "rpz, ut1 or v2fly.  [default: its preset's, else hosts]")  # fmt: skip
@click.option("--id", "id_", metavar="ID", help="Its id.  [default: from the name]")
@click.option("--name", metavar="NAME", help="What people call it.")
@click.option("--every", type=click.IntRange(1, 24 * 60), metavar="HOURS",
              help="How often it is fetched.  [default: its preset's, else 24]")  # fmt: skip
@click.option("--most-change", type=click.FloatRange(0, 1, min_open=True), metavar="SHARE",
              help="Share of names that may come or go before somebody has to look.  "
              "[default: its preset's, else 0.5]")  # fmt: skip
@click.option("--licence", metavar="TEXT", help="Its licence.")
@click.option("--attribution", metavar="TEXT", help="Whom its licence asks to be named.")
@data_option
@json_option
def subscribe_command(
    what: str, category: str | None, format_: str | None, id_: str | None, name: str | None,
    every: int | None, most_change: float | None, licence: str | None, attribution: str | None,
    data: Path, as_json: bool,
) -> None:  # fmt: skip
    """Keep a list current: one of `bellgate lists presets`, or any by its address.

    The address is https://, http:// or a file or folder of this machine. A running gate
    fetches it within seconds; without one, `bellgate lists update` does.
    """
    from appliance.cli import storing
    from appliance.store import subscriptions

    given = {
        "category": category, "format": format_, "list_id": id_, "name": name, "every": every,
        "most_change": most_change, "licence": licence, "attribution": attribution,
    }  # fmt: skip
    wanted = _wanted(what, {key: value for key, value in given.items() if value is not None})
    with storing.opened(data) as session:
        added = subscriptions.add(session, wanted, files=True).subscription
    if as_json:
        print_json(added)
        return
    print(f"{added.list_id}: subscribed, every {added.every} hours, into {added.category}.")
    if added.licence:
        by = f", {added.attribution}" if added.attribution else ""
        print(f"Licence: {added.licence}{by}.")


def _wanted(what: str, given: dict[str, object]) -> Subscription:
    from dataclasses import replace

    from appliance.cli import storing
    from appliance.lists.presets import preset

    found = preset(what)
    if found is not None:
        made = found.subscription(made=clock.real(), made_by=f"command:{storing.author()}")
        return replace(made, **given)  # type: ignore[arg-type]  # checked when it is added
    if "category" not in given:
        if "/" not in what:
            raise InputError(f"there is no preset {what!r} (`bellgate lists presets`)")
        raise InputError("--category: say which kind of sites are in it")
    return _by_address(what, given, f"command:{storing.author()}")


def _by_address(address: str, given: dict[str, object], made_by: str) -> Subscription:
    from urllib.parse import urlsplit

    from appliance.cli.devices import slug
    from appliance.lists.presets import MOST_CHANGE
    from appliance.lists.subscription import Subscription

    if "://" not in address:
        address = str(Path(address).absolute())
    parts = urlsplit(address)
    stem = Path(parts.path).name.partition(".")[0]
    name = str(given.get("name") or " ".join(filter(None, (parts.hostname, stem))))
    fields = {
        "list_id": slug(name), "format": "hosts", "licence": "", "attribution": "", "every": 24,
        "most_change": MOST_CHANGE,
    }  # fmt: skip
    return Subscription(
        **{**fields, **given, "name": name, "address": address},  # type: ignore[arg-type]
        made=clock.real(), made_by=made_by,
    )  # fmt: skip


@click.command("show")
@click.argument("id_", metavar="ID")
@data_option
@json_option
def show_command(id_: str, data: Path, as_json: bool) -> None:
    """Show a list: where it comes from, how its last fetch went, which lines were no names."""
    from appliance.cli import listed, storing

    with storing.read(data) as session:
        found = next((one for one in listed.every(session) if one.id == id_), None)
        zone = storing.zone_of(session)
    if found is None:
        raise InputError(f"there is no list {id_!r} (`bellgate lists list`)")
    if as_json:
        print_json(listed.fields(found))
        return
    listed.show(found, zone)
