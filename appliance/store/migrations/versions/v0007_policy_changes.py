"""Changes of the policy that wait for approval, and the yearly reviews."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from appliance.store.base import UtcTime, Words

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables."""
    _policy_draft()
    _policy_review()


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("policy_review")
    op.drop_table("policy_draft")


def _policy_draft() -> None:
    version = "policy_version.id"
    op.create_table(
        "policy_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "account",
            sa.Integer(),
            sa.ForeignKey("account.id", name="fk_policy_draft_account"),
            nullable=False,
        ),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("made", UtcTime(), nullable=False),
        sa.Column("changed", UtcTime(), nullable=False),
        sa.Column("base", sa.Integer(), sa.ForeignKey(version, name="fk_policy_draft_base")),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("effects", Words(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided", UtcTime(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), sa.ForeignKey(version, name="fk_policy_draft_version")),
        sa.PrimaryKeyConstraint("id", name="pk_policy_draft"),
    )
    op.create_index("ix_policy_draft_state", "policy_draft", ["state"])
    op.create_index("ix_policy_draft_version", "policy_draft", ["version"])


def _policy_review() -> None:
    op.create_table(
        "policy_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("took_part", sa.Text(), nullable=False),
        sa.Column("results", sa.Text(), nullable=False),
        sa.Column("actions", sa.Text(), nullable=False),
        sa.Column("next_review", sa.Date(), nullable=False),
        sa.Column("recorded", UtcTime(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column(
            "version",
            sa.Integer(),
            sa.ForeignKey("policy_version.id", name="fk_policy_review_version"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_policy_review"),
    )
    op.create_index("ix_policy_review_day", "policy_review", ["day"])
