"""A new ruleset over the old one: what it ends, and what it leaves alone. Real packets."""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import Any, Final

import pytest

from appliance.firewall.counting import rules
from appliance.firewall.document import FAMILY, TABLE, flush, rule
from appliance.firewall.filled import filled
from appliance.firewall.learned import steered, tries
from appliance.firewall.nft import Nft, NftError
from appliance.firewall.ruleset import changes, removal, ruleset
from appliance.firewall.settings import Placed, Wanted
from tests.appliance.firewall.little_router import LittleRouter
from tests.appliance.firewall.little_school import (
    EVERY,
    HELD,
    PUPILS,
    SHUT,
    STAFF,
    WANTED,
    wanted,
)
from tests.appliance.firewall.test_ruleset import FAMILIES, SOURCES, address, learned, tried
from tests.e2e.waiting import until

pytestmark = pytest.mark.namespaces


def opened(router: LittleRouter, who: str, place: str, port: int, family: int) -> socket.socket:
    """Return an open connection."""
    machine, *sources = SOURCES[who]
    return router.connected(machine, sources[family == 6], address(place, family), port)


def lives(connection: socket.socket) -> bool:
    """Whether a word still goes each way; waits for as long as it takes to know."""
    connection.settimeout(20)
    try:
        connection.sendall(b"again")
        return bool(connection.recv(100))
    except (ConnectionResetError, BrokenPipeError):
        return False


def elements(router: LittleRouter, set_: str, kind: str = "set") -> Any:
    """Return what a set of the kernel holds, without the times."""
    (said,) = [one[kind] for one in router.on_router(
        router.nft.listed, f"{kind} {FAMILY} {TABLE} {set_}") if kind in one]  # fmt: skip
    return [one.get("elem", {}).get("val", one) if isinstance(one, dict) else one
            for one in said.get("elem", [])]  # fmt: skip


@pytest.mark.parametrize("family", FAMILIES)
def test_reapplying_leaves_connections_and_what_was_learned(
    router: LittleRouter, family: int
) -> None:
    learned(router, "answered", "held", "other", family)
    learned(router, "cut", "pupil", "third", family)
    router.apply(steered([address("steered", family)], 600))
    tried(router, "pupil", "web", "udp", 51820, family)
    before = {(one.reason, one.port) for one in router.on_router(tries, router.nft)}
    names = [f"answered{family}", f"cut{family}", f"steered{family}"]
    held = {name: elements(router, name) for name in names}
    ways = (("staff", "web", 443), ("held", "other", 80), ("pupil", "steered", 443))
    open_ = [opened(router, *way, family) for way in ways]
    for _ in range(3):
        router.apply(ruleset(WANTED))
    assert all(map(lives, open_))
    assert {name: elements(router, name) for name in names} == held
    assert all(held.values())
    after = {(one.reason, one.port) for one in router.on_router(tries, router.nft)}
    assert after >= before >= {("tunnel", 51820)}
    for one in open_:
        one.close()


@pytest.mark.parametrize("family", FAMILIES)
def test_a_bell_ends_what_it_makes_wrong_and_nothing_else(
    router: LittleRouter, family: int
) -> None:
    """At both ends at once: the server is told too."""
    with (
        opened(router, "staff", "ranged", 443, family) as closing,
        opened(router, "staff", "web", 443, family) as own,
        opened(router, "pupil", "web", 443, family) as other,
    ):
        server = router.answering.taken[-3]
        rung = wanted(closed=(("fb", frozenset({PUPILS, SHUT, STAFF})),))
        statements = changes(WANTED, rung)
        assert len(statements) == 1  # one element of one set
        router.apply(statements)
        assert not lives(closing)
        assert lives(own)
        assert lives(other)
        until(lambda: server.fileno() == -1 or not _sends(server), "the server was told", 30)
    assert tried(router, "staff", "ranged", "tcp", 443, family) == "https"
    assert "closed" not in {one.reason for one in router.on_router(tries, router.nft)}
    router.apply(changes(rung, WANTED))
    assert tried(router, "staff", "ranged", "tcp", 443, family) == "internet"


def _sends(server: socket.socket) -> bool:
    try:
        server.send(b"more")
    except OSError:
        return False
    return True


@pytest.mark.parametrize("family", FAMILIES)
def test_a_sanction_ends_open_connections_of_one_device(router: LittleRouter, family: int) -> None:
    source = SOURCES["pupil"][1 + (family == 6)]
    with (
        opened(router, "pupil", "web", 443, family) as one,
        opened(router, "held", "nearby", 80, family) as other,
        router.machines["pupils"].socket(
            socket.AF_INET6 if family == 6 else socket.AF_INET, socket.SOCK_DGRAM
        ) as stream,
    ):
        stream.settimeout(20)
        stream.bind((source, 0))
        stream.connect((address("web", family), 9999))
        stream.send(b"hello")
        assert stream.recv(100)
        every = (*EVERY[:2], replace(EVERY[2], addresses=(*EVERY[2].addresses, source)), EVERY[3])
        statements = changes(WANTED, replace(WANTED, every=every))
        assert [len(one["add"]["element"]["elem"]) for one in statements] == [1]
        router.apply(statements)
        assert not lives(one)
        stream.send(b"more")
        with pytest.raises(ConnectionRefusedError):
            stream.recv(100)
        assert lives(other)
    learned(router, "answered", "pupil", "other", family)
    assert tried(router, "pupil", "other", "tcp", 443, family) == "https"
    router.apply(ruleset(WANTED))
    assert tried(router, "pupil", "web", "tcp", 443, family) == "internet"


