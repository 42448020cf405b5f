"""Devices that were seen and that nobody has named yet, each with a name to suggest."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from flask import render_template, request
from sqlalchemy.orm import Session

from admin_ui.devices import trust
from admin_ui.devices.blueprint import blueprint
from admin_ui.devices.known import known
from admin_ui.gate import gate
from appliance import clock
from appliance.identity.leases import HostNames
from appliance.policy.subjects import Device, is_random_mac
from appliance.status import host_names
from appliance.status.running import announced
from appliance.store import register_search, settings, sightings

PAGE: Final = 25
LONGEST: Final = 0.08  # seconds that the page waits for host names
_LONGEST_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Seen:
    """A device by its MAC, or by its address where that is all there is. count: attempts.

    host: what the school's resolver calls it. called: what it calls itself.
    """

    mac: str = ""
    addresses: list[str] = field(default_factory=list)
    network: str = ""
    role: str = ""
    last: datetime = _LONGEST_AGO
    count: int = 0
    host: str = ""
    called: str = ""
    suggestion: str = ""

    @property
    def random(self) -> bool:
        """Whether the MAC is one that the device made up."""
        return bool(self.mac) and is_random_mac(self.mac)


@blueprint.get("/devices/seen")
def seen() -> str:
    """List devices that were seen and not named, the latest first."""
    number = max(1, request.args.get("page", 1, type=int) or 1)
    network = request.args.get("network", "")[:64]
    with gate().reading() as session:
        choices = known(session)
        every = unnamed(session)
        files = settings.get(session, "lease_files", [])
    view = gate().view()
    networks = {one.id: one.name for one in view.snapshot.contents.networks}
    here = {one.network for one in every}
    made_up = request.args.get("mac") == "randomised"
    near = [one for one in every if not network or one.network == network]
    shown = [one for one in near if one.random is made_up]
    page = shown[(number - 1) * PAGE : number * PAGE]
    _suggest(page, networks, files)
    return render_template(
        "devices/seen.html", page=page, total=len(shown), number=number,
        pages=-(-len(shown) // PAGE), networks=networks, network=network, choices=choices,
        proofs={one.addresses[0]: trust.of_addresses(one.addresses, one.mac) for one in page},
        made_up=made_up, others=len(near) - len(shown),
        filters=[(id_, networks.get(id_, id_)) for id_ in sorted(here) if id_],
    )  # fmt: skip


def unnamed(session: Session, newest: int = sightings.NEWEST) -> list[Seen]:
    """Return whom the log and the neighbour table know and the register does not.

    newest: rows of the log that are looked at.
    """
    macs, addresses = register_search.hardware(session)
    view = gate().view()
    policys = view.snapshot.contents.devices
    macs |= {mac for device in policys for mac in device.macs}
    addresses |= {address for device in policys for address in device.addresses}
    found: dict[str, Seen] = {}
    for one in sightings.unregistered(session, newest=newest):
        _add(found, one.mac, one.address, one.last, one.count, one.network, one.role)
    for mac, address, last in _neighbours(gate().settings.data):
        network = view.snapshot.register.network_of(address)
        if network is not None:  # somebody else's network is no business of ours
            _add(found, mac, address, last, 0, network.id, network.role)
    left = [
        one
        for one in found.values()
        if one.mac not in macs and not addresses.intersection(one.addresses)
    ]
    return sorted(left, key=lambda one: one.last, reverse=True)


def address_of(device: Device) -> str:
    """Return an address that a device has or was seen with lately; empty where none is known."""
    if device.addresses:
        return device.addresses[0]
    macs = set(device.macs)
    found = (address for mac, address, _ in _neighbours(gate().settings.data) if mac in macs)
    return next(found, "")


def _add(
    found: dict[str, Seen], mac: str, address: str, last: datetime, count: int, network: str,
    role: str,
) -> None:  # fmt: skip
    one = found.setdefault(mac or address, Seen(mac=mac))
    if address not in one.addresses:
        one.addresses.append(address)
    one.count += count
    if last >= one.last or not one.network:
        one.last, one.network, one.role = max(last, one.last), network, role


def _suggest(page: list[Seen], networks: dict[str, str], files: list[str]) -> None:
    """Fill in names: what the school's resolver or the device itself says, else where it is.

    files: lease files of DHCP servers.
    """
    called, now = HostNames(map(Path, files)), clock.real().timestamp()
    called.look()
    running = announced(gate().settings.data)
    addresses = [one.addresses[0] for one in page]
    hosts = host_names.of(addresses, running.upstreams if running else (), LONGEST)
    for one in page:
        one.host = hosts.get(one.addresses[0], "")
        one.called = called.name_of(one.mac, one.addresses[0], now)
        end = (one.mac or one.addresses[0]).replace(":", "")[-4:]
        name = one.host or one.called
        one.suggestion = name.partition(".")[0] or f"{networks.get(one.network, '')} {end}"
        one.suggestion = one.suggestion.strip()[:60]


def _neighbours(data: Path) -> list[tuple[str, str, datetime]]:
    """Return MAC, address and when it was there last, as the core wrote it down."""
    try:
        said: Any = json.loads((data / "run" / "neighbours.json").read_text(encoding="utf-8"))
        return [
            (str(mac), str(address), datetime.fromisoformat(last)) for address, mac, last in said
        ]
    except (OSError, ValueError, TypeError):
        return []  # the log alone then says who is there
