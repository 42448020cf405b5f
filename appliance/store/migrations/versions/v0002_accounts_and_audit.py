"""Accounts, sessions, and the audit chain."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from appliance.store.base import UtcTime, Words

revision = "0002"
down_revision = "0001"

TABLES = ("account", "passkey", "web_session", "ticket", "sign_in_try", "audit_entry")


def upgrade() -> None:
    """Make the tables."""
    _account()
    _passkey()
    _web_session()
    _ticket()
    _sign_in_try()
    _audit_entry()
    _seal()


def downgrade() -> None:
    """Drop the tables."""
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_context().dialect.name != "sqlite":
        op.execute("DROP FUNCTION audit_entry_sealed()")


def _account() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("posts", Words(), nullable=False),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("password", sa.String(), nullable=True),
        sa.Column("totp", sa.LargeBinary(), nullable=True),
        sa.Column("totp_step", sa.Integer(), nullable=False),
        sa.Column("recovery", Words(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("emergency", sa.Boolean(), nullable=False),
        sa.Column("made", UtcTime(), nullable=False),
        sa.Column("seen", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("login", name="uq_account_login"),
    )


def _passkey() -> None:
    op.create_table(
        "passkey",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column(
            "account",
            sa.Integer(),
            sa.ForeignKey("account.id", name="fk_passkey_account", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("made", UtcTime(), nullable=False),
        sa.Column("seen", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_passkey"),
    )
    op.create_index("ix_passkey_account", "passkey", ["account"])


def _web_session() -> None:
    op.create_table(
        "web_session",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column(
            "account",
            sa.Integer(),
            sa.ForeignKey("account.id", name="fk_web_session_account", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("posts", Words(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("made", UtcTime(), nullable=False),
        sa.Column("seen", UtcTime(), nullable=False),
        sa.Column("ends", UtcTime(), nullable=False),
        sa.Column("proved", UtcTime(), nullable=True),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_web_session"),
    )
    op.create_index("ix_web_session_account", "web_session", ["account"])


def _ticket() -> None:
    op.create_table(
        "ticket",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column(
            "account",
            sa.Integer(),
            sa.ForeignKey("account.id", name="fk_ticket_account", ondelete="CASCADE"),
            nullable=True,
        ),
        sa.Column("made", UtcTime(), nullable=False),
        sa.Column("ends", UtcTime(), nullable=False),
        sa.Column("used", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_ticket"),
    )


def _sign_in_try() -> None:
    op.create_table(
        "sign_in_try",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("good", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_try"),
    )
    op.create_index("ix_sign_in_try_address_at", "sign_in_try", ["address", "at"])
    op.create_index("ix_sign_in_try_login_at", "sign_in_try", ["login", "at"])


def _audit_entry() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_entry"),
    )
    op.create_index("ix_audit_entry_actor", "audit_entry", ["actor"])
    op.create_index("ix_audit_entry_at", "audit_entry", ["at"])
    op.create_index("ix_audit_entry_subject", "audit_entry", ["subject"])


def _seal() -> None:
    """Entries are appended, never changed: the database itself refuses, whoever asks."""
    if op.get_context().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_entry_no_{what.lower()} BEFORE {what} ON audit_entry "
                "BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END"
            )
        # REPLACE deletes without asking a trigger, so it must not get as far as that.
        op.execute(
            "CREATE TRIGGER audit_entry_in_order BEFORE INSERT ON audit_entry "
            "WHEN NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM audit_entry) "
            "BEGIN SELECT RAISE(ABORT, 'audit entries follow one another'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION audit_entry_sealed() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit entries are never changed'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_entry_sealed BEFORE UPDATE OR DELETE ON audit_entry "
        "FOR EACH ROW EXECUTE FUNCTION audit_entry_sealed()"
    )
