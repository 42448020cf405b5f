"""``bellgate networks dhcp``: whether the appliance hands out addresses. Off unless said."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import click

from appliance.cli.errors import InputError
from appliance.cli.options import data_option, json_option
from appliance.cli.output import print_json, print_table
from appliance.policy.address_plan import AddressPlan


@click.group("dhcp")
def dhcp_command() -> None:
    """Let the appliance hand out addresses on a network, by dnsmasq.

    Off unless a network is named here, and only while `bellgate up --gateway` runs. Never
    beside another DHCP server on the same network.
    """


@dhcp_command.command("set")
@click.argument("network", metavar="NETWORK")
@click.argument("first", metavar="FIRST")
@click.argument("last", metavar="LAST")
@click.option("--lease", "lease_minutes", type=int, default=480, show_default=True,
              metavar="MINUTES", help="How long an address is a device's own.")  # fmt: skip
@click.option("--router", default="", metavar="ADDR",
              help="The way out.  [default: the appliance]")  # fmt: skip
@click.option("--no-ipv6", is_flag=True, help="Announce no IPv6 there.")
@data_option
@json_option
def set_(
    network: str, first: str, last: str, lease_minutes: int, router: str, no_ipv6: bool,
    data: Path, as_json: bool,
) -> None:  # fmt: skip
    """Hand out the addresses from FIRST to LAST on a network.

    Devices learn the appliance as their DNS and where its portal is. Where the network has
    IPv6 prefixes of 64 bits, they are announced too.

    \b
    bellgate networks dhcp set classrooms 10.1.0.100 10.1.3.250
    """
    from appliance.cli import storing
    from appliance.store import address_plans

    with storing.opened(data) as session:
        contents = storing.contents_now(session).contents
        found = next((one for one in contents.networks if one.id == network), None)
        if found is None:
            raise InputError(f"there is no network {network!r}")
        six = () if no_ipv6 else tuple(p for p in found.prefixes if _announced(p))
        plan = AddressPlan(
            network=network, prefix="", first=first, last=last, lease_minutes=lease_minutes,
            router=router, ipv6=six,
        )  # fmt: skip
        ours = contents.steer_ipv4 + contents.steer_ipv6
        address_plans.put(session, plan, found, ours)
        kept = next(one for one in address_plans.list_(session) if one.network == network)
    if as_json:
        print_json(kept)
        return
    print(f"{network}: {kept.first} to {kept.last} are handed out, {' '.join(kept.ipv6)}".rstrip())
    print("It begins with the next start of `bellgate up --gateway` where none was handed out yet.")


@dhcp_command.command("list")
@data_option
@json_option
def list_(data: Path, as_json: bool) -> None:
    """List the networks on which addresses are handed out."""
    from appliance.cli import storing
    from appliance.store import address_plans

    with storing.read(data) as session:
        found = address_plans.list_(session)
    if as_json:
        print_json(found)
        return
    rows = [
        (p.network, p.first, p.last, f"{p.lease_minutes} min", p.router or "appliance",
         " ".join(p.ipv6))
        for p in found
    ]  # fmt: skip
    columns = ("NETWORK", "FIRST", "LAST", "LEASE", "ROUTER", "IPV6")
    print_table(columns, rows, "The appliance hands out no addresses.")


@dhcp_command.command("off")
@click.argument("network", metavar="NETWORK")
@data_option
@json_option
def off(network: str, data: Path, as_json: bool) -> None:
    """Hand out no addresses on a network any more."""
    from appliance.cli import storing
    from appliance.store import address_plans

    with storing.opened(data) as session:
        if not address_plans.remove(session, network):
            raise InputError(f"nothing is handed out on a network {network!r}")
    if as_json:
        print_json({"removed": network})
        return
    print(f"{network}: nothing is handed out any more.")


def _announced(prefix: str) -> bool:
    found = ip_network(prefix)
    return found.version == 6 and found.prefixlen == 64
