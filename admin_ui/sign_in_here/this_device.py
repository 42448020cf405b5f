"""The device that a browser runs on, whose it is now, and what it would be for somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import request

from admin_ui.gate import View, gate
from admin_ui.management import ours, plain
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
    def made_elsewhere(self) -> bool:
        """Whether somebody signed in by this page on a network where it counts, as it does not
        on this one."""
        held = self.by_page
        return held is not None and held.person != self.client.person

    @property
    def ends(self) -> datetime | None:
        """When that ends; None where it does not count."""
        if self.by_page is None or self.made_elsewhere:
            return None
        return datetime.fromtimestamp(self.by_page.ends, UTC)

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
    sign_ins = SignIns(gate().settings.data / "run")
    held = sign_ins.held(address, mac or None, view.at)
    said = sign_ins.presence(address, mac or None, view.at)
    client = view.snapshot.register.resolve(address, mac or None, said)
    return ThisDevice(view, address, mac, client, held, _trouble(view, address))


def _trouble(view: View, address: str) -> str:
    """Fails closed: where it is not certain which device this is, nobody signs in on it."""
    if ours(address):
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
