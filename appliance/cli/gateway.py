"""What ``up --gateway`` needs to know before anything starts: cables, addresses, user."""

from __future__ import annotations

import functools
import json
import os
import socket
import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, Final

import click

from appliance.cli import addresses, as_user
from appliance.cli.as_user import User
from appliance.cli.errors import InputError
from appliance.cli.sources import enforced
from appliance.policy.snapshot import Snapshot

LOOPBACK: Final = "127.0.0.1"  # where this machine asks its own faces how they are


@dataclass(frozen=True, slots=True, kw_only=True)
class Cabling:
    """What the flags said, checked. listen: our own addresses, the one shown to people first."""

    uplink: str
    listen: tuple[str, ...]
    manage: tuple[str, ...]
    masquerade: bool
    user: User

    def words(self, ports: tuple[tuple[str, int], ...], *, shared: bool) -> tuple[str, ...]:
        """Return the arguments of ``bellgate run door``. ports: by the name of their flag."""
        return (
            "--uplink", self.uplink,
            *(word for address in self.listen for word in ("--listen", address)),
            *(word for prefix in self.manage for word in ("--manage", prefix)),
            *(word for name, number in ports for word in (f"--{name}", str(number))),
            *(() if self.masquerade else ("--no-nat",)),
            *(("--shared-uplink",) if shared else ()),
        )  # fmt: skip


def cabling(
    uplink: str | None, listen: Sequence[str], manage: Iterable[str], *, masquerade: bool,
    user: str | None,
) -> Cabling:  # fmt: skip
    """Check the flags of gateway mode.

    Raises:
        InputError: not root, or a flag that cannot be carried out; names it.
    """
    if os.geteuid() != 0:
        raise InputError(
            "--gateway: only root may route and filter for a network. Start it as root: what "
            "talks to the network runs as an ordinary user"
        )
    for one in listen:
        ip = ip_address(one)
        if ip.is_loopback or ip.is_unspecified or ip.is_link_local or ip.is_multicast:
            raise InputError(
                f"--listen: clients cannot be led to {one}; give addresses of this machine that "
                "they can reach, one for IPv4 and one for IPv6"
            )
    return Cabling(
        uplink=_uplink(uplink), listen=tuple(listen), masquerade=masquerade,
        manage=tuple(_prefix(text) for text in manage), user=as_user.chosen(user),
    )  # fmt: skip


def default_route(proc: Path = Path("/proc/net")) -> str | None:
    """Return the interface of the default route, IPv4's before IPv6's; None: there is none."""
    try:
        rows = [line.split() for line in (proc / "route").read_text().splitlines()[1:]]
    except OSError:
        rows = []
    found = [(int(row[6]), row[0]) for row in rows if row[1] == row[7] == "00000000"]
    if found:
        return min(found)[1]
    try:
        rows = [line.split() for line in (proc / "ipv6_route").read_text().splitlines()]
    except OSError:
        return None
    ways = [(int(r[5], 16), r[9]) for r in rows if set(r[0]) == {"0"} and r[1] == "00"]
    return min(((cost, name) for cost, name in ways if name != "lo"), default=(0, None))[1]


def shares_uplink(uplink: str, snapshot: Snapshot | None) -> bool:
    """Whether clients of the school are on the uplink's interface too (one network card)."""
    if snapshot is None:
        return False
    try:
        done = subprocess.run(
            ["ip", "-j", "address", "show", "dev", uplink], capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        said = json.loads(done.stdout or "[]")
        ours = [str(a["local"]) for one in said for a in one.get("addr_info", ()) if "local" in a]
    except (OSError, ValueError, LookupError, TypeError):
        return False
    return any(snapshot.register.network_of(address) is not None for address in ours)


def _uplink(asked: str | None) -> str:
    found = asked or default_route()
    if found is None:
        raise InputError("--uplink: no route leads out; name the interface to the internet")
    try:
        socket.if_nametoindex(found)  # /sys may show another network namespace's
    except (OSError, ValueError) as error:
        raise InputError(f"--uplink: this machine has no interface {found!r}") from error
    return found


def _prefix(text: str) -> str:
    try:
        return str(ip_network(text, strict=False))
    except ValueError as error:
        raise InputError(f"--manage: {text!r} is no address and no prefix") from error


@dataclass(frozen=True, slots=True)
class Wiring:
    """The addresses to listen on, and in gateway mode the rest."""

    listen: tuple[str, ...]
    cabling: Cabling | None


def gateway_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the flags of gateway mode, and give them to the command as one checked ``wiring``."""

    @functools.wraps(command)
    def run(
        *, data: Path, listen: tuple[str, ...], gateway: bool, uplink: str | None,
        manage: tuple[str, ...], user: str | None, no_nat: bool, **more: Any,
    ) -> None:  # fmt: skip
        given = tuple(addresses.endpoint(text, 0, "--listen")[0] for text in listen)
        cables = None
        if gateway:
            given = given or _before(data)
            cables = cabling(uplink, given, manage, masquerade=not no_nat, user=user)
        elif uplink or manage or user or no_nat or len(given) > 1:
            raise InputError(
                "--uplink, --manage, --user, --no-nat and a second --listen go with --gateway"
            )
        command(data=data, wiring=Wiring(given or (LOOPBACK,), cables), **more)

    for option in reversed(_OPTIONS):
        run = option(run)
    return run


def _before(data: Path) -> tuple[str, ...]:
    """Return the addresses that clients were led to before."""
    held = enforced(data)
    c = held.contents if held else None
    found = (*c.steer_ipv4, *c.steer_ipv6) if c else ()
    found = tuple(one for one in found if not ip_address(one).is_loopback)
    if not found:
        raise InputError(
            "--listen: give the addresses of this machine that clients are to be led to, one for "
            "IPv4 and one for IPv6"
        )
    return found


_OPTIONS: Final = (
    click.option("--listen", multiple=True, metavar="ADDR",
                 help="The address to listen on; with --gateway one of IPv4 and one of IPv6, to "
                 "which clients are led.  [default: 127.0.0.1; with --gateway those of before]"),
    click.option("--gateway", is_flag=True,
                 help="Be the router and firewall of the school's networks. For root: what talks "
                 "to the network runs as --user, the door with the right to change the firewall, "
                 "a DHCP server where one is asked for with its own; what starts them stays root "
                 "and serves nobody."),
    click.option("--uplink", metavar="IFACE",
                 help="With --gateway: the interface to the internet.  [default: that of the "
                 "default route]"),
    click.option("--manage", multiple=True, metavar="PREFIX",
                 help="With --gateway: from where SSH and the pages of technicians, heads and "
                 "every other post may be reached; what everybody and staff need opens from every "
                 "school network. May be repeated.  [default: all pages from every school "
                 "network, SSH from nowhere]"),
    click.option("--user", metavar="NAME",
                 help="With --gateway: whom the parts run as.  [default: bellgate where there is "
                 "one, else nobody]"),
    click.option("--no-nat", is_flag=True,
                 help="With --gateway: keep the clients' own addresses on the way out."),
)  # fmt: skip
