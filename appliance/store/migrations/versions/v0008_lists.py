"""Lists in chunks, subscriptions, look-alikes, and what the self-test found."""

from __future__ import annotations

import zlib
from array import array
from typing import Any

import sqlalchemy as sa
from alembic import op

from appliance.store.base import UtcTime, Words

revision = "0008"
down_revision = "0007"

CHUNK = 50_000  # names
LIST = "domain_list.id"
SUBSCRIPTION = "subscription.list_id"


def _column(name: str, type_: Any, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, type_, nullable=null)


def upgrade() -> None:
    """Make the tables; what lists held goes into chunks, whose lines nobody knows any more."""
    _chunks()
    if not op.get_context().as_sql:
        _fill()
    op.drop_table("domain_list_body")
    with op.batch_alter_table("domain_list") as table:
        for column in ("exceptions", "pages"):
            table.add_column(sa.Column(column, sa.Integer(), nullable=False, server_default="0"))
        table.add_column(
            sa.Column("hashed", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    _subscriptions()
    _fetches()
    _doctor()
    _look_alikes()


def downgrade() -> None:
    """Put the names back where they were; lines, marks and digests are lost."""
    op.create_table(
        "domain_list_body",
        _column("list_id", sa.String()),
        _column("keys", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("list_id", name="pk_domain_list_body"),
        sa.ForeignKeyConstraint(
            ["list_id"], [LIST], name="fk_domain_list_body_list_id", ondelete="CASCADE"
        ),
    )
    if not op.get_context().as_sql:
        _empty()
    for name in ("look_alike", "name_use", "doctor_result", "doctor_run", "filter_check",
                 "subscription_fetch", "subscription", "domain_list_secret",
                 "domain_list_chunk"):  # fmt: skip
        op.drop_table(name)
    with op.batch_alter_table("domain_list") as table:
        table.drop_column("hashed")
        table.drop_column("pages")
        table.drop_column("exceptions")


def _chunks() -> None:
    op.create_table(
        "domain_list_chunk",
        _column("list_id", sa.String()),
        _column("number", sa.Integer()),
        _column("keys", sa.LargeBinary()),
        _column("lines", sa.LargeBinary()),
        _column("marks", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("list_id", "number", name="pk_domain_list_chunk"),
        sa.ForeignKeyConstraint(
            ["list_id"], [LIST], name="fk_domain_list_chunk_list_id", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "domain_list_secret",
        _column("id", sa.Integer()),
        _column("secret", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name="pk_domain_list_secret"),
    )


def _fill() -> None:
    bind = op.get_bind()
    for (list_id,) in bind.execute(sa.text("SELECT list_id FROM domain_list_body")).all():
        body = sa.text("SELECT keys FROM domain_list_body WHERE list_id = :id")
        packed = bind.execute(body, {"id": list_id}).scalar_one()
        keys = zlib.decompress(packed).split(b"\n")
        for number, start in enumerate(range(0, len(keys), CHUNK)):
            some = keys[start : start + CHUNK]
            values = {
                "id": list_id, "number": number, "keys": zlib.compress(b"\n".join(some), 6),
                "lines": zlib.compress(array("I", bytes(4 * len(some))).tobytes(), 6),
                "marks": zlib.compress(b"b" * len(some), 6),
            }  # fmt: skip
            bind.execute(
                sa.text(
                    "INSERT INTO domain_list_chunk (list_id, number, keys, lines, marks)"
                    " VALUES (:id, :number, :keys, :lines, :marks)"
                ),
                values,
            )


def _empty() -> None:
    bind = op.get_bind()
    for (list_id,) in bind.execute(sa.text("SELECT id FROM domain_list")).all():
        chunks = sa.text("SELECT keys FROM domain_list_chunk WHERE list_id = :id ORDER BY number")
        keys = [zlib.decompress(row[0]) for row in bind.execute(chunks, {"id": list_id})]
        bind.execute(
            sa.text("INSERT INTO domain_list_body (list_id, keys) VALUES (:id, :keys)"),
            {"id": list_id, "keys": zlib.compress(b"\n".join(keys), 6)},
        )


def _subscriptions() -> None:
    op.create_table(
        "subscription",
        _column("list_id", sa.String()),
        _column("name", sa.String()),
        _column("address", sa.Text()),
        _column("format", sa.String()),
        _column("category", sa.String()),
        _column("licence", sa.String()),
        _column("attribution", sa.Text()),
        _column("every", sa.Integer()),
        _column("most_change", sa.Double()),
        _column("enabled", sa.Boolean()),
        _column("preset", sa.String()),
        _column("made", UtcTime()),
        _column("made_by", sa.String()),
        sa.PrimaryKeyConstraint("list_id", name="pk_subscription"),
    )


def _fetches() -> None:
    op.create_table(
        "subscription_fetch",
        _column("list_id", sa.String()),
        _column("state", sa.String()),
        _column("tried", UtcTime(), null=True),
        _column("succeeded", UtcTime(), null=True),
        _column("asked", UtcTime(), null=True),
        _column("etag", sa.String()),
        _column("modified", sa.String()),
        _column("done", sa.Integer()),
        _column("total", sa.Integer(), null=True),
        _column("entries", sa.Integer()),
        _column("refused", sa.Integer()),
        _column("trouble", sa.Text()),
        _column("first_refused", Words()),
        _column("digest", sa.String()),
        _column("accept", sa.String()),
        _column("failures", sa.Integer()),
        _column("due", UtcTime(), null=True),
        _column("come", sa.Integer()),
        _column("gone", sa.Integer()),
        _column("first_come", Words()),
        _column("first_gone", Words()),
        sa.PrimaryKeyConstraint("list_id", name="pk_subscription_fetch"),
        sa.ForeignKeyConstraint(
            ["list_id"], [SUBSCRIPTION], name="fk_subscription_fetch_list_id", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "filter_check",
        _column("id", sa.Integer()),
        _column("at", UtcTime()),
        _column("good", sa.Boolean()),
        _column("words", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_filter_check"),
    )
    op.create_index("ix_filter_check_at", "filter_check", ["at"])


def _doctor() -> None:
    op.create_table(
        "doctor_run",
        _column("id", sa.Integer()),
        _column("at", UtcTime()),
        _column("who", sa.String()),
        _column("version", sa.Integer()),
        _column("level", sa.String()),
        _column("tried", sa.Integer()),
        _column("failed", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_doctor_run"),
    )
    op.create_index("ix_doctor_run_at", "doctor_run", ["at"])
    words = ("role", "network", "period", "period_kind", "about", "host", "expected", "found")
    op.create_table(
        "doctor_result",
        _column("run_id", sa.Integer()),
        _column("number", sa.Integer()),
        *(_column(name, sa.String()) for name in (*words, "level")),
        _column("words", sa.Text()),
        _column("todo", sa.Text()),
        sa.PrimaryKeyConstraint("run_id", "number", name="pk_doctor_result"),
        sa.ForeignKeyConstraint(
            ["run_id"], ["doctor_run.id"], name="fk_doctor_result_run_id", ondelete="CASCADE"
        ),
    )
    index = "ix_doctor_result_role_period_kind_run_id"
    op.create_index(index, "doctor_result", ["role", "period_kind", "run_id"])


def _look_alikes() -> None:
    op.create_table(
        "name_use",
        _column("day", sa.Date()),
        _column("site", sa.String()),
        _column("clients", sa.Integer()),
        sa.PrimaryKeyConstraint("day", "site", name="pk_name_use"),
    )
    op.create_table(
        "look_alike",
        _column("site", sa.String()),
        _column("names", Words()),
        _column("first_seen", UtcTime()),
        _column("last_seen", UtcTime()),
        _column("clients", sa.Integer()),
        _column("score", sa.Integer()),
        _column("service", sa.String()),
        _column("reasons", Words()),
        _column("held", sa.Boolean()),
        _column("state", sa.String()),
        _column("category", sa.String()),
        _column("entries", Words()),
        _column("decided", UtcTime(), null=True),
        _column("decided_by", sa.String()),
        _column("note", sa.Text()),
        sa.PrimaryKeyConstraint("site", name="pk_look_alike"),
    )
