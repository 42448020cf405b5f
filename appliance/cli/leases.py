"""``bellgate networks leases``: lease files of DHCP servers, for what devices call themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from appliance.cli.errors import InputError
from appliance.cli.options import data_option, json_option
from appliance.cli.output import print_json, print_table

KEY: Final = "lease_files"


@click.group("leases")
def leases_command() -> None:
    """Read host names from the lease files of dnsmasq or Kea.

    They name devices that the register does not, in the log and on the page of unnamed
    devices. A device may call itself anything: nothing is ever allowed or blocked for it.
    """


@leases_command.command("add")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@data_option
@json_option
def add(file: Path, data: Path, as_json: bool) -> None:
    """Read a lease file, again whenever it changes.

    \b
    bellgate networks leases add /var/lib/misc/dnsmasq.leases
    """
    from appliance.cli import storing
    from appliance.identity.leases import read
    from appliance.store import settings

    path = file.absolute()
    try:
        found = read(path.read_text(encoding="utf-8", errors="replace"))
    except (OSError, ValueError) as error:
        raise InputError(f"{file}: cannot be read: {error}") from error
    with storing.opened(data) as session:
        kept = list(dict.fromkeys((*settings.get(session, KEY, []), str(path))))
        settings.put(session, KEY, kept)
    named = sum(bool(lease.name) for lease in found)
    if as_json:
        print_json({"lease_files": kept, "leases": len(found), "named": named})
        return
    print(f"{path}: {len(found)} leases, {named} with a name.")


@leases_command.command("list")
@data_option
@json_option
def list_(data: Path, as_json: bool) -> None:
    """List the lease files that are read."""
    from appliance.cli import storing
    from appliance.store import settings

    with storing.read(data) as session:
        found = settings.get(session, KEY, [])
    if as_json:
        print_json({"lease_files": found})
        return
    print_table(("FILE",), [(one,) for one in found], "No lease file is read.")


@leases_command.command("remove")
@click.argument("file", type=click.Path(path_type=Path))
@data_option
@json_option
def remove(file: Path, data: Path, as_json: bool) -> None:
    """Read a lease file no more."""
    from appliance.cli import storing
    from appliance.store import settings

    path = str(file.absolute())
    with storing.opened(data) as session:
        before = settings.get(session, KEY, [])
        if path not in before:
            raise InputError(f"{file}: is not among the lease files that are read")
        settings.put(session, KEY, [one for one in before if one != path])
    if as_json:
        print_json({"removed": path})
        return
    print(f"{path}: no longer read.")
