"""Neighbours as the kernel tells of them: each change at once, and closed when it cannot tell."""

from __future__ import annotations

import os
import shutil
import socket
import struct
import time
from collections.abc import Callable, Iterator

import pytest

from appliance.identity import netlink
from appliance.identity.watch import AGAIN, Watch
from tests.appliance.identity.test_netlink import message
from tests.e2e.netns import Namespace, cable

ONE, TWO = "00:00:5e:00:53:01", "00:00:5e:00:53:02"
ADDRESS = "192.0.2.7"


class Kernel:
    """Tells what a test says, over a real socket that loses what does not fit."""

    def __init__(self) -> None:
        self.table: netlink.Table = {}
        self.now = 100.0
        self.dumps = 0
        self.fails: Exception | None = None
        self.silent = False
        self._ends: list[socket.socket] = []

    def dump(self) -> netlink.Table:
        self.dumps += 1
        if self.fails:
            raise self.fails
        return dict(self.table)

    def subscribed(self) -> socket.socket:
        if self.silent:
            raise OSError("no netlink here")
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        theirs.setblocking(False)
        self._ends.append(mine)
        return theirs

    def tell(self, mac: str | None, interface: int = 1, *, gone: bool = False) -> None:
        body = message(0x02, bytes([192, 0, 2, 7]), mac and bytes.fromhex(mac.replace(":", "")),
                       29 if gone else 28)  # fmt: skip
        self._ends[-1].send(body[:20] + struct.pack("=i", interface) + body[24:])

    def garble(self) -> None:
        self._ends[-1].send(struct.pack("=IHHII", 9999, 28, 0, 1, 0))

    def monotonic(self) -> float:
        return self.now

    def close(self) -> None:
        for end in self._ends:
            end.close()


