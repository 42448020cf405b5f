"""``bellgate networks``: subnets and VLANs, and what an unknown device on each counts as."""

from __future__ import annotations

from pathlib import Path

import click

from appliance.cli.devices import slug
from appliance.cli.dhcp import dhcp_command
from appliance.cli.errors import InputError
from appliance.cli.forwarders import forwarders_command
from appliance.cli.leases import leases_command
from appliance.cli.options import data_option, json_option
from appliance.cli.output import print_json, print_table
from appliance.policy.model import Ownership
from appliance.policy.prefixes import too_wide
from appliance.policy.subjects import Network


@click.group("networks")
def networks_command() -> None:
    """Add, list and remove the school's networks.

    Only clients on these networks are served. An unregistered device counts as its
    network says; where networks overlap, the narrowest one counts.
    """


networks_command.add_command(forwarders_command)
networks_command.add_command(leases_command)
networks_command.add_command(dhcp_command)


@networks_command.command("add")
@click.argument("name")
@click.argument("prefixes", nargs=-1, required=True, metavar="PREFIX...")
@click.option("--role", required=True, metavar="ID", help="What an unknown device on it is.")
@click.option("--id", "id_", metavar="ID", help="Its id.  [default: from the name]")
@click.option("--school-owned/--personal", default=False,
              help="Whose the devices on it are.  [default: personal]")  # fmt: skip
@click.option("--ca/--no-ca", "trusts_ca", default=False,
              help="Whether they have the school's certificate.  [default: no]")  # fmt: skip
@click.option(
    "--mixed",
    is_flag=True,
    help="Devices of several roles belong on it: a registered "
    "one keeps its own role.  [default: the stricter of its role and the network's]",
)
@click.option("--group", "groups", multiple=True, metavar="ID", help="A group that they are in.")
@data_option
@json_option
def add(
    name: str, prefixes: tuple[str, ...], role: str, id_: str | None, school_owned: bool,
    trusts_ca: bool, mixed: bool, groups: tuple[str, ...], data: Path, as_json: bool,
) -> None:  # fmt: skip
    """Add a network by its prefixes, or change the one with its id.

    \b
    bellgate networks add "Classrooms" 10.1.0.0/16 fd00:1::/64 --role pupil --school-owned --ca
    """
    from appliance.cli import storing
    from appliance.store import networks

    for prefix in prefixes:
        if refused := too_wide(prefix):
            raise InputError(f"PREFIX: {refused}")
    network = Network(
        id=id_ or slug(name), name=name, prefixes=prefixes, role=role, groups=groups,
        trusts_ca=trusts_ca, mixed=mixed,
        ownership=Ownership.SCHOOL if school_owned else Ownership.PERSONAL,
    )  # fmt: skip
    with storing.opened(data) as session:
        kept = networks.add(session, network)
    if as_json:
        print_json(kept)
        return
    print(f"{kept.id}: {', '.join(kept.prefixes)}, {kept.role}.")


@networks_command.command("list")
@data_option
@json_option
def list_(data: Path, as_json: bool) -> None:
    """List the networks that are served, those of the demonstration school too."""
    from appliance.cli import storing

    with storing.read(data) as session:
        found = storing.contents_now(session).contents.networks
    if as_json:
        print_json(found)
        return
    rows = [
        (n.id, n.name, " ".join(n.prefixes), n.role, n.ownership.value,
         "yes" if n.trusts_ca else "no", "yes" if n.mixed else "no", " ".join(n.groups))
        for n in found
    ]  # fmt: skip
    columns = ("ID", "NAME", "PREFIXES", "ROLE", "OWNER", "CA", "MIXED", "GROUPS")
    print_table(columns, rows, "There are no networks: nobody is served.")


@networks_command.command("remove")
@click.argument("id_", metavar="ID")
@data_option
@json_option
def remove(id_: str, data: Path, as_json: bool) -> None:
    """Remove a network: its clients are no longer served."""
    from appliance.cli import storing
    from appliance.store import networks

    with storing.opened(data) as session:
        if not networks.remove(session, id_):
            raise InputError(f"there is no network {id_!r} that was added here")
    if as_json:
        print_json({"removed": id_})
        return
    print(f"{id_}: removed.")
