"""Each rule from both sides, with real packets: IPv4 and IPv6, TCP and UDP."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from typing import Any, Final

import pytest

from appliance.firewall.learned import Try, forget, learn, steered, tries
from tests.appliance.firewall.little_router import OURS, PLACES, LittleRouter
from tests.e2e.waiting import until

pytestmark = pytest.mark.namespaces

SOURCES: Final = {
    "pupil": ("pupils", "10.1.0.5", "fd00:1::5"),
    "held": ("pupils", "10.1.0.7", "fd00:1::7"),
    "shut": ("pupils", "10.1.0.9", "fd00:1::9"),
    "staff": ("staff", "10.2.0.5", "fd00:2::5"),
    "stranger": ("pupils", "10.77.0.5", "fd00:77::5"),
    "outsider": ("internet", "192.0.2.2", "2001:db8::2"),
}
FAMILIES: Final = (4, 6)


def address(place: str, family: int) -> str:
    """Return an address of the internet, or one of ours."""
    own = {"ours": OURS, "staff": {4: "10.2.0.5", 6: "fd00:2::5"}}
    return own[place][family] if place in own else PLACES[place][family == 6]


def tried(router: LittleRouter, who: str, to: str, protocol: str, port: int, family: int,
          **more: Any) -> str:  # fmt: skip
    """Return the first word of what became of a try."""
    machine, *sources = SOURCES[who]
    source = sources[family == 6]
    said = router.probe(machine, source, address(to, family), protocol, port, **more)
    return said.split()[0]


def learned(router: LittleRouter, what: str, who: str, place: str, family: int) -> None:
    """Tell the kernel something of a client and an address, as the door does."""
    pair = (SOURCES[who][1 + (family == 6)], address(place, family))
    router.apply(learn(what, [pair], 600))


# (who, where to, by what, port, what becomes of it)
CASES: Final = (
    # Names are answered by us, whoever is asked, whoever asks.
    ("pupil", "resolver", "udp", 53, "dns"), ("pupil", "resolver", "tcp", 53, "dns"),
    ("pupil", "other", "udp", 53, "dns"), ("staff", "other", "udp", 53, "dns"),
    ("shut", "web", "udp", 53, "dns"), ("pupil", "ours", "udp", 53, "dns"),
    ("pupil", "ours", "tcp", 53, "dns"),
    # Our own address: block page, portal, proxy, admin UI; nothing else.
    ("pupil", "ours", "tcp", 80, "http"), ("pupil", "ours", "tcp", 443, "https"),
    ("pupil", "ours", "tcp", 3129, "explicit"), ("staff", "ours", "tcp", 8000, "web"),
    ("shut", "ours", "tcp", 443, "https"),
    ("pupil", "ours", "tcp", 22, "refused"), ("staff", "ours", "tcp", 9999, "refused"),
    ("pupil", "ours", "udp", 9999, "refused"), ("pupil", "ours", "udp", 67, "refused"),
    # What is allowed goes out.
    ("pupil", "web", "tcp", 443, "internet"), ("pupil", "web", "udp", 443, "internet"),
    ("pupil", "web", "tcp", 9999, "internet"), ("staff", "web", "tcp", 80, "internet"),
    # A range is closed for those for whom all in it is blocked: the web by way of the block page.
    ("pupil", "ranged", "tcp", 80, "http"), ("pupil", "ranged", "tcp", 443, "https"),
    ("pupil", "ranged", "tcp", 5222, "refused"), ("pupil", "ranged", "udp", 443, "refused"),
    ("pupil", "ranged", "udp", 3478, "refused"),
    ("staff", "ranged", "tcp", 443, "internet"), ("staff", "ranged", "udp", 443, "internet"),
    ("staff", "ranged", "tcp", 5222, "internet"),
    # Other resolvers and tunnels, for those who may not go round the gate.
    ("pupil", "resolver", "tcp", 443, "refused"), ("pupil", "resolver", "udp", 443, "refused"),
    ("pupil", "web", "tcp", 853, "refused"), ("pupil", "web", "udp", 853, "refused"),
    ("pupil", "resolver", "tcp", 853, "refused"),
    ("pupil", "web", "udp", 51820, "refused"), ("pupil", "web", "udp", 500, "refused"),
    ("pupil", "web", "tcp", 22, "refused"), ("pupil", "web", "tcp", 1080, "refused"),
    ("staff", "resolver", "tcp", 443, "internet"), ("staff", "web", "tcp", 853, "internet"),
    ("staff", "web", "udp", 853, "internet"), ("staff", "web", "udp", 51820, "internet"),
    ("staff", "web", "tcp", 22, "internet"),
    # A sanction leaves nothing that nobody answered for, whatever the port; of the web the proxy
    # reads the name, at every address.
    ("shut", "resolver", "udp", 443, "refused"), ("shut", "web", "udp", 51820, "refused"),
    ("shut", "web", "tcp", 443, "https"), ("shut", "web", "tcp", 80, "http"),
    ("shut", "staff", "tcp", 80, "refused"),
    # No network of the school leads into another, no address that is none of the school's out.
    ("pupil", "staff", "tcp", 80, "refused"), ("pupil", "staff", "udp", 9999, "refused"),
    ("stranger", "web", "tcp", 443, "refused"), ("stranger", "web", "udp", 9999, "refused"),
    ("stranger", "resolver", "udp", 53, "refused"),
)  # fmt: skip


@pytest.mark.parametrize("family", FAMILIES)
def test_each_kind_of_packet_goes_where_it_should(router: LittleRouter, family: int) -> None:
    wrong = [
        (*case, said)
        for case in CASES
        if (said := tried(router, *case[:4], family)) != case[4]
    ]  # fmt: skip
    assert wrong == []


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_steered_comes_to_us_by_tcp_and_not_by_quic(
    router: LittleRouter, family: int
) -> None:
    assert tried(router, "staff", "steered", "tcp", 443, family) == "internet"
    router.apply(steered([address("steered", family)], 600))
    for who in ("pupil", "staff"):
        assert tried(router, who, "steered", "tcp", 443, family) == "https"
        assert tried(router, who, "steered", "tcp", 80, family) == "http"
        assert tried(router, who, "steered", "udp", 443, family) == "refused"
        assert tried(router, who, "steered", "tcp", 9999, family) == "internet"


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("by_mac", [False, True])
def test_what_is_cut_is_cut_for_one_client(router: LittleRouter, family: int, by_mac: bool) -> None:
    client = router.mac("pupils") if by_mac else SOURCES["pupil"][1 + (family == 6)]
    router.apply(learn("cut", [(client, address("third", family))], 600))
    assert tried(router, "pupil", "third", "tcp", 443, family) == "https"
    assert tried(router, "pupil", "third", "udp", 443, family) == "refused"
    assert tried(router, "pupil", "third", "tcp", 5222, family) == "refused"
    assert tried(router, "pupil", "web", "tcp", 443, family) == "internet"
    assert tried(router, "staff", "third", "tcp", 443, family) == "internet"
    router.apply(forget("cut", [(client, address("third", family))]))
    assert tried(router, "pupil", "third", "tcp", 443, family) == "internet"


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(
    ("who", "spared", "local", "led"),
    [("held", "internet", "internet", "internet"), ("shut", "refused", "http", "https")],
)
def test_only_what_was_answered_is_reached_by_those_held_to_it(
    router: LittleRouter, family: int, who: str, spared: str, local: str, led: str
) -> None:
    """The first packet waits for the answer that may be on its way; the next is told at once."""
    source = SOURCES[who][1 + (family == 6)]
    machine = router.machines["pupils"]
    with machine.socket(socket.AF_INET6 if family == 6 else socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(20)
        s.bind((source, 0))
        s.connect((address("third", family), 9999))
        s.send(b"first")
        until(lambda: len(_tried_by(router, source)) == 1, "the first packet was noted", 30)
        s.send(b"second")  # raises where the first was refused instead of dropped
        with pytest.raises(ConnectionRefusedError):
            s.recv(10)
    # By TCP the kernel sends again by itself, and is refused then.
    assert tried(router, who, "other", "tcp", 8443, family) == "refused"
    assert tried(router, who, "web", "udp", 3478, family, patience=2.0) in (spared, "silent")
    assert tried(router, who, "web", "udp", 3478, family) == spared
    assert tried(router, who, "nearby", "tcp", 80, family) == local
    learned(router, "answered", who, "other", family)
    assert tried(router, who, "other", "tcp", 443, family) == led
    assert tried(router, who, "other", "udp", 9999, family) == "internet"
    quic = tried(router, who, "other", "udp", 443, family)
    assert quic == ("refused" if who == "shut" else "internet")
    router.apply(learn("answered", [(router.mac("pupils"), address("third", family))], 600))
    assert tried(router, who, "third", "tcp", 443, family) == led
    assert tried(router, who, "third", "tcp", 8443, family) == "internet"


@pytest.mark.parametrize("family", FAMILIES)
def test_an_answer_in_time_makes_the_first_packet_pass(router: LittleRouter, family: int) -> None:
    """The kernel sends a SYN again after a second: by then DNS has told of its answer."""
    source = SOURCES["held"][1 + (family == 6)]
    found: list[str] = []
    trying = threading.Thread(
        target=lambda: found.append(tried(router, "held", "other", "tcp", 80, family))
    )
    trying.start()
    until(lambda: len(_tried_by(router, source)) == 1, "the first packet was noted", 30)
    learned(router, "answered", "held", "other", family)
    trying.join()
    assert found == ["internet"]


@pytest.mark.parametrize("family", FAMILIES)
def test_sanctuary_is_reached_whatever_is_closed_and_nothing_beside_it(
    router: LittleRouter, family: int
) -> None:
    """By way of the proxy, which tells it from another's site at its address; not by QUIC."""
    for place in ("web", "ranged"):
        for what in ("answered", "sanctuary"):
            learned(router, what, "shut", place, family)
    for _ in range(2):
        assert tried(router, "shut", "web", "tcp", 443, family) == "https"
        assert tried(router, "shut", "web", "tcp", 80, family) == "http"
        assert tried(router, "shut", "ranged", "tcp", 443, family) == "https"
        for protocol, port in (("udp", 443), ("tcp", 22), ("tcp", 8443), ("udp", 9999)):
            assert tried(router, "shut", "web", protocol, port, family) == "refused", port
            assert tried(router, "shut", "ranged", protocol, port, family) == "refused", port
        learned(router, "cut", "shut", "web", family)
    assert not [one for one in router.on_router(tries, router.nft)
                if one.address == address("web", family) and one.port == 443]  # fmt: skip


