"""Bringing a database to the tables of this program, by Alembic, step by step."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, Engine, inspect, text

if TYPE_CHECKING:
    from alembic.config import Config

HEAD: Final = "0009"  # the newest step in migrations/versions; a test compares
MIGRATIONS: Final = Path(__file__).with_name("migrations")


class StoreError(ValueError):
    """The database is not one that this program can use."""


def migrate(engine: Engine, to: str = HEAD) -> None:
    """Bring a database to a step, all steps in one transaction.

    Raises:
        StoreError: a newer program wrote it.
    """
    with engine.connect() as connection:
        if _step(connection) == to:
            return
        connection.rollback()
        from alembic import command, script
        from alembic.util import CommandError

        with connection.begin():  # the write lock: two that start together go one by one
            step = _step(connection)
            config = config_for(connection)
            try:
                script.ScriptDirectory.from_config(config).get_revision(step or "base")
            except CommandError as error:
                raise StoreError(
                    f"the database is of a newer Bellgate (step {step}); this one knows {HEAD}"
                ) from error
            command.upgrade(config, to)


def config_for(connection: Connection | None) -> Config:
    """Return Alembic's configuration, without any file of its own."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _step(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
