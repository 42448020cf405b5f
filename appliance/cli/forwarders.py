"""``bellgate networks forwarders``: the DNS forwarders that may say for whom they ask."""

from __future__ import annotations

from pathlib import Path

import click

from appliance.cli.errors import InputError
from appliance.cli.options import data_option, json_option
from appliance.cli.output import print_json, print_table

KEY = "forwarders"


@click.group("forwarders")
def forwarders_command() -> None:
    """Name the school's own DNS forwarders, add and remove them.

    A forwarder of another building would otherwise be one client. One that is named here
    may say the MAC and the address of each of its clients (EDNS options 65001 and 8); from
    anybody else these count for nothing. Where it says nothing, its clients are what an
    unregistered device on the forwarder's own network is.
    """


@forwarders_command.command("add")
@click.argument("prefixes", nargs=-1, required=True, metavar="ADDRESS...")
@data_option
@json_option
def add(prefixes: tuple[str, ...], data: Path, as_json: bool) -> None:
    """Hear these forwarders.

    \b
    bellgate networks forwarders add 10.2.0.53
    """
    from appliance.cli import storing
    from appliance.dns.forwarded import DNSMASQ
    from appliance.store import checks, settings

    with storing.opened(data) as session:
        wanted = (checks.prefix("ADDRESS", prefix) for prefix in prefixes)
        kept = list(dict.fromkeys((*settings.get(session, KEY, []), *wanted)))
        settings.put(session, KEY, kept)
    if as_json:
        print_json({"forwarders": kept, "dnsmasq": DNSMASQ})
        return
    print(f"Heard from now on: {', '.join(kept)}.")
    print("A dnsmasq there needs these lines, or its clients could say that they are others:")
    for line in DNSMASQ:
        print(f"  {line}")


@forwarders_command.command("list")
@data_option
@json_option
def list_(data: Path, as_json: bool) -> None:
    """List the forwarders that are heard."""
    from appliance.cli import storing

    with storing.read(data) as session:
        found = storing.contents_now(session).contents.forwarders
    if as_json:
        print_json({"forwarders": found})
        return
    print_table(("FORWARDER",), [(one,) for one in found], "No forwarder is heard.")


@forwarders_command.command("remove")
@click.argument("prefix", metavar="ADDRESS")
@data_option
@json_option
def remove(prefix: str, data: Path, as_json: bool) -> None:
    """Hear a forwarder no more: it is a client like any other."""
    from appliance.cli import storing
    from appliance.store import checks, settings

    wanted = checks.prefix("ADDRESS", prefix)
    with storing.opened(data) as session:
        before = settings.get(session, KEY, [])
        if wanted not in before:
            raise InputError(f"there is no forwarder {prefix!r}")
        settings.put(session, KEY, [one for one in before if one != wanted])
    if as_json:
        print_json({"removed": wanted})
        return
    print(f"{wanted}: no longer heard.")
