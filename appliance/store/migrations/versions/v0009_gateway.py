"""Signals of circumvention in the log, what was said of them, and sign-ins on devices."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from appliance.store.base import UtcTime, Words

revision = "0009"
down_revision = "0008"


def _column(name: str, type_: Any, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, type_, nullable=null)


def upgrade() -> None:
    """Make the columns and tables. What was recorded before is a sign of nothing."""
    for name in ("signal", "evidence"):
        op.add_column("attempt", sa.Column(name, sa.String(), nullable=False, server_default=""))
    _sanctions()
    op.add_column(
        "network", sa.Column("mixed", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        "sign_in",
        _column("id", sa.Integer()),
        _column("addresses", Words()),
        *(_column(name, sa.String()) for name in ("mac", "person", "how", "by", "session")),
        _column("changed", sa.Integer()),
        _column("starts", UtcTime()),
        _column("ends", UtcTime()),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in"),
    )
    for name in ("ends", "changed", "session", "mac"):
        op.create_index(f"ix_sign_in_{name}", "sign_in", [name])
    op.create_table(
        "signal_ruling",
        _column("client", sa.String()),
        _column("state", sa.String()),
        _column("at", UtcTime()),
        _column("until", UtcTime(), null=True),
        _column("by", sa.String()),
        _column("note", sa.Text()),
        _column("kinds", Words()),
        sa.PrimaryKeyConstraint("client", name="pk_signal_ruling"),
    )
    around = sa.text("reason = 'circumvention'")
    op.create_index(
        "ix_attempt_circumvention", "attempt", ["at"], sqlite_where=around, postgresql_where=around
    )


def _sanctions() -> None:
    """Who lifted a sanction and why, what it came from; who ended a supervised session."""
    for name in ("source", "lifted_by", "lifted_reason"):
        op.add_column("sanction", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.add_column(
        "sanction", sa.Column("version", sa.Integer(), nullable=False, server_default="1")
    )
    op.add_column("sanction", _column("lifted_at", UtcTime(), null=True))
    for name in ("account", "ended_by"):
        column = sa.Column(name, sa.String(), nullable=False, server_default="")
        op.add_column("supervised_session", column)


def downgrade() -> None:
    """Take them away again; what they held is lost."""
    with op.batch_alter_table("supervised_session") as table:
        table.drop_column("ended_by")
        table.drop_column("account")
    with op.batch_alter_table("sanction") as table:
        for name in ("lifted_at", "version", "lifted_reason", "lifted_by", "source"):
            table.drop_column(name)
    op.drop_index("ix_attempt_circumvention", "attempt")
    op.drop_table("signal_ruling")
    op.drop_table("sign_in")
    with op.batch_alter_table("network") as table:
        table.drop_column("mixed")
    with op.batch_alter_table("attempt") as table:
        table.drop_column("evidence")
        table.drop_column("signal")
