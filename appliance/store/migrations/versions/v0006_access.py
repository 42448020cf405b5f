"""Changes of access that wait for a headteacher, and settings of the pages alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from appliance.store.base import UtcTime, Words

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "account_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "account",
            sa.Integer(),
            sa.ForeignKey("account.id", name="fk_account_change_account", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("posts", Words(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked", UtcTime(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("decided", UtcTime(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_account_change"),
    )
    op.create_index("ix_account_change_account", "account_change", ["account"])
    op.create_table(
        "web_setting",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_web_setting"),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("web_setting")
    op.drop_table("account_change")
