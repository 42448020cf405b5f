"""A connection is judged once for each change, with real packets: not more often, never less."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from appliance.firewall.document import FAMILY, TABLE
from appliance.firewall.judged_once import FIRST, LAST, renewed
from appliance.firewall.learned import learn, overfull, steered
from tests.appliance.firewall.little_router import LittleRouter
from tests.appliance.firewall.test_reapplying import lives, opened
from tests.appliance.firewall.test_ruleset import FAMILIES, SOURCES, address, learned
from tests.e2e.waiting import until

pytestmark = pytest.mark.namespaces


def in_force(router: LittleRouter) -> int:
    """Return the number in force."""
    (said,) = [one["set"] for one in router.on_router(
        router.nft.listed, f"set {FAMILY} {TABLE} passing") if "set" in one]  # fmt: skip
    (number,) = said["elem"]
    return int(number)


def stamped(router: LittleRouter, open_: socket.socket) -> bool:
    """Whether the kernel lets a connection pass by the number in force."""
    port, number = open_.getsockname()[1], in_force(router)
    family = "ipv6" if open_.family == socket.AF_INET6 else "ipv4"
    listed = router.router.run("conntrack", "-L", "-f", family, "-p", "tcp").stdout
    (line,) = [line for line in listed.splitlines() if f"sport={port} " in line]
    return f"mark={number} " in line


def stamped_after_a_change(router: LittleRouter, open_: socket.socket, family: int) -> bool:
    """Change something that closes nothing; whether the connection passes by it already."""
    learned(router, "answered", "pupil", "other", family)
    return stamped(router, open_)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_change_has_each_connection_judged_once_more(router: LittleRouter, family: int) -> None:
    with opened(router, "pupil", "web", 443, family) as one:
        assert lives(one)
        assert stamped(router, one)
        # The last word's acknowledgement may still be on its way, and is judged like any packet.
        until(lambda: not stamped_after_a_change(router, one, family), "none is on its way", 30)
        assert lives(one)
        assert stamped(router, one)


@pytest.mark.parametrize("family", FAMILIES)
def test_without_a_new_number_a_judged_connection_outlives_what_closes_it(
    router: LittleRouter, family: int
) -> None:
    """What the new number is for: without it a cut comes too late, with it at once."""
    client = SOURCES["pupil"][1 + (family == 6)]
    cut = learn("cut", [(client, address("third", family))], 600)
    with opened(router, "pupil", "third", 443, family) as one:
        assert lives(one)
        router.apply(cut, renew=False)
        assert lives(one)
        router.apply(cut)
        assert not lives(one)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("what", ["steered", "overfull", "shut"])
def test_where_the_kernel_may_forget_what_opens_each_packet_is_judged(
    router: LittleRouter, what: str, family: int
) -> None:
    """An answer that is over closes by itself: nothing would draw a new number for it."""
    who = "shut" if what == "shut" else "pupil"
    learned(router, "answered", who, "other", family)
    with opened(router, who, "other", 8443, family) as one:
        if what == "steered":
            router.apply(steered([address("other", family)], 600))
        if what == "overfull":
            router.apply(overfull([SOURCES[who][1 + (family == 6)]], 600))
        assert lives(one)
        assert not stamped(router, one)


def test_whoever_begins_again_after_a_refusal_is_judged(router: LittleRouter) -> None:
    with opened(router, "pupil", "third", 443, 4) as one:
        assert lives(one)
        learned(router, "cut", "pupil", "third", 4)
        assert not lives(one)
    with opened(router, "pupil", "web", 443, 4) as other:
        assert lives(other)


@pytest.mark.parametrize("number", [FIRST, LAST])
def test_every_number_drawn_is_one_that_the_kernel_takes(router: LittleRouter, number: int) -> None:
    router.on_router(lambda: router.nft.apply(renewed(number), renew=False))
    assert in_force(router) == number


def test_a_number_says_neither_nothing_nor_refused() -> None:
    """0 is a connection without a mark, 1 one that was refused: neither may ever pass."""
    said: list[Any] = renewed(FIRST)
    assert FIRST > 1
    assert said[1]["add"]["element"]["elem"] == [FIRST]
