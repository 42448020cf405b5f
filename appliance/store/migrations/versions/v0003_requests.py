"""Blocked content access requests."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from appliance.store.base import UtcTime, Words

revision = "0003"
down_revision = "0002"

TABLES = ("access_request", "access_request_event")


def upgrade() -> None:
    """Make the tables."""
    _access_request()
    _access_request_event()


def downgrade() -> None:
    """Drop the tables."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _access_request() -> None:
    op.create_table(
        "access_request",
        *_form(),
        *_answer(),
        sa.PrimaryKeyConstraint("id", name="pk_access_request"),
    )
    op.create_index("ix_access_request_made", "access_request", ["made"])
    op.create_index("ix_access_request_state", "access_request", ["state"])


def _form() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made", UtcTime(), nullable=False),
        sa.Column(
            "account",
            sa.Integer(),
            sa.ForeignKey("account.id", name="fk_access_request_account"),
            nullable=False,
        ),
        sa.Column("staff_name", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("risks", sa.Text(), nullable=False),
        sa.Column("block_reference", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("target_kind", sa.String(), nullable=False),
        sa.Column("target_id", sa.String(), nullable=False),
        sa.Column("periods", Words(), nullable=False),
        sa.Column("until", sa.String(), nullable=False),
        sa.Column("starts", UtcTime(), nullable=False),
        sa.Column("ends", UtcTime(), nullable=False),
    ]


def _answer() -> list[sa.Column[Any]]:
    return [
        sa.Column("due", UtcTime(), nullable=True),
        sa.Column("reviewed_by", sa.String(), nullable=True),
        sa.Column("reviewed_at", UtcTime(), nullable=True),
        sa.Column("review", sa.JSON(), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", UtcTime(), nullable=True),
        sa.Column("decision_reasons", sa.Text(), nullable=False),
        sa.Column("authoriser_name", sa.String(), nullable=False),
        sa.Column("signature", sa.JSON(), nullable=False),
        sa.Column("grant_id", sa.String(), nullable=True),
    ]


def _access_request_event() -> None:
    op.create_table(
        "access_request_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "request",
            sa.String(),
            sa.ForeignKey(
                "access_request.id", name="fk_access_request_event_request", ondelete="CASCADE"
            ),
            nullable=False,
        ),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_access_request_event"),
    )
    op.create_index("ix_access_request_event_request", "access_request_event", ["request"])
