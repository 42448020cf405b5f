"""The first tables."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

from appliance.store.base import UtcTime, Words

revision = "0001"
down_revision = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table, and the one row of the revision."""
    _revision_and_policy()
    _networks()
    _people_and_devices()
    _decisions()
    _supervision()
    _reported_and_calendar()
    _lists()
    _attempts()


def downgrade() -> None:
    """Drop every table."""
    bound = sa.MetaData()
    bound.reflect(op.get_bind())
    for table in reversed(bound.sorted_tables):
        if table.name != "alembic_version":
            op.drop_table(table.name)


def _revision_and_policy() -> None:
    table = _table("revision", _number("id"), _words("store"), _number("number"))
    op.bulk_insert(table, [{"id": 1, "store": uuid4().hex, "number": 1}])
    _table(
        "policy_version",
        _number("id"), [Column("text", sa.Text(), nullable=False)],
        _words("source", "author", "reason"), _times("at"),
    )  # fmt: skip
    _table("setting", _words("key"), [Column("value", sa.JSON(), nullable=False)], key="key")


def _networks() -> None:
    _table(
        "network", _words("id", "name", "role"), _lists_of("groups"), _words("ownership"),
        _flags("trusts_ca"),
    )  # fmt: skip
    _table("network_prefix", _words("prefix"), _of("network_prefix", "network"), key="prefix")


def _people_and_devices() -> None:
    _table("school_group", _words("id", "name"), _optional("timetable"))
    _table("person", _words("id", "name", "role"), _lists_of("groups"))
    _table(
        "device", _words("id", "name", "ownership"), _flags("trusts_ca"),
        _optional("person", "role"), _lists_of("groups"),
    )  # fmt: skip
    _table("device_mac", _words("mac"), _of("device_mac", "device"), key="mac")
    _table("device_address", _words("address"), _of("device_address", "device"), key="address")


def _decisions() -> None:
    subject = ("id", "subject_kind", "subject_id")
    _table(
        "access_grant", _words(*subject, "target_kind", "target_id"), _times("starts", "ends"),
        _lists_of("periods", "methods"), _words("clause", "text", "author", "reason"),
        _times("made"), _optional("revoked_by"), _sometime("revoked_at"),
    )  # fmt: skip
    op.create_index("ix_access_grant_ends", "access_grant", ["ends"])
    _table(
        "sanction", _words(*subject), _times("starts"), _sometime("ends"),
        _words("clause", "text", "author", "reason"), _times("made"),
    )  # fmt: skip


def _supervision() -> None:
    subject = _words("subject_kind", "subject_id")
    _table("supervised_session", _number("id"), subject, _times("starts", "ends"), _words("staff"))
    _table(
        "permission", _number("id"), _words("name", "subject_kind", "subject_id"),
        _optional("permitted_by", "controls_by"), _times("starts"), _sometime("ends"),
        _words("reason"),
    )  # fmt: skip


def _reported_and_calendar() -> None:
    _table(
        "reported_block", _words("id", "target_kind", "target_id"), _times("starts"),
        _words("clause", "text", "author"), _optional("lifted_by"), _sometime("lifted_at"),
    )  # fmt: skip
    _table(
        "one_off_day", _number("id"), [Column("day", sa.Date(), nullable=False)], _words("name"),
        [Column("periods", sa.JSON(), nullable=False)], _lists_of("timetables"),
    )  # fmt: skip
    dates: Parts = [Column(name, sa.Date(), nullable=False) for name in ("first", "last")]
    _table("calendar_span", _number("id"), _words("kind"), dates, _words("name"))


def _lists() -> None:
    _table(
        "domain_list", _words("id", "category", "source"), _times("loaded"),
        _number("entries"), _number("refused"), _words("sha256"), _flags("enabled"),
    )  # fmt: skip
    keys: Parts = [Column("keys", sa.LargeBinary(), nullable=False)]
    _table(
        "domain_list_body", _of("domain_list_body", "domain_list", "list_id"), keys, key="list_id"
    )


def _attempts() -> None:
    _table(
        "attempt",
        [Column("id", BIG_ID, autoincrement=True, nullable=False)],
        _times("at", "last"), _number("count"), _number("lookups"),
        _words("layer", "visit", "address", "mac", "device", "device_name", "person"),
        _lists_of("groups"), _words("network", "role", "period", "period_kind"),
        _words("host", "url", "method", "search", "service", "category"),
        _words("verdict", "reason", "rule", "clause"),
        sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_index("ix_attempt_at", "attempt", ["at"])
    sizes: Parts = [Column(name, sa.BigInteger(), nullable=False) for name in ("read", "skipped")]
    _table("spool_segment", _words("id", "name"), sizes)


Parts = list[Column[Any]]


def _table(name: str, *parts: Parts, key: str = "id", **more: Any) -> sa.Table:
    columns = [column for part in parts for column in part]
    return op.create_table(name, *columns, sa.PrimaryKeyConstraint(key, name=f"pk_{name}"), **more)


def _words(*names: str) -> Parts:
    return [Column(name, sa.String(), nullable=False) for name in names]


def _optional(*names: str) -> Parts:
    return [Column(name, sa.String(), nullable=True) for name in names]


def _times(*names: str) -> Parts:
    return [Column(name, UtcTime(), nullable=False) for name in names]


def _sometime(name: str) -> Parts:
    return [Column(name, UtcTime(), nullable=True)]


def _lists_of(*names: str) -> Parts:
    return [Column(name, Words(), nullable=False) for name in names]


def _flags(name: str) -> Parts:
    return [Column(name, sa.Boolean(), nullable=False)]


def _number(name: str) -> Parts:
    return [Column(name, sa.Integer(), nullable=False)]


def _of(table: str, parent: str, name: str = "") -> Parts:
    column = name or f"{parent}_id"
    link = sa.ForeignKey(f"{parent}.id", name=f"fk_{table}_{column}", ondelete="CASCADE")
    return [Column(column, sa.String(), link, nullable=False)]
