"""What is known of the internet by address and port: well-formed, and not in its own way."""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network

from appliance.firewall.facts import known
from appliance.firewall.intervals import collapsed
from appliance.policy_file import catalogue


def test_every_range_is_of_services_that_are_known_and_meets_no_other() -> None:
    services = {service.id: service for service in catalogue.services()}
    seen: list[tuple[str, object]] = []
    for one in known().ranges:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", one.id)
        assert one.services
        assert all(services[id_].domains for id_ in one.services)
        for text in one.prefixes:
            network = ip_network(text)  # raises where bits are set beyond the prefix
            assert network.is_global
            assert not [o for o, other in seen if o != one.id and network.overlaps(other)]  # type: ignore[arg-type]
            seen.append((one.id, network))


def test_resolvers_are_addresses_of_the_internet_and_of_no_range() -> None:
    ranges = [ip_network(text) for one in known().ranges for text in one.prefixes]
    for text in known().resolvers:
        network = ip_network(text)
        assert network.is_global
        assert not any(network.overlaps(o) for o in ranges if o.version == network.version)
    assert collapsed(known().resolvers, 4)
    assert collapsed(known().resolvers, 6)


def test_no_port_is_both_a_tunnels_and_spared_nor_one_that_the_web_needs() -> None:
    def every(spans: tuple[tuple[str, int, int], ...]) -> set[tuple[str, int]]:
        assert all(0 < a <= b < 65536 and b - a < 1000 for _, a, b in spans)
        return {(protocol, port) for protocol, a, b in spans for port in range(a, b + 1)}

    tunnels, spared = every(known().tunnels), every(known().spared)
    assert {protocol for protocol, _ in tunnels | spared} == {"tcp", "udp"}
    assert not tunnels & spared
    web = {(protocol, port) for protocol in ("tcp", "udp") for port in (53, 80, 443, 853)}
    assert not web & (tunnels | spared)


def test_what_is_local_is_no_part_of_the_internet() -> None:
    assert not any(ip_network(text).is_global for text in known().local)
    assert any(ip_address("192.168.1.1") in ip_network(text) for text in known().local)


def test_protocols_are_numbers_that_carry_no_web() -> None:
    assert not {1, 6, 17, 58} & set(known().protocols)
    assert all(0 < number < 256 for number in known().protocols)
