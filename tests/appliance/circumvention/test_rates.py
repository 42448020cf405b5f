"""The rates that the help page shows are those of what ships, and no ordinary traffic is likely."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.bench.signals import TABLE, table, written

UNSEEN = {"Another resolver entered by hand", "One site in a hosts file"}  # the page says why
AT_HOME = "Phones with a VPN app that nobody opens"


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    return dict(json.loads(TABLE.read_text(encoding="utf-8")))


def test_the_table_is_true_now(kept: dict[str, Any]) -> None:
    assert written(table(kept["weeks"])) == TABLE.read_text(encoding="utf-8"), (
        "what is seen or weighed has changed: python -m tests.bench.signals --write, then look"
    )


def test_no_ordinary_traffic_is_likely_and_little_is_worth_a_look(kept: dict[str, Any]) -> None:
    assert len(kept["ordinary"]) >= 10
    for row in kept["ordinary"]:
        _, look, likely = row["week"]
        assert likely == 0, row["name"]
        assert look <= 10 or row["name"] == AT_HOME, row["name"]


def test_a_way_round_that_goes_on_is_shown(kept: dict[str, Any]) -> None:
    for row in kept["bypasses"]:
        shown = row["week"][1] + row["week"][2]
        assert (shown == 0) if row["name"] in UNSEEN else (shown >= 90), row["name"]
