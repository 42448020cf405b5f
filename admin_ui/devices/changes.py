"""Adding, changing and removing devices; several of them put into a group at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin_ui.devices import changing
from admin_ui.devices.blueprint import blueprint
from admin_ui.devices.forms import DeviceForm, ReasonForm, lines
from admin_ui.devices.known import Known, known
from admin_ui.devices.person_named import person_named
from admin_ui.gate import gate
from admin_ui.record import record
from admin_ui.sanctions import of_somebody
from appliance.policy.ids import id_of
from appliance.policy.model import Ownership
from appliance.policy.subjects import Device, is_random_mac
from appliance.store import checks, devices

BULK: Final = 200  # devices that are changed together, at most
RANDOM: Final = (
    " One of its MAC addresses is a randomised one: the device made it up and may change it, so "
    "it earns nothing more than its network’s role. Switch “private address” off on the device "
    "for this Wi-Fi, and register its own."
)


@blueprint.route("/devices/add", methods=["GET", "POST"])
def add() -> str | Response:
    """Register a device; ``mac``, ``address`` and ``name`` may be filled in by a link."""
    form = DeviceForm()
    with gate().reading() as session:
        form.offer(known(session))
    if request.method == "GET":
        _fill_from_link(form)
    elif form.validate():
        try:
            with gate().writing() as session:
                kept = devices.add(session, _read(form, session, ""))
                record(
                    session, "device.added", kept.id, reason=form.reason.data or "",
                    after=changing.facts(kept),
                )  # fmt: skip
        except ValueError as error:
            changing.blame(form, error)
        else:
            changing.tell(f"{kept.name} is registered.{_warning(kept)}")
            return redirect(url_for("devices.show", id_=kept.id), 303)
    return render_template("devices/edit.html", form=form, device=None)


@blueprint.route("/devices/id/<id_>/change", methods=["GET", "POST"])
def edit(id_: str) -> str | Response:
    """Change a device."""
    form = DeviceForm()
    with gate().reading() as session:
        before = devices.get(session, id_)
        form.offer(known(session))
    if before is None:
        abort(404)
    if request.method == "GET":
        _fill(form, before)
    elif form.validate() and not changing.changed_meanwhile(form, before):
        try:
            with gate().writing() as session:
                kept = devices.add(session, _read(form, session, id_))
                record(
                    session, "device.changed", id_, reason=form.reason.data or "",
                    before=changing.facts(before), after=changing.facts(kept),
                )  # fmt: skip
        except ValueError as error:
            changing.blame(form, error)
        else:
            changing.tell(f"{kept.name} is changed.{_warning(kept)}")
            return redirect(url_for("devices.show", id_=id_), 303)
    return render_template("devices/edit.html", form=form, device=before)


@blueprint.route("/devices/id/<id_>/remove", methods=["GET", "POST"])
def remove(id_: str) -> str | Response:
    """Take a device out of the register; the audit entry can put it back."""
    with gate().reading() as session:
        device = devices.get(session, id_)
        restricted = of_somebody.now_on(session, "device", id_)
    if device is None:
        abort(404)
    freed = " It is under a sanction now, of which it would be free." if restricted else ""
    form = ReasonForm()
    if form.validate_on_submit():
        with gate().writing() as session:
            devices.remove(session, id_)
            entry = record(
                session, "device.removed", id_, reason=form.reason.data or "",
                before=changing.facts(device),
            )  # fmt: skip
        changing.tell(f"{device.name} is removed from the register.")
        return redirect(url_for("devices.index", removed=entry.number), 303)
    return render_template(
        "devices/remove.html", form=form, name=device.name, what="device",
        leave=url_for("devices.show", id_=id_),
        words="What was recorded of it stays. From then on it counts as its network says, like "
        f"any device that is not registered.{freed}",
    )  # fmt: skip


@blueprint.post("/devices/together")
def together() -> Response:
    """Put several devices into a group, or take them out of it."""
    form = ReasonForm()
    group, does = request.form.get("group", ""), request.form.get("does", "")
    chosen = list(dict.fromkeys(request.form.getlist("device")))[:BULK]
    asked = ("words", "role", "in_group", "owner", "page")
    kept: dict[str, Any] = {name.removeprefix("in_"): request.form.get(name) for name in asked}
    back = redirect(url_for("devices.index", **{k: v for k, v in kept.items() if v}), 303)
    if not form.validate() or does not in ("join", "leave"):
        abort(400)
    if not chosen or not group:
        changing.complain("Nothing was changed: choose at least one device, and a group.")
        return back
    try:
        with gate().writing() as session:
            moved = _move(session, chosen, group, joins=does == "join")
            record(
                session, "device.grouped", group, reason=form.reason.data or "", does=does,
                devices=moved,
            )  # fmt: skip
    except ValueError as error:
        changing.complain(f"Nothing was changed: {error}.")
        return back
    count = len(moved)
    changing.tell(f"{count} {'device was' if count == 1 else 'devices were'} changed.")
    return back


def _move(session: Session, ids: list[str], group: str, *, joins: bool) -> list[str]:
    checks.groups(session, "group", [group])
    moved = []
    for id_ in ids:
        device = devices.get(session, id_)
        if device is None or joins is (group in device.groups):
            continue
        left = tuple(one for one in device.groups if one != group)
        devices.add(session, replace(device, groups=(*left, group) if joins else left))
        moved.append(id_)
    return moved


def _read(form: DeviceForm, session: Session, id_: str) -> Device:
    """Return the device that a form describes. id_: of the one that is changed.

    Raises:
        ValueError: names the field that is wrong.
    """
    name = str(form.name.data)
    made = id_ or id_of(name)
    if not id_:
        if not made:
            raise ValueError("name: it needs a letter or a digit")
        if devices.get(session, made) is not None:
            raise ValueError(f"name: there is a device {made!r} already: choose another name")
    choices: Known = known(session)
    return Device(
        id=made, name=name, macs=lines(form.macs.data), addresses=lines(form.addresses.data),
        ownership=Ownership(form.ownership.data), trusts_ca=form.trusts_ca.data == "yes",
        person=person_named(session, choices, form.person.data or ""),
        role=form.role.data or None, groups=tuple(form.groups.data or ()),
    )  # fmt: skip


def _fill(form: DeviceForm, device: Device) -> None:
    form.seen.data = changing.mark(device)
    form.name.data, form.person.data = device.name, device.person or ""
    form.macs.data, form.addresses.data = "\n".join(device.macs), "\n".join(device.addresses)
    form.ownership.data = device.ownership.value
    form.trusts_ca.data = "yes" if device.trusts_ca else "no"
    form.role.data, form.groups.data = device.role or "", list(device.groups)


def _fill_from_link(form: DeviceForm) -> None:
    form.name.data = request.args.get("name", "")[:60]
    form.macs.data = request.args.get("mac", "")[:20]
    form.addresses.data = request.args.get("address", "")[:50]
    form.trusts_ca.data = "no"


def _warning(device: Device) -> str:
    return RANDOM if any(is_random_mac(mac) for mac in device.macs) else ""
