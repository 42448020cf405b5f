"""Inappropriate content reports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from appliance.store.base import UtcTime, Words

revision = "0004"
down_revision = "0003"

TABLES = ("content_report", "content_report_block")


def upgrade() -> None:
    """Make the tables."""
    _content_report()
    _content_report_block()
    with op.batch_alter_table("reported_block") as blocks:
        blocks.add_column(
            sa.Column[bool]("veiled", sa.Boolean(), nullable=False, server_default=sa.false())
        )


def downgrade() -> None:
    """Drop the tables."""
    with op.batch_alter_table("reported_block") as blocks:
        blocks.drop_column("veiled")
    for table in reversed(TABLES):
        op.drop_table(table)


def _content_report() -> None:
    op.create_table(
        "content_report",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made", UtcTime(), nullable=False),
        sa.Column(
            "account",
            sa.Integer(),
            sa.ForeignKey("account.id", name="fk_content_report_account"),
            nullable=False,
        ),
        sa.Column("staff_name", sa.String(), nullable=False),
        sa.Column("accessed_by", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("urls", Words(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.Column("nature", sa.Text(), nullable=False),
        sa.Column("suspected_illegal", sa.Boolean(), nullable=False),
        sa.Column("due", UtcTime(), nullable=True),
        sa.Column("action_taken", sa.Text(), nullable=False),
        sa.Column("officer_name", sa.String(), nullable=False),
        sa.Column("acted_at", UtcTime(), nullable=True),
        sa.Column("acted_by", sa.String(), nullable=True),
        sa.Column("signature", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_content_report"),
    )
    op.create_index("ix_content_report_made", "content_report", ["made"])
    op.create_index("ix_content_report_state", "content_report", ["state"])


def _content_report_block() -> None:
    op.create_table(
        "content_report_block",
        sa.Column("block", sa.String(), nullable=False),
        sa.Column(
            "report",
            sa.String(),
            sa.ForeignKey(
                "content_report.id", name="fk_content_report_block_report", ondelete="CASCADE"
            ),
            nullable=False,
        ),
        sa.Column("made", UtcTime(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("lifted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("block", name="pk_content_report_block"),
    )
    op.create_index("ix_content_report_block_report", "content_report_block", ["report"])
