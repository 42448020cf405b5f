"""What Alembic runs around the steps: on a connection it was given, or printing SQL."""

from __future__ import annotations

from alembic import context

from appliance.store import attempt_tables, tables
from appliance.store.base import Base

# Every table is known by now.
assert tables.Setting.metadata is attempt_tables.AttemptRow.metadata is Base.metadata
connection = context.config.attributes.get("connection")

if connection is None:
    context.configure(
        dialect_name=context.config.attributes["dialect"],
        target_metadata=Base.metadata,
        literal_binds=True,
    )
else:
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
