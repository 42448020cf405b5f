"""The device register: find, look at. Importing it brings in all the pages of the area."""

from __future__ import annotations

from typing import Final

from flask import abort, render_template, request
from sqlalchemy.orm import Session

from admin_ui.devices import (
    changes,
    group_pages,
    network_changes,
    networks,
    people,
    removed,
    seen,
    sheets,
    trust,
)
from admin_ui.devices.blueprint import blueprint
from admin_ui.devices.forms import ReasonForm
from admin_ui.devices.known import known
from admin_ui.gate import gate
from admin_ui.sanctions import of_somebody
from admin_ui.sign_in_here.known_by import REGISTER, known_by
from appliance.identity.sign_ins import SignIns
from appliance.policy.subjects import Client, Device, is_random_mac
from appliance.store import devices, register_search
from appliance.store.register_search import Wanted
from appliance.store.tables import PersonRow

__all__ = [
    "blueprint", "changes", "group_pages", "network_changes", "networks", "people", "removed",
    "sheets",
]  # fmt: skip

PAGE: Final = 50  # devices on a page


@blueprint.get("/devices")
def index() -> str:
    """List the devices, found by words, role, group and owner."""
    wanted = Wanted(
        words=request.args.get("words", "")[:100], role=request.args.get("role", "")[:64],
        group=request.args.get("group", "")[:64], ownership=request.args.get("owner", "")[:16],
    )  # fmt: skip
    number = max(1, min(request.args.get("page", 1, type=int) or 1, 10_000))
    with gate().reading() as session:
        choices = known(session)
        found = register_search.devices(session, wanted, skip=(number - 1) * PAGE, limit=PAGE)
        persons = register_search.names(session, (d.person for d in found.rows if d.person))
        gone = removed.lately(session)
        restricted = of_somebody.devices_now(session)
    asked = {"words": wanted.words, "role": wanted.role, "group": wanted.group,
             "owner": wanted.ownership}  # fmt: skip
    asked = {name: text for name, text in asked.items() if text}
    return render_template(
        "devices/index.html", found=found, choices=choices, persons=persons, asked=asked,
        number=number, pages=-(-found.total // PAGE), random=is_random_mac,
        removed=request.args.get("removed", type=int), gone=gone, bulk=ReasonForm(),
        restricted=restricted,
        policys=() if asked else _of_policy({device.id for device in found.rows}),
    )  # fmt: skip


@blueprint.get("/devices/id/<id_>")
def show(id_: str) -> str:
    """Show a device: what it is, and what the proxy saw of its certificate."""
    with gate().reading() as session:
        device = devices.get(session, id_)
        if device is None:
            abort(404)
        choices = known(session)
        person = session.get(PersonRow, device.person) if device.person else None
        name = person.name if person else device.person
        restricted = of_somebody.now_on(session, "device", id_)
        client = _counts_as(device)
        user, how = _used_by(session, client)
    return render_template(
        "devices/show.html", device=device, choices=choices, person=name,
        client=client, user=user, how=how, proof=trust.of_device(device),
        random=[mac for mac in device.macs if is_random_mac(mac)],
        address=seen.address_of(device), restricted=restricted,
    )  # fmt: skip


def _of_policy(here: set[str]) -> tuple[Device, ...]:
    """Return the devices that the policy file itself names; they are changed there."""
    with gate().reading() as session:
        own = {device.id for device in devices.list_(session)} | here
    contents = gate().view().snapshot.contents
    return tuple(device for device in contents.devices if device.id not in own)


def _counts_as(device: Device) -> Client | None:
    """Return what enforcement takes a device for now, at an address that it has or had."""
    address = seen.address_of(device)
    if not address:
        return None
    view, mac = gate().view(), device.macs[0] if device.macs else None
    said = SignIns(gate().settings.data / "run").presence(address, mac, view.at)
    return view.snapshot.register.resolve(address, mac, said)


def _used_by(session: Session, client: Client | None) -> tuple[str, str]:
    """Return who uses a device now, and how that is known; nothing where the register says it."""
    if client is None or client.person is None:
        return "", ""
    at = gate().view().at
    how = known_by(session, client.person, at, mac=client.mac or "", address=client.address)
    if how == REGISTER:
        return "", ""
    people = gate().view().snapshot.contents.people
    return next((one.name for one in people if one.id == client.person), client.person), how
