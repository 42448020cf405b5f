"""Putting back what was removed: the audit entry of the removal holds all of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import abort, redirect, render_template, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin_ui.devices import changing
from admin_ui.devices.blueprint import blueprint
from admin_ui.devices.forms import ReasonForm
from admin_ui.gate import gate
from admin_ui.record import record
from appliance.policy.model import Ownership
from appliance.policy.subjects import Device
from appliance.store import devices
from appliance.store.audit_tables import AuditRow

SHOWN: Final = 5  # removals on the list of devices
LOOKED_AT: Final = 5000  # entries of the audit chain in which they are looked for


@blueprint.route("/devices/removed/<int:number>", methods=["GET", "POST"])
def restore(number: int) -> str | Response:
    """Put a device back that was removed. number: of the audit entry that tells of it."""
    with gate().reading() as session:
        device = _removed(session, number)
        back_already = device is not None and devices.get(session, device.id) is not None
    if device is None:
        abort(404)
    form = ReasonForm()
    if back_already or not form.validate_on_submit():
        return render_template(
            "devices/restore.html", form=form, device=device, back_already=back_already
        )
    try:
        with gate().writing() as session:
            kept = devices.add(session, device)
            record(
                session, "device.restored", kept.id, reason=form.reason.data or "", entry=number,
                after=changing.facts(kept),
            )  # fmt: skip
    except ValueError as error:  # its MAC is another's by now, its group is gone
        form.form_errors.append(f"It cannot be put back as it was: {error}.")
        return render_template("devices/restore.html", form=form, device=device, back_already=False)
    changing.tell(f"{kept.name} is in the register again.")
    return redirect(url_for("devices.show", id_=kept.id), 303)


@dataclass(frozen=True, slots=True)
class Gone:
    """A device that was removed. number: of the audit entry that can put it back."""

    number: int
    name: str
    at: datetime


def lately(session: Session) -> tuple[Gone, ...]:
    """Return the devices that were removed lately and are not back, the latest first."""
    newest = session.scalar(select(func.max(AuditRow.number))) or 0
    query = select(AuditRow).where(
        AuditRow.number > newest - LOOKED_AT, AuditRow.action == "device.removed"
    )
    rows = session.scalars(query.order_by(AuditRow.number.desc()).limit(SHOWN)).all()
    return tuple(
        Gone(row.number, str(row.detail["before"]["name"]), row.at)
        for row in rows
        if devices.get(session, row.subject) is None
    )


def _removed(session: Session, number: int) -> Device | None:
    row = session.get(AuditRow, number) if number < 1 << 62 else None
    if row is None or row.action != "device.removed":
        return None
    before: dict[str, Any] = row.detail.get("before", {})
    return Device(
        id=before["id"], name=before["name"], macs=tuple(before["macs"]),
        addresses=tuple(before["addresses"]), ownership=Ownership(before["ownership"]),
        trusts_ca=before["trusts_ca"], person=before["person"], role=before["role"],
        groups=tuple(before["groups"]),
    )  # fmt: skip
