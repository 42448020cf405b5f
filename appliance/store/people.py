"""People and the groups they are in."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from appliance.policy.subjects import Group, Person
from appliance.store import checks
from appliance.store.tables import DeviceRow, GroupRow, NetworkRow, PersonRow


def add_group(session: Session, group: Group) -> Group:
    """Add a group, or change the one with its id.

    Raises:
        ValueError: names the field that is wrong.
    """
    row = GroupRow(
        id=checks.word("id", group.id), name=checks.filled("name", group.name),
        timetable=group.timetable,
    )  # fmt: skip
    session.merge(row)
    session.flush()
    return Group(id=row.id, name=row.name, timetable=row.timetable)


def add_person(session: Session, person: Person) -> Person:
    """Add a person, or change the one with that id.

    Raises:
        ValueError: names the field that is wrong: a role or group that is not there.
    """
    row = PersonRow(
        id=checks.word("id", person.id), name=checks.filled("name", person.name),
        role=checks.role(session, "role", person.role),
        groups=checks.groups(session, "groups", person.groups),
    )  # fmt: skip
    session.merge(row)
    session.flush()
    return Person(id=row.id, name=row.name, role=row.role, groups=row.groups)


def groups(session: Session) -> tuple[Group, ...]:
    """Return every group, by id."""
    rows = session.scalars(select(GroupRow).order_by(GroupRow.id))
    return tuple(Group(id=r.id, name=r.name, timetable=r.timetable) for r in rows)


def people(session: Session) -> tuple[Person, ...]:
    """Return everybody, by id."""
    rows = session.scalars(select(PersonRow).order_by(PersonRow.id))
    return tuple(Person(id=r.id, name=r.name, role=r.role, groups=r.groups) for r in rows)


def remove_group(session: Session, id_: str) -> bool:
    """Remove a group, also from all that is in it; False when there was none."""
    row = session.get(GroupRow, id_)
    if row is None:
        return False
    holders: list[PersonRow | DeviceRow | NetworkRow] = [
        *session.scalars(select(PersonRow)),
        *session.scalars(select(DeviceRow)),
        *session.scalars(select(NetworkRow)),
    ]
    for holder in holders:
        holder.groups = tuple(group for group in holder.groups if group != id_)
    session.delete(row)
    session.flush()
    return True


def remove_person(session: Session, id_: str) -> bool:
    """Remove a person, also from devices; False when there was none. What was recorded stays."""
    row = session.get(PersonRow, id_)
    if row is None:
        return False
    for device in session.scalars(select(DeviceRow).where(DeviceRow.person == id_)):
        device.person = None
    session.delete(row)
    session.flush()
    return True
