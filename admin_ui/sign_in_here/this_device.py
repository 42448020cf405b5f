"""The device that a browser runs on, whose it is now, and what it would be for somebody."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv6Address, ip_address

from flask import request

from admin_ui.gate import View, gate
from admin_ui.sign_in_here.until import end_of_day
from appliance.identity.neighbours import Neighbours
from appliance.identity.sign_ins import PORTAL, RADIUS, SignIn, SignIns
from appliance.policy.subjects import Client, Person


@dataclass(frozen=True, slots=True)
class ThisDevice:
    """address: as the faces see it. mac: empty where a router stands between. client: as it is
    enforced now. trouble: why nobody can sign in on it; empty where they can.
    """

    view: View
    address: str
    mac: str
    client: Client
    held: SignIn | None
    trouble: str

    @property
    def by_page(self) -> SignIn | None:
        """The sign-in by this page that counts on it now."""
        return self.held if self.held is not None and self.held.how == PORTAL else None

    @property
    def ends(self) -> datetime | None:
        """When that ends."""
        return datetime.fromtimestamp(self.by_page.ends, UTC) if self.by_page else None

    @property
    def how(self) -> str:
        """How the person that it counts for is known; empty where it counts for nobody."""
        if self.client.person is None:
            return ""
        if self.held is None or self.held.person != self.client.person:
            return "the school’s register of devices says so"
        if self.held.how == RADIUS:
            return "they signed in to the school’s Wi-Fi with it"
        return "they signed in on this page"

    def as_(self, person: Person) -> Client:
        """Return what the device counts as when somebody signs in on it."""
        register = self.view.snapshot.register
        return register.resolve(self.address, self.mac or None, person.id)

    def until(self, person: Person) -> datetime:
        """Return when somebody's sign-in on it would end."""
        return end_of_day(self.view.snapshot, self.as_(person), self.view.at)


def this_device() -> ThisDevice:
    """Return the device behind this request. Never raises for what an address may be."""
    view = gate().view()
    address = plain(request.remote_addr or "::")
    mac = Neighbours().mac_of(address) or ""
    held = SignIns(gate().settings.data / "run").held(address, mac or None, view.at)
    client = view.snapshot.register.resolve(address, mac or None, held.person if held else None)
    return ThisDevice(view, address, mac, client, held, _trouble(view, address))


def plain(address: str) -> str:
    """Return an address as it is kept: no zone, and IPv4 as IPv4."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return "::"
    return str((ip.ipv4_mapped or ip) if isinstance(ip, IPv6Address) else ip)


def _trouble(view: View, address: str) -> str:
    """Fails closed: where it is not certain which device this is, nobody signs in on it."""
    if _own(address):
        return (
            "This page was opened by way of the gate itself (a proxy), so it cannot tell which "
            "device you use. Open it without the proxy"
        )
    if view.snapshot.register.network_of(address) is None:
        return (
            "This device is not on one of the school’s networks. Join the school’s Wi-Fi or plug "
            "it in at school"
        )
    if not view.clock_trusted:
        return (
            "The gate is not certain what time it is, so it cannot say when the school day ends. "
            "Try again in a few minutes"
        )
    return ""


def _own(address: str) -> bool:
    """Whether an address is the appliance's own. On loopback all are: clients of a rehearsal."""
    ip = ip_address(address)
    if ip.is_loopback or ip.is_unspecified:
        return False  # no network of a real school holds them
    family = socket.AF_INET if ip.version == 4 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True
