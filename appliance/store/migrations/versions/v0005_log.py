"""What readers keep beside the log, and its counts by the hour."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from appliance.store.attempt_hours import subject_of
from appliance.store.base import UtcTime

revision = "0005"
down_revision = "0004"

TABLES = ("log_note", "log_view", "attempt_hour", "attempt_who")
SORTS = ("role", "service", "category", "verdict", "reason", "visit", "period_kind")
KINDS = ("person", "device", "mac", "address")
HOUR = 3_600_000_000  # microseconds


def upgrade() -> None:
    """Make the tables, and count the log that is there: 17 s for a million attempts."""
    _log_note()
    _log_view()
    _attempt_hour()
    _attempt_who()
    _fill()


def downgrade() -> None:
    """Drop the tables."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _log_note() -> None:
    op.create_table(
        "log_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.BigInteger(), nullable=True),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("concern", sa.Boolean(), nullable=False),
        sa.Column("closed", UtcTime(), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_log_note"),
    )
    op.create_index("ix_log_note_attempt", "log_note", ["attempt"])
    op.create_index(
        "ix_log_note_subject_kind_subject_id", "log_note", ["subject_kind", "subject_id"]
    )


def _log_view() -> None:
    op.create_table(
        "log_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "account",
            sa.Integer(),
            sa.ForeignKey("account.id", name="fk_log_view_account", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.Column("made", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_log_view"),
    )
    op.create_index("ix_log_view_account_name", "log_view", ["account", "name"], unique=True)


def _attempt_hour() -> None:
    op.create_table(
        "attempt_hour",
        sa.Column("hour", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in SORTS),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hour", *SORTS, name="pk_attempt_hour"),
        sqlite_with_rowid=False,
    )


def _attempt_who() -> None:
    op.create_table(
        "attempt_who",
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("subject", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hour", "subject", name="pk_attempt_who"),
        sqlite_with_rowid=False,
    )


def _fill() -> None:
    sqlite = op.get_context().dialect.name == "sqlite"
    hour = f"at / {HOUR}" if sqlite else "CAST(floor(extract(epoch FROM at) / 3600) AS INTEGER)"
    sorts = ", ".join(SORTS)
    op.execute(
        f"INSERT INTO attempt_hour (hour, {sorts}, rows, count) SELECT {hour}, "  # noqa: S608
        f"{sorts}, count(*), sum(count) FROM attempt GROUP BY 1, {sorts}"
    )
    if op.get_context().as_sql:
        return  # a script for another day: there is no log to read yet
    _fill_who(hour)


def _fill_who(hour: str) -> None:
    connection, found = op.get_bind(), set()
    for kind in KINDS:
        named = f"SELECT DISTINCT {hour}, {kind} FROM attempt WHERE {kind} <> ''"  # noqa: S608
        found |= {(at, subject_of(kind, id_)) for at, id_ in connection.execute(sa.text(named))}
    named = f'SELECT DISTINCT {hour}, CAST("groups" AS VARCHAR) FROM attempt'  # noqa: S608
    for at, groups in connection.execute(sa.text(named)):
        found |= {(at, subject_of("group", id_)) for id_ in json.loads(groups)}
    table = sa.table("attempt_who", sa.column("hour"), sa.column("subject"))
    op.bulk_insert(table, [{"hour": at, "subject": subject} for at, subject in sorted(found)])
