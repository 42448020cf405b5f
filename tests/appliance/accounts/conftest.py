"""A store on disk with one account in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.store import accounts
from appliance.store.session import Store, open_store

AT = datetime(2026, 11, 23, 10, 35, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Give a store with account 1, whose login is ``dsl``."""
    opened = open_store(tmp_path / "bellgate.db")
    with opened.session() as session:
        accounts.add(session, "dsl", "A. Lead", ["dsl"], at=AT, email="lead@hillside.example")
    yield opened
    opened.close()
