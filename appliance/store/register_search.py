"""Finding devices and people in the register: by words, role, group and ownership, in pages."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, Text, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from appliance.policy.subjects import Device, Person
from appliance.store.devices import device_of
from appliance.store.tables import AddressRow, DeviceRow, MacRow, PersonRow

_ESCAPE: Final = "\\"
_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for; empty: no matter. words: any part of a name, id, MAC or address."""

    words: str = ""
    role: str = ""
    group: str = ""
    ownership: str = ""


@dataclass(frozen=True, slots=True)
class Found(Generic[_Found]):
    """One page of what was found. total: how many there are on all pages."""

    total: int
    rows: tuple[_Found, ...]


def devices(session: Session, wanted: Wanted, *, skip: int = 0, limit: int = 50) -> Found[Device]:
    """Return devices by name. A role is that of the device itself, not of its person."""
    query = select(DeviceRow)
    if wanted.words.strip():
        query = query.where(_device_words(wanted.words))
    if wanted.role:
        query = query.where(DeviceRow.role == wanted.role)
    if wanted.group:
        query = query.where(_in_group(DeviceRow.groups, wanted.group))
    if wanted.ownership:
        query = query.where(DeviceRow.ownership == wanted.ownership)
    total = _count(session, query)
    ordered = query.order_by(func.lower(DeviceRow.name), DeviceRow.id).offset(skip).limit(limit)
    return Found(total, tuple(device_of(row) for row in session.scalars(ordered)))


def people(session: Session, wanted: Wanted, *, skip: int = 0, limit: int = 50) -> Found[Person]:
    """Return people by name."""
    query = select(PersonRow)
    if wanted.words.strip():
        pattern = _pattern(wanted.words)
        query = query.where(or_(_like(PersonRow.name, pattern), _like(PersonRow.id, pattern)))
    if wanted.role:
        query = query.where(PersonRow.role == wanted.role)
    if wanted.group:
        query = query.where(_in_group(PersonRow.groups, wanted.group))
    total = _count(session, query)
    ordered = query.order_by(func.lower(PersonRow.name), PersonRow.id).offset(skip).limit(limit)
    rows = session.scalars(ordered)
    return Found(
        total, tuple(Person(id=r.id, name=r.name, role=r.role, groups=r.groups) for r in rows)
    )


def names(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """Return the names of people, by id; those that are not there are left out."""
    wanted = select(PersonRow.id, PersonRow.name).where(PersonRow.id.in_(tuple(ids)))
    return {row.id: row.name for row in session.execute(wanted)}


def group_sizes(session: Session) -> dict[str, tuple[int, int]]:
    """Return how many devices and how many people are in each group that has any."""
    sizes: dict[str, tuple[int, int]] = {}
    for groups in session.scalars(select(DeviceRow.groups)):
        for id_ in groups:
            before = sizes.get(id_, (0, 0))
            sizes[id_] = (before[0] + 1, before[1])
    for groups in session.scalars(select(PersonRow.groups)):
        for id_ in groups:
            before = sizes.get(id_, (0, 0))
            sizes[id_] = (before[0], before[1] + 1)
    return sizes


def hardware(session: Session) -> tuple[frozenset[str], frozenset[str]]:
    """Return every MAC and every fixed address that is registered."""
    macs = frozenset(session.scalars(select(MacRow.mac)))
    return macs, frozenset(session.scalars(select(AddressRow.address)))


def _device_words(words: str) -> ColumnElement[bool]:
    pattern = _pattern(words)
    # However a MAC is written: 00-1B-63 finds 00:1b:63.
    mac = _pattern(words.replace("-", ":"))
    by_mac = select(MacRow.device_id).where(_like(MacRow.mac, mac))
    by_address = select(AddressRow.device_id).where(_like(AddressRow.address, pattern))
    by_person = select(PersonRow.id).where(_like(PersonRow.name, pattern))
    return or_(
        _like(DeviceRow.name, pattern),
        _like(DeviceRow.id, pattern),
        _like(DeviceRow.person, pattern),
        DeviceRow.id.in_(by_mac),
        DeviceRow.id.in_(by_address),
        DeviceRow.person.in_(by_person),
    )


def _pattern(words: str) -> str:
    text = words.strip()
    for special in (_ESCAPE, "%", "_"):
        text = text.replace(special, _ESCAPE + special)
    return f"%{text}%"


def _like(column: InstrumentedAttribute[Any], pattern: str) -> ColumnElement[bool]:
    return column.ilike(pattern, escape=_ESCAPE)


def _in_group(column: InstrumentedAttribute[tuple[str, ...]], id_: str) -> ColumnElement[bool]:
    # Groups are a JSON list: the id stands in it between quotes, as JSON writes it.
    return cast(column, Text).like(_pattern(json.dumps(id_)), escape=_ESCAPE)


def _count(session: Session, query: Select[Any]) -> int:
    return session.scalars(select(func.count()).select_from(query.subquery())).one()
