"""A worker with an upstream behind it, for whoever asks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.appliance.dns.gate import FixedHolder, Gate, gate, school
from tests.appliance.dns.nanonameserver import ZONE, NanoNameServer, nanonameserver


@pytest.fixture
def nano() -> Iterator[NanoNameServer]:
    with nanonameserver() as server:
        server.zone = ZONE
        yield server


@pytest.fixture
def worker(nano: NanoNameServer) -> Iterator[Gate]:
    with gate(FixedHolder(school()), [nano.address]) as running:
        yield running