@pytest.mark.parametrize("family", FAMILIES)
def test_sanctuary_is_no_way_round_reading_what_is_steered(
    router: LittleRouter, family: int
) -> None:
    router.apply(steered([address("steered", family)], 600))
    for what in ("answered", "sanctuary"):
        learned(router, what, "pupil", "steered", family)
    assert tried(router, "pupil", "steered", "tcp", 443, family) == "https"
    assert tried(router, "pupil", "steered", "udp", 443, family) == "refused"


@pytest.mark.parametrize("family", FAMILIES)
def test_who_tried_what_is_noted_with_the_reason(router: LittleRouter, family: int) -> None:
    for port, protocol, place in ((443, "tcp", "resolver"), (853, "udp", "web"),
                                  (51820, "udp", "web"), (5222, "tcp", "ranged"),
                                  (9999, "tcp", "third"), (123, "udp", "third"),
                                  (9999, "tcp", "nearby")):  # fmt: skip
        tried(router, "pupil", place, protocol, port, family)
    tried(router, "pupil", "third", "udp", 53, family)
    source = SOURCES["pupil"][1 + (family == 6)]
    expected = {
        ("resolver", address("resolver", family), "tcp", 443),
        ("resolver", address("web", family), "udp", 853),
        ("tunnel", address("web", family), "udp", 51820),
        ("closed", address("ranged", family), "tcp", 5222),
        ("unanswered", address("third", family), "tcp", 9999),
        ("resolver", address("third", family), "udp", 53),  # answered by us, and a sign
    }
    found = {(one.reason, one.address, one.protocol, one.port) for one in _tried_by(router, source)}
    assert found == expected


