"""Address to MAC: cached for a second, silent about what it does not know, never an error."""

from __future__ import annotations

import asyncio

import pytest

from appliance.identity import netlink
from appliance.identity.neighbours import KEPT, Neighbours

TABLE = {"192.0.2.7": "52:54:00:aa:bb:cc", "fe80::1": "52:54:00:00:00:01"}


class Counted:
    def __init__(self, error: Exception | None = None) -> None:
        self.calls = 0
        self.now = 100.0
        self.error = error

    def __call__(self) -> dict[str, str]:
        self.calls += 1
        if self.error:
            raise self.error
        return dict(TABLE)

    def monotonic(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("address", "mac"),
    [
        ("192.0.2.7", "52:54:00:aa:bb:cc"),
        ("::ffff:192.0.2.7", "52:54:00:aa:bb:cc"),
        ("fe80::1%eth0", "52:54:00:00:00:01"),
        ("fe80:0:0::1", "52:54:00:00:00:01"),
        ("192.0.2.8", None),
        ("not an address", None),
        ("", None),
    ],
)
def test_address_to_mac(address: str, mac: str | None) -> None:
    assert Neighbours(Counted()).mac_of(address) == mac


@pytest.mark.parametrize("address", ["127.0.10.5", "::1", "::ffff:127.0.0.1"])
def test_loopback_asks_nobody(address: str) -> None:
    dump = Counted()
    assert Neighbours(dump).mac_of(address) is None
    assert dump.calls == 0


def test_a_table_serves_for_a_second() -> None:
    dump = Counted()
    neighbours = Neighbours(dump, dump.monotonic)
    for _ in range(5):
        neighbours.mac_of("192.0.2.7")
    assert dump.calls == 1
    dump.now += KEPT
    neighbours.mac_of("192.0.2.7")
    assert dump.calls == 2


@pytest.mark.parametrize("error", [OSError("no netlink"), netlink.BadAnswerError("odd")])
def test_a_table_that_cannot_be_read_knows_nobody(error: Exception) -> None:
    dump = Counted()
    neighbours = Neighbours(dump, dump.monotonic)
    assert neighbours.mac_of("192.0.2.7")
    dump.error, dump.now = error, dump.now + KEPT
    assert neighbours.mac_of("192.0.2.7") is None


def test_it_works_inside_a_running_event_loop() -> None:
    """The proxy asks from its loop; there a synchronous pyroute2 call would raise."""

    async def ask() -> dict[str, str]:
        return netlink.neighbours()

    assert isinstance(asyncio.run(ask()), dict)
