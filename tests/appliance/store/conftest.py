"""A store of the little school's size, on disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.store.session import Store, open_store


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make one empty store with all its tables, to be copied: every step of the way costs."""
    path = tmp_path_factory.mktemp("store") / "bellgate.db"
    open_store(path).close()
    return path


@pytest.fixture
def store(tmp_path: Path, migrated: Path) -> Iterator[Store]:
    """Give an empty store."""
    shutil.copy(migrated, tmp_path / "bellgate.db")
    opened = open_store(tmp_path / "bellgate.db")
    yield opened
    opened.close()
