"""Tunnels inside look-ups are told of, ordinary names by the hundred are not; memory is bounded."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.dns.tunnels import AGAIN, DISTINCT, HALF, MOST, Tunnel, Tunnels, registrable
from appliance.dns.wire import host_of, name_to_wire

A, TXT, NULL, MX, HTTPS, PRIVATE = 1, 16, 10, 15, 65, 65399
Asked = tuple[float, bytes, int]


def wire(*labels: bytes) -> bytes:
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def looked(asked: Iterable[Asked], tunnels: Tunnels | None = None) -> list[tuple[float, Tunnel]]:
    tunnels = Tunnels() if tunnels is None else tunnels
    found = [
        (at, tunnels.look("laptop", host_of(name), name, type_, at)) for at, name, type_ in asked
    ]
    return [(at, tunnel) for at, tunnel in found if tunnel is not None]


def packed(seed: int, octets: int, alphabet: bytes) -> bytes:
    rng = random.Random(seed)
    return bytes(rng.choice(alphabet) for _ in range(octets))


BASE32, HEX = b"abcdefghijklmnopqrstuvwxyz012345", b"0123456789abcdef"
ANY = bytes(range(33, 255))


def cargo(count: int, octets: int, alphabet: bytes, type_: int, every: float) -> Iterator[Asked]:
    """Yield what a tunnel asks: names of so many octets, one each ``every`` seconds."""
    for n in range(count):
        data = packed(n, octets, alphabet)
        labels = [data[i : i + 60] for i in range(0, octets, 60)]
        yield n * every, wire(*labels, b"t", b"example", b"org"), type_


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        (cargo(75, 8, BASE32, NULL, 4.0), "NULL"),  # iodine at rest
        (cargo(75, 8, BASE32, PRIVATE, 4.0), "PRIVATE"),
        (cargo(300, 180, BASE32, A, 0.02), ""),  # iodine, falling back to ordinary types
        (cargo(300, 180, ANY, NULL, 0.02), "NULL"),  # base128: octets no host name has
        (cargo(300, 34, HEX, TXT, 1.0), "TXT"),  # dnscat2 at rest
        (cargo(120, 120, HEX, A, 1.0), ""),
    ],
    ids=["iodine-null", "iodine-private", "iodine-a", "iodine-base128", "dnscat2", "hex-a"],
)
def test_a_tunnel_is_told_of_within_minutes(asked: Iterable[Asked], kind: str) -> None:
    found = looked(asked)
    assert found
    at, tunnel = found[0]
    assert at < 2 * HALF
    assert tunnel.domain == "example.org"
    assert (kind in tunnel.evidence) if kind else ("of type" not in tunnel.evidence)
    assert "look-ups of random names below example.org" in tunnel.evidence


def ordinary(kind: str) -> Iterator[Asked]:
    """Yield ten minutes of names as programs of people ask for them."""
    rng = random.Random(kind)
    words = ["images", "static", "content", "delivery", "prod", "eu", "west", "api", "assets"]
    for n in range(600):
        if kind == "browsing":
            host = f"{'-'.join(rng.sample(words, 3))}.site{n % 90}.example"
        elif kind == "one site of many parts":
            host = f"{'-'.join(rng.choices(words, k=6))}-{n % 40}.cdn.example"
        elif kind == "advertisements":
            host = f"{rng.getrandbits(128):032x}.safeframe.googlesyndication.com"
        elif kind == "short random names":
            host = f"{rng.getrandbits(64):016x}.metrics.example"
        elif kind == "virus scanner":
            host = f"{rng.getrandbits(248):062x}.p.04.s.sophosxl.net"
        else:
            host = ".".join(str(rng.randrange(256)) for _ in range(4)) + ".in-addr.arpa"
        types = {"virus scanner": (TXT,), "reverse names": (12,)}.get(kind, (A, 28, HTTPS))
        yield n * 1.0, name_to_wire(host), rng.choice(types)


@pytest.mark.parametrize(
    "kind",
    ["browsing", "one site of many parts", "advertisements", "short random names",
     "virus scanner", "reverse names"],
)  # fmt: skip
def test_ordinary_names_are_no_tunnel(kind: str) -> None:
    assert looked(ordinary(kind)) == []


def test_a_tunnel_that_goes_on_is_told_of_again_only_after_a_while() -> None:
    asked = list(cargo(1200, 100, BASE32, TXT, 1.0))
    found = looked(asked)
    times = [at for at, _ in found]
    assert 3 <= len(times) <= 6
    assert all(b - a >= AGAIN for a, b in pairwise(times))
    told = sum(tunnel.count for _, tunnel in found)
    assert 0.7 * len(asked) <= told <= len(asked)


def test_the_same_name_again_and_again_carries_nothing() -> None:
    (_, name, _), *_ = cargo(1, 180, BASE32, A, 1)
    assert looked((n * 0.1, name, TXT) for n in range(1000)) == []


def test_case_makes_no_new_name() -> None:
    (_, name, _), *_ = cargo(1, 58, BASE32, A, 1)
    shaken = (bytes(c - 32 if 97 <= c <= 122 and n >> i % 9 & 1 else c
                    for i, c in enumerate(name)) for n in range(512))  # fmt: skip
    assert looked((n * 0.1, one, TXT) for n, one in enumerate(shaken)) == []


def test_a_tunnel_spread_over_hours_is_not_told_of() -> None:
    """The window ends: this is the honest limit of counting."""
    assert looked(cargo(200, 180, BASE32, A, 60.0)) == []


def test_clients_and_domains_are_counted_apart_and_memory_is_bounded() -> None:
    tunnels = Tunnels()
    for n in range(3 * MOST):
        name = wire(packed(n, 40, BASE32), b"d%d" % n, b"example")
        assert tunnels.look(f"client {n % 7}", host_of(name), name, A, n * 0.001) is None
    assert len(tunnels) == MOST
    half = next(iter(tunnels._counted.values())).now
    for n in range(3 * DISTINCT):
        looked([(1.0, wire(packed(n, 40, BASE32), b"q", b"example"), A)], tunnels)
    assert all(len(one.now.names) <= DISTINCT for one in tunnels._counted.values())
    assert len(half.names) <= DISTINCT


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("a.b.example.com", "example.com"), ("a.example.co.uk", "example.co.uk"),
        ("co.uk", "co.uk"), ("example.com", "example.com"), ("localhost", ""),
        ("192.0.2.1", ""), ("a.b.sch.uk", "b.sch.uk"),
    ],
)  # fmt: skip
def test_what_somebody_registered(host: str, domain: str) -> None:
    assert registrable(host) == domain


@given(
    st.lists(st.tuples(st.lists(st.binary(min_size=1, max_size=63), max_size=4),
                       st.integers(0, 65535)), max_size=200)
)  # fmt: skip
def test_any_names_are_borne(asked: list[tuple[list[bytes], int]]) -> None:
    tunnels = Tunnels()
    for n, (labels, type_) in enumerate(asked):
        name = wire(*labels)
        tunnels.look("laptop", host_of(name), name, type_, float(n))
