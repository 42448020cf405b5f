"""The little router, one for a file of tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from appliance.firewall.ruleset import ruleset
from tests.appliance.firewall.little_router import LittleRouter, built
from tests.appliance.firewall.little_school import WANTED


@pytest.fixture(scope="module")
def machines() -> Iterator[LittleRouter]:
    """Routers, clients and an internet; no ruleset yet."""
    with built() as little:
        yield little


@pytest.fixture
def router(machines: LittleRouter) -> LittleRouter:
    """The router with the usual ruleset, and nothing learned."""
    machines.apply(ruleset(WANTED, afresh=True))
    return machines
