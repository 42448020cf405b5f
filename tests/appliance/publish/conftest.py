"""A store with the default policy in force, and a place to publish it to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance import policy_file
from appliance.store import policies
from appliance.store.session import Store, open_store

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Give a store with the default template in force."""
    opened = open_store(tmp_path / "bellgate.db")
    with opened.session() as s:
        policies.set_policy(
            s, policy_file.template_text(policy_file.TEMPLATES[0]), "template", "tests", "", AT
        )
    yield opened
    opened.close()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Give the directory that is published into."""
    return tmp_path / "snapshot"