@pytest.mark.parametrize("family", FAMILIES)
def test_an_open_connection_to_help_outlives_a_sanction(router: LittleRouter, family: int) -> None:
    """What was answered and stays open too: what is cut of it, the door says."""
    learned(router, "sanctuary", "pupil", "web", family)
    learned(router, "answered", "pupil", "third", family)
    shut = wanted(shut=frozenset({PUPILS, SHUT}))
    with (
        opened(router, "pupil", "web", 443, family) as help_,
        opened(router, "pupil", "third", 443, family) as open_,
        opened(router, "pupil", "other", 443, family) as unanswered,
    ):
        router.apply(changes(WANTED, shut))
        assert lives(help_)
        assert lives(open_)
        assert not lives(unanswered)
        learned(router, "cut", "pupil", "web", family)
        learned(router, "cut", "pupil", "third", family)
        assert lives(help_)
        assert not lives(open_)
    router.apply(ruleset(WANTED))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_live_destination_that_is_cut_is_reset(router: LittleRouter, family: int) -> None:
    with (
        opened(router, "pupil", "third", 443, family) as one,
        opened(router, "pupil", "web", 443, family) as other,
    ):
        learned(router, "cut", "pupil", "third", family)
        assert not lives(one)
        assert lives(other)


@pytest.mark.parametrize(
    "bad",
    [[rule("onward", {"accept": None}), rule("nowhere", {"accept": None})],
     [flush("chain", "onward"), {"add": {"element": {"family": "inet", "table": "bellgate",
                                                     "name": "closed_fb", "elem": ["x"]}}}],
     [*removal(), {"nonsense": {}}]],
    ids=["no such chain", "no mark", "no statement"],
)  # fmt: skip
@pytest.mark.parametrize("library", ["libnftables.so.1", None])
def test_a_bad_document_leaves_the_old_ruleset(
    router: LittleRouter, bad: Any, library: str | None
) -> None:
    """Fails to the last good one: all of a document or nothing."""
    nft = router.on_router(lambda: Nft(library=library))
    assert nft.by_library is (library is not None)
    count = router.on_router(rules)
    for refused in (nft.check, nft.apply):
        with pytest.raises(NftError):
            router.on_router(refused, bad)
        assert router.on_router(rules) == count
    assert tried(router, "pupil", "ranged", "tcp", 443, 4) == "https"
    assert tried(router, "stranger", "web", "tcp", 443, 4) == "refused"
    router.on_router(nft.close)


@pytest.mark.parametrize("library", ["libnftables.so.1", None])
def test_checking_changes_nothing_and_either_way_of_applying_is_met_again(
    router: LittleRouter, library: str | None
) -> None:
    """nft 1.0.6 says "File exists" of sets that rules fill, unless they are left out."""
    nft = router.on_router(lambda: Nft(library=library))
    router.on_router(nft.apply, removal())
    assert router.on_router(rules) == 0
    router.on_router(nft.check, ruleset(WANTED))
    assert router.on_router(rules) == 0
    for _ in range(2):
        router.on_router(nft.apply, ruleset(WANTED))
        fresh = router.on_router(lambda: Nft(library=library))
        router.on_router(fresh.apply, ruleset(WANTED))
        router.on_router(fresh.close)
    assert router.on_router(rules) > 50
    router.on_router(nft.apply, [])
    with pytest.raises(NftError):
        router.on_router(nft.listed, f"set {FAMILY} {TABLE} nothing")
    router.on_router(nft.close)


OTHERS: Final = (
    WANTED,
    wanted(closed=(("fb", frozenset({STAFF})),), shut=frozenset(), watched=frozenset({1, 2, 3, 9})),
    wanted(gateway={"manage": ("10.2.0.0/24", "fd00:2::/64"), "uplink": "eth9"}),
    replace(WANTED, every=EVERY[:2], school=("10.1.0.0/16",)),
    replace(WANTED, every=(Placed(7, EVERY[0].client, ("10.0.0.0/8",), ("10.1.0.9", "fd00::1")),
                           *EVERY[:2], replace(EVERY[3], number=HELD + 7))),
)  # fmt: skip


@pytest.mark.parametrize("after", range(len(OTHERS)))
def test_changes_lead_where_the_whole_ruleset_leads(router: LittleRouter, after: int) -> None:
    for before, one in enumerate(OTHERS):
        router.apply(ruleset(one))
        router.apply(changes(one, OTHERS[after]))
        said = _everything(router, OTHERS[after])
        router.apply(ruleset(OTHERS[after]))
        assert said == _everything(router, OTHERS[after]), before
    assert changes(OTHERS[after], OTHERS[after]) == []


def _everything(router: LittleRouter, one: Wanted) -> dict[str, Any]:
    kinds = {"device": "map", "network": "map", "ranges": "map"}
    found = {name: elements(router, name, kinds.get(name[:-1], "set")) for name in filled(one)}
    return {name: sorted(map(repr, held)) for name, held in found.items()}
