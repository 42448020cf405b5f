"""What Alembic runs around the steps: on a connection it was given, or printing SQL."""

from __future__ import annotations

from alembic import context

from appliance.store import session  # noqa: F401  # with it every table is known
from appliance.store.base import Base

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
