"""Putting an unregistered device into the register, since a sanction is on something known.

It keeps what its network made of it: groups, ownership and certificate, and no role of its
own. So nothing changes for it but the sanction.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from admin_ui.devices.changing import facts
from admin_ui.devices.seen import unnamed
from admin_ui.gate import gate
from admin_ui.record import record
from appliance.policy.ids import id_of
from appliance.policy.model import Ownership, Subject, SubjectKind
from appliance.policy.subjects import Device
from appliance.store import devices


def registered(session: Session, mac: str, name: str) -> Subject:
    """Register a device by its MAC; return it as whom a sanction is on.

    Raises:
        ValueError: names the field that is wrong, such as a MAC that somebody has meanwhile
            registered under another name.
    """
    contents = gate().view().snapshot.contents
    on = next((one.network for one in unnamed(session) if one.mac == mac), "")
    network = next((one for one in contents.networks if one.id == on), None)
    taken = {device.id for device in contents.devices}
    plain = id_of(name)[:50].strip("-") or "device"
    # Adding an id that is there would change that device.
    tries = (plain, *(f"{plain}-{number}" for number in range(2, 1000)))
    id_ = next(t for t in tries if t not in taken and devices.get(session, t) is None)
    kept = devices.add(
        session,
        Device(
            id=id_, name=name, macs=(mac,),
            groups=network.groups if network else (),
            ownership=network.ownership if network else Ownership.PERSONAL,
            trusts_ca=network.trusts_ca if network else False,
        ),
    )  # fmt: skip
    record(session, "device.added", kept.id, after=facts(kept))
    return Subject(SubjectKind.DEVICE, kept.id)