@pytest.mark.parametrize("family", FAMILIES)
def test_a_tunnel_protocol_is_refused_and_noted(router: LittleRouter, family: int) -> None:
    """GRE has no port: number 47."""
    internet = router.machines["internet"]
    with subprocess.Popen(internet.command(sys.executable, "-c", _HEAR, str(family)), text=True,
                          stdout=subprocess.PIPE) as hearing:  # fmt: skip
        assert hearing.stdout
        assert hearing.stdout.readline() == "ready\n"
        for who in ("pupil", "staff"):
            machine, *sources = SOURCES[who]
            done = router.machines[machine].run(
                sys.executable, "-c", _SEND, sources[family == 6], address("web", family), who
            )
            assert done.returncode == 0, done.stderr
        assert hearing.communicate(timeout=30)[0] == "staff\n"
    source = SOURCES["pupil"][1 + (family == 6)]
    noted = [(o.reason, o.protocol, o.port) for o in _tried_by(router, source)]
    assert noted == [("protocol", "gre", 0)]


def _tried_by(router: LittleRouter, source: str) -> list[Try]:
    return [one for one in router.on_router(tries, router.nft) if one.client == source]


_SEND: Final = """
import socket, sys
source, to, said = sys.argv[1:]
family = socket.AF_INET6 if ":" in to else socket.AF_INET
with socket.socket(family, socket.SOCK_RAW, 47) as one:
    one.bind((source, 0))
    one.sendto(bytes(4) + said.encode(), (to, 0))
"""
_HEAR: Final = """
import socket, sys
family = socket.AF_INET6 if sys.argv[1] == "6" else socket.AF_INET
with socket.socket(family, socket.SOCK_RAW, 47) as one:
    print("ready", flush=True)
    said = ""
    while said != "staff":
        said = one.recv(200)[-5:].decode()
        print(said, flush=True)
"""
