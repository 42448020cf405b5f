"""The device register."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from appliance.policy.model import Ownership, Subject, SubjectKind
from appliance.policy.subjects import Device
from appliance.store import checks
from appliance.store.tables import AddressRow, DeviceRow, MacRow


def add(session: Session, device: Device) -> Device:
    """Register a device, or put it in place of the one with its id; return it as it is kept.

    Raises:
        ValueError: names the field that is wrong, or the address that another device has.
    """
    id_ = checks.word("id", device.id)
    macs = tuple(dict.fromkeys(checks.mac("macs", mac) for mac in device.macs))
    addresses = tuple(dict.fromkeys(checks.address("addresses", a) for a in device.addresses))
    if not macs and not addresses:
        raise ValueError("macs: a device has a MAC or a fixed address, or it is never recognised")
    _see_free(session, id_, macs, addresses)
    if device.person is not None:
        checks.subject(session, Subject(SubjectKind.PERSON, device.person), "person")
    remove(session, id_)
    row = DeviceRow(
        id=id_, name=checks.filled("name", device.name),
        ownership=Ownership(device.ownership).value, trusts_ca=device.trusts_ca,
        person=device.person,
        role=None if device.role is None else checks.role(session, "role", device.role),
        groups=checks.groups(session, "groups", device.groups),
        macs=[MacRow(mac=mac) for mac in macs],
        addresses=[AddressRow(address=address) for address in addresses],
    )  # fmt: skip
    session.add(row)
    session.flush()
    return device_of(row)


def list_(session: Session) -> tuple[Device, ...]:
    """Return every device, by id."""
    return tuple(device_of(r) for r in session.scalars(select(DeviceRow).order_by(DeviceRow.id)))


def get(session: Session, id_: str) -> Device | None:
    """Return a device by id."""
    row = session.get(DeviceRow, id_)
    return None if row is None else device_of(row)


def remove(session: Session, id_: str) -> bool:
    """Remove a device; False when there was none."""
    row = session.get(DeviceRow, id_)
    if row is None:
        return False
    session.delete(row)
    session.flush()
    return True


def _see_free(
    session: Session, id_: str, macs: tuple[str, ...], addresses: tuple[str, ...]
) -> None:
    found: list[tuple[str, str, MacRow | AddressRow | None]]
    found = [("macs", mac, session.get(MacRow, mac)) for mac in macs]
    found += [("addresses", one, session.get(AddressRow, one)) for one in addresses]
    for field, text, row in found:
        if row is not None and row.device_id != id_:
            raise ValueError(f"{field}: {text} belongs to device {row.device_id!r} already")


def device_of(row: DeviceRow) -> Device:
    """Return a row as the policy takes it."""
    return Device(
        id=row.id, name=row.name, macs=tuple(sorted(m.mac for m in row.macs)),
        addresses=tuple(sorted(a.address for a in row.addresses)),
        ownership=Ownership(row.ownership), trusts_ca=row.trusts_ca, person=row.person,
        role=row.role, groups=row.groups,
    )  # fmt: skip
