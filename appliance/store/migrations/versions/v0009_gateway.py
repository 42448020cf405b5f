"""Signals of circumvention in the log, what was said of them, and sign-ins on devices."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from appliance.store.base import UtcTime

revision = "0009"
down_revision = "0008"


def _column(name: str, type_: Any, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, type_, nullable=null)


def upgrade() -> None:
    """Make the columns and tables. What was recorded before is a sign of nothing."""
    for name in ("signal", "evidence"):
        op.add_column("attempt", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.create_table(
        "sign_in",
        _column("id", sa.Integer()),
        *(_column(name, sa.String()) for name in ("address", "mac", "person", "how", "by")),
        _column("starts", UtcTime()),
        _column("ends", UtcTime()),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in"),
    )
    op.create_index("ix_sign_in_ends", "sign_in", ["ends"])
    op.create_table(
        "signal_ruling",
        _column("client", sa.String()),
        _column("state", sa.String()),
        _column("at", UtcTime()),
        _column("until", UtcTime(), null=True),
        _column("by", sa.String()),
        _column("note", sa.Text()),
        sa.PrimaryKeyConstraint("client", name="pk_signal_ruling"),
    )


def downgrade() -> None:
    """Take them away again; what they held is lost."""
    op.drop_table("signal_ruling")
    op.drop_table("sign_in")
    with op.batch_alter_table("attempt") as table:
        table.drop_column("evidence")
        table.drop_column("signal")
