"""A little door, on the little router."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from appliance.firewall.door import tried as trying
from tests.appliance.firewall.door.little_door import Little
from tests.appliance.firewall.little_router import LittleRouter


@pytest.fixture
def little(machines: LittleRouter, monkeypatch: pytest.MonkeyPatch) -> Iterator[Little]:
    monkeypatch.setattr(trying, "LATE", 0.3)
    made = Little(machines)
    yield made
    machines.on_router(made.nft.close)
