"""``bellgate networks leases``: lease files of DHCP servers, for what devices call themselves."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import click

from appliance.cli.as_user import User
from appliance.cli.errors import InputError, warn
from appliance.cli.options import data_option, json_option
from appliance.cli.output import print_json, print_table, printable

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
    from appliance.identity.leases import is_lease_file, read, text_of
    from appliance.store import settings

    path = file.absolute()
    try:
        text = text_of(path)
    except (OSError, ValueError) as error:
        raise InputError(f"{file}: cannot be read: {error}") from error
    if not is_lease_file(text):
        raise InputError(f"{file}: is no lease file of dnsmasq or Kea: no lease is in it")
    found = read(text)
    with storing.opened(data) as session:
        kept = list(dict.fromkeys((*settings.get(session, KEY, []), str(path))))
        settings.put(session, KEY, kept)
    _see_readable(path, data)
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
    print_table(("FILE",), [(printable(one),) for one in found], "No lease file is read.")


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


def _see_readable(path: Path, data: Path) -> None:
    """Warn where root can read a lease file, but not the user that the gate runs as."""
    owner = data.stat()
    if os.geteuid() != 0 or owner.st_uid == 0:
        return
    try:
        with User("", owner.st_uid, owner.st_gid).files(), path.open("rb"):
            return
    except OSError as error:
        warn(
            f"Warning: the gate runs as user {owner.st_uid}, who cannot read {path} "
            f"({error.strerror}): nobody is named from it until they can."
        )
