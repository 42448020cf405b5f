"""What enforcement reads: the policy, the school's settings, who and what there is.

Ids of roles, services, categories, and of people or groups that the policy file itself
names, are words that the policy knows: they are checked when a row goes in, not by keys.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from appliance.store.base import Base, Enforced, UtcTime, Words


class Revision(Base):
    """One row. number moves with every change that enforcement must follow."""

    __tablename__ = "revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    store: Mapped[str]  # tells this database from any other
    number: Mapped[int]


class PolicyVersion(Enforced, Base):
    """A policy file as somebody put it in force. The newest holds; none is ever changed."""

    __tablename__ = "policy_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    source: Mapped[str]
    author: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcTime)


class Setting(Enforced, Base):
    """One of the school's settings."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


class NetworkRow(Enforced, Base):
    """A subnet or VLAN."""

    __tablename__ = "network"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]
    groups: Mapped[tuple[str, ...]] = mapped_column(Words)
    ownership: Mapped[str]
    trusts_ca: Mapped[bool]
    mixed: Mapped[bool] = mapped_column(default=False)
    prefixes: Mapped[list[PrefixRow]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class PrefixRow(Enforced, Base):
    """One prefix of a network; no two networks have the same."""

    __tablename__ = "network_prefix"

    prefix: Mapped[str] = mapped_column(primary_key=True)
    network_id: Mapped[str] = mapped_column(ForeignKey("network.id", ondelete="CASCADE"))


class GroupRow(Enforced, Base):
    """A class, year group or staff team."""

    __tablename__ = "school_group"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    timetable: Mapped[str | None]


class PersonRow(Enforced, Base):
    """Somebody known by name."""

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]
    groups: Mapped[tuple[str, ...]] = mapped_column(Words)


class DeviceRow(Enforced, Base):
    """A registered device."""

    __tablename__ = "device"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    ownership: Mapped[str]
    trusts_ca: Mapped[bool]
    person: Mapped[str | None]
    role: Mapped[str | None]
    groups: Mapped[tuple[str, ...]] = mapped_column(Words)
    macs: Mapped[list[MacRow]] = relationship(cascade="all, delete-orphan", lazy="selectin")
    addresses: Mapped[list[AddressRow]] = relationship(
        cascade="all, delete-orphan", lazy="selectin"
    )


class MacRow(Enforced, Base):
    """A MAC of a device; no two devices have the same."""

    __tablename__ = "device_mac"

    mac: Mapped[str] = mapped_column(primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id", ondelete="CASCADE"))


class AddressRow(Enforced, Base):
    """A fixed address of a device; no two devices have the same."""

    __tablename__ = "device_address"

    address: Mapped[str] = mapped_column(primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id", ondelete="CASCADE"))


class GrantRow(Enforced, Base):
    """A time-limited permission. Revoked: its end was moved to that moment."""

    __tablename__ = "access_grant"
    __table_args__ = (Index(None, "ends"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    target_kind: Mapped[str]
    target_id: Mapped[str]
    starts: Mapped[datetime] = mapped_column(UtcTime)
    ends: Mapped[datetime] = mapped_column(UtcTime)
    when: Mapped[tuple[str, ...]] = mapped_column("periods", Words)
    methods: Mapped[tuple[str, ...]] = mapped_column(Words)
    clause: Mapped[str]
    text: Mapped[str]
    author: Mapped[str]
    reason: Mapped[str]
    made: Mapped[datetime] = mapped_column(UtcTime)
    revoked_by: Mapped[str | None]
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime)


class SanctionRow(Enforced, Base):
    """A restriction on a person or device."""

    __tablename__ = "sanction"

    id: Mapped[str] = mapped_column(primary_key=True)
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    starts: Mapped[datetime] = mapped_column(UtcTime)
    ends: Mapped[datetime | None] = mapped_column(UtcTime)
    clause: Mapped[str]
    text: Mapped[str]
    author: Mapped[str]
    reason: Mapped[str]
    made: Mapped[datetime] = mapped_column(UtcTime)
    source: Mapped[str]  # what it came from: attempt:12, concern:3, signal, or nothing
    version: Mapped[int]  # counts its changes, so that nobody changes what they have not seen
    lifted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    lifted_by: Mapped[str]
    lifted_reason: Mapped[str]


class SupervisedRow(Enforced, Base):
    """Staff sits with a sanctioned person for a while. staff: a name. account: a login."""

    __tablename__ = "supervised_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    starts: Mapped[datetime] = mapped_column(UtcTime)
    ends: Mapped[datetime] = mapped_column(UtcTime)
    staff: Mapped[str]
    account: Mapped[str]
    ended_by: Mapped[str]  # who ended it early; empty where the bell did


class PermissionRow(Enforced, Base):
    """A standing permission and the two marks it needs: permitted, controls applied."""

    __tablename__ = "permission"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    permitted_by: Mapped[str | None]
    controls_by: Mapped[str | None]
    starts: Mapped[datetime] = mapped_column(UtcTime)
    ends: Mapped[datetime | None] = mapped_column(UtcTime)
    reason: Mapped[str]


class ReportedRow(Enforced, Base):
    """A site or URL prefix blocked for every role from a report."""

    __tablename__ = "reported_block"

    id: Mapped[str] = mapped_column(primary_key=True)
    target_kind: Mapped[str]
    target_id: Mapped[str]
    starts: Mapped[datetime] = mapped_column(UtcTime)
    clause: Mapped[str]
    text: Mapped[str]
    veiled: Mapped[bool]
    author: Mapped[str]
    lifted_by: Mapped[str | None]
    lifted_at: Mapped[datetime | None] = mapped_column(UtcTime)


class OneOffRow(Enforced, Base):
    """A day with bells of its own. periods: name, kind, start and end in minutes."""

    __tablename__ = "one_off_day"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    name: Mapped[str]
    periods: Mapped[list[list[Any]]] = mapped_column(JSON)
    timetables: Mapped[tuple[str, ...]] = mapped_column(Words)


class SpanRow(Enforced, Base):
    """Dates taken from a school's own calendar. kind: covers, term, holiday or inset."""

    __tablename__ = "calendar_span"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    first: Mapped[date] = mapped_column(Date)
    last: Mapped[date] = mapped_column(Date)
    name: Mapped[str]
