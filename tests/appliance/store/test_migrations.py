"""Migrations end at the tables that the program means, from every step, on both databases."""

from __future__ import annotations

import io
import sqlite3
from contextlib import redirect_stdout
from multiprocessing import get_context
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from appliance.store.base import Base
from appliance.store.migrating import HEAD, StoreError, config_for
from appliance.store.session import open_store

STEPS = [step.revision for step in ScriptDirectory.from_config(config_for(None)).walk_revisions()]


def differences(path: Path) -> list[object]:
    """Return how a database differs from the tables of the program."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, Base.metadata)
    engine.dispose()
    return list(found)


def test_an_empty_database_gets_exactly_the_tables_of_the_program(tmp_path: Path) -> None:
    open_store(tmp_path / "b.db").close()
    assert differences(tmp_path / "b.db") == []
    assert STEPS[0] == HEAD


def test_the_comparison_would_notice(tmp_path: Path) -> None:
    open_store(tmp_path / "b.db").close()
    with sqlite3.connect(tmp_path / "b.db") as connection:
        connection.execute("ALTER TABLE sanction DROP COLUMN clause")
        connection.execute("DROP INDEX ix_attempt_at")
    connection.close()
    assert len(differences(tmp_path / "b.db")) == 2


@pytest.mark.parametrize("step", STEPS)
def test_every_step_is_left_behind_and_undone(tmp_path: Path, step: str) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'b.db'}")
    with engine.connect() as connection, connection.begin():
        command.upgrade(config_for(connection), step)
    open_store(tmp_path / "b.db").close()
    assert differences(tmp_path / "b.db") == []
    with engine.connect() as connection, connection.begin():
        command.downgrade(config_for(connection), "base")
        left = connection.execute(text("SELECT name FROM sqlite_master WHERE type='table'"))
        assert {row[0] for row in left} <= {"alembic_version", "sqlite_sequence"}
    engine.dispose()


def test_the_steps_can_be_spoken_to_postgresql() -> None:
    config = config_for(None)
    config.attributes["dialect"] = "postgresql"
    said = io.StringIO()
    with redirect_stdout(said):
        config.output_buffer = said
        command.upgrade(config, "head", sql=True)
    assert "CREATE TABLE attempt" in said.getvalue()
    assert "TIMESTAMP WITH TIME ZONE" in said.getvalue()


def test_a_database_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    open_store(tmp_path / "b.db").close()
    with sqlite3.connect(tmp_path / "b.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StoreError, match="newer Bellgate"):
        open_store(tmp_path / "b.db")


def test_two_that_open_an_empty_database_at_once_both_succeed(tmp_path: Path) -> None:
    with get_context("spawn").Pool(3) as pool:
        pool.map(_open, [tmp_path / "b.db"] * 3)
    assert differences(tmp_path / "b.db") == []


def _open(path: Path) -> None:
    open_store(path).close()
