"""What readers keep beside the log, and its counts by the hour."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from appliance.store.base import UtcTime

revision = "0005"
down_revision = "0004"

TABLES = ("log_note", "log_view", "attempt_hour")


def upgrade() -> None:
    """Make the tables."""
    _log_note()
    _log_view()
    _attempt_hour()


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
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("concern", sa.Boolean(), nullable=False),
        sa.Column("closed", UtcTime(), nullable=True),
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
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("visit", sa.String(), nullable=False),
        sa.Column("period_kind", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "hour",
            "role",
            "service",
            "category",
            "verdict",
            "visit",
            "period_kind",
            name="pk_attempt_hour",
        ),
    )