@pytest.fixture(autouse=True)
def from_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket pair has no sender's number where netlink has the kernel's."""

    class Named:
        def __init__(self, link: socket.socket) -> None:
            self._link = link

        def recvfrom(self, size: int) -> tuple[bytes, tuple[int, int]]:
            return self._link.recv(size), (0, 0)

    told = netlink.told

    def from_pair(link: socket.socket) -> list[netlink.Change] | None:
        return told(link if link.family == socket.AF_NETLINK else Named(link))  # type: ignore[arg-type]

    monkeypatch.setattr(netlink, "told", from_pair)


@pytest.fixture
def kernel() -> Iterator[Kernel]:
    made = Kernel()
    yield made
    made.close()


@pytest.fixture
def watch(kernel: Kernel) -> Iterator[Watch]:
    made = Watch(kernel.dump, kernel.subscribed, kernel.monotonic)
    yield made
    made.close()


def test_changes_are_known_as_they_are_told_and_cost_no_dump(kernel: Kernel, watch: Watch) -> None:
    kernel.table = {(1, ADDRESS): ONE}
    assert watch.mac_of(ADDRESS) == ONE
    assert watch.changed() == {ADDRESS}
    assert watch.changed() == frozenset()
    kernel.tell(TWO)
    assert watch.mac_of(f"::ffff:{ADDRESS}") == TWO
    assert watch.changed() == {ADDRESS}
    kernel.tell(TWO)
    assert watch.changed() == frozenset()
    kernel.tell(TWO, gone=True)
    assert watch.mac_of(ADDRESS) is None
    assert watch.table() == {}
    assert kernel.dumps == 1


def test_two_devices_at_one_address_are_nobody_until_one_goes(kernel: Kernel, watch: Watch) -> None:
    kernel.table = {(1, ADDRESS): ONE}
    assert watch.mac_of(ADDRESS) == ONE
    kernel.tell(TWO, interface=2)
    assert watch.mac_of(ADDRESS) is None
    kernel.tell(None, interface=2)
    assert watch.mac_of(ADDRESS) == ONE
    kernel.tell(ONE, interface=3)  # the same device on two cables is one
    assert watch.mac_of(ADDRESS) == ONE


def test_what_was_lost_is_read_anew_at_once(kernel: Kernel, watch: Watch) -> None:
    kernel.table = {(1, ADDRESS): ONE}
    assert watch.mac_of(ADDRESS) == ONE
    kernel.garble()
    kernel.tell(ONE)  # older than the table that is read now, and not to be put on top of it
    kernel.table = {(1, ADDRESS): TWO}
    assert watch.mac_of(ADDRESS) == TWO
    assert kernel.dumps == 2
    kernel.tell(ONE)
    assert watch.mac_of(ADDRESS) == ONE


def test_the_whole_table_is_read_now_and_then(kernel: Kernel, watch: Watch) -> None:
    assert watch.mac_of(ADDRESS) is None
    kernel.table = {(1, ADDRESS): ONE}
    assert watch.mac_of(ADDRESS) is None
    kernel.now += AGAIN
    assert watch.mac_of(ADDRESS) == ONE


def test_where_nothing_is_told_the_table_is_read_once_a_second(
    kernel: Kernel, watch: Watch
) -> None:
    kernel.silent, kernel.table = True, {(1, ADDRESS): ONE}
    assert watch.fileno() == -1
    assert [watch.mac_of(ADDRESS) for _ in range(3)] == [ONE] * 3
    assert kernel.dumps == 1
    kernel.table, kernel.now = {(1, ADDRESS): TWO}, kernel.now + 1.0
    assert watch.mac_of(ADDRESS) == TWO
    kernel.silent, kernel.now = False, kernel.now + 1.0
    assert watch.fileno() >= 0


@pytest.mark.parametrize("error", [OSError("no netlink"), netlink.BadAnswerError("odd")])
def test_a_table_that_cannot_be_read_knows_nobody(
    kernel: Kernel, watch: Watch, error: Exception
) -> None:
    kernel.table = {(1, ADDRESS): ONE}
    assert watch.mac_of(ADDRESS) == ONE
    kernel.fails = error
    kernel.garble()
    assert watch.mac_of(ADDRESS) is None
    assert watch.changed() == {ADDRESS}
    kernel.fails, kernel.now = None, kernel.now + 1.0
    assert watch.mac_of(ADDRESS) == ONE


@pytest.mark.parametrize("address", ["127.0.10.5", "::1", "", "not an address"])
def test_what_has_no_mac_asks_nobody(kernel: Kernel, watch: Watch, address: str) -> None:
    assert watch.mac_of(address) is None
    assert kernel.dumps == 0


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline, "it was never told"
        time.sleep(0.01)


EVERY = ("192.0.2.7", "fd00::7", "fd00::a1b2:c3d4:e5f6:789a")  # the last a privacy address


def listening(here: Namespace) -> socket.socket:
    link = here.socket(socket.AF_NETLINK, socket.SOCK_RAW)
    link.setblocking(False)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)  # a flood is more than fits
    link.bind((0, 4))
    return link


def dumped(here: Namespace) -> netlink.Table:
    with here.socket(socket.AF_NETLINK, socket.SOCK_RAW) as link:
        link.settimeout(5)
        link.bind((0, 0))
        link.send(netlink.request(1))
        found: netlink.Table = {}
        done = False
        while not done:
            changes, done = netlink.read(link.recv(1 << 16))
            netlink.applied(found, changes)
        return found


def seen(watch: Watch, there: Namespace, mac: str) -> bool:
    """Whether every address is known to be a device's, which says something from each."""
    for address in EVERY:
        there.ip("neigh", "flush", "dev", "eth0")  # so that it has to say who it is
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with there.socket(family, socket.SOCK_DGRAM) as sock:
            sock.bind((address, 0))
            sock.sendto(b"x", ("fd00::1" if ":" in address else "192.0.2.1", 9))
    return all(watch.mac_of(address) == mac for address in EVERY)


def flood(here: Namespace) -> None:
    """Make more changes at once than a queue of events holds."""
    lines = "".join(
        f"neigh replace 192.0.2.{n} lladdr 00:00:5e:00:54:{n:02x} dev lan nud reachable\n"
        for n in range(20, 250)
    )
    for _ in range(3):
        done = here.run("ip", "-batch", "-", input=lines)
        assert done.returncode == 0, done.stderr


@pytest.mark.namespaces
@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("ip") is None, reason="needs root and iproute2"
)
def test_the_real_kernel_tells_of_real_devices() -> None:
    """One with three addresses that changes its MAC and leaves, and then a flood of others."""
    here, there = Namespace("watch"), Namespace("watched")
    try:
        cable(here, "lan", there, "eth0")
        here.address("lan", "192.0.2.1/24", "fd00::1/64")
        there.ip("link", "set", "eth0", "address", ONE)
        there.address("eth0", "192.0.2.7/24", "fd00::7/64", f"{EVERY[2]}/64")
        watch = Watch(lambda: dumped(here), lambda: listening(here))
        assert not any(watch.mac_of(address) for address in EVERY)
        until(lambda: seen(watch, there, ONE))
        there.ip("link", "set", "eth0", "address", TWO)
        here.ip("neigh", "flush", "dev", "lan")
        until(lambda: seen(watch, there, TWO))
        assert set(EVERY) <= watch.changed()
        here.ip("neigh", "flush", "dev", "lan")
        assert not any(watch.mac_of(address) for address in EVERY)
        flood(here)
        assert watch.mac_of("192.0.2.249") == "00:00:5e:00:54:f9"
        assert len(watch.table()) >= 230
        watch.close()
    finally:
        here.remove()
        there.remove()
