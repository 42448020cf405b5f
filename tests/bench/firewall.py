"""The firewall of a large school: to build, to apply, to change, to match.

``python -m tests.bench.firewall [DEVICES [SERVICES]]``, as root. Packets go through a router in
network namespaces: without a table, with one that only keeps track of connections (which NAT
needs), with ours, and with the same thing written as a peer writes it, one rule for each device
and prefix. Marks: of a connection that nothing steers at least 95 %
of plain forwarding (iperf3, rounds in turn, the best of each, so that what else the machine does
counts for little), and one device's change is one element.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar

from appliance.firewall.classes import placed
from appliance.firewall.judged import wanted
from appliance.firewall.ruleset import changes, removal, ruleset
from appliance.firewall.settings import Wanted
from tests import builders
from tests.appliance.firewall.little_router import PLACES, LittleRouter, built
from tests.appliance.firewall.little_school import GATEWAY
from tests.bench.firewall_school import PREFIXES, BigSchool, big_school, prefix
from tests.e2e.waiting import until

MARK, ROUNDS, SECONDS = 0.95, 9, 1
APART = 100
PEER = "peer_of_bellgate"
TRACKED = f"""add table inet {PEER}
add chain inet {PEER} onward {{ type filter hook forward priority 0; }}
add rule inet {PEER} onward ct state established accept
"""
_Result = TypeVar("_Result")


def main(devices: int = 1000, services: int = 50) -> int:
    """Measure, print, and return 0 where the marks are reached."""
    if os.geteuid() != 0 or not shutil.which("iperf3"):
        print("Left out: it needs root, network namespaces and iperf3.")
        return 0
    print(f"{devices} devices, {services} services of {PREFIXES} prefixes each\n", flush=True)
    with built() as router:
        # The worst first, so that what packets are held against is the usual school's.
        apart, _ = costs(router, f"{APART} devices with a grant each",
                         big_school(devices, services, apart=APART))  # fmt: skip
        alike, one = costs(router, "thirty classes", big_school(devices, services))
        reached = matched(router, one, devices, services)
    return 0 if reached and apart and alike else 1


def costs(router: LittleRouter, name: str, school: BigSchool) -> tuple[bool, Wanted]:
    """Print what it costs to build, apply and change; whether a device is one element."""
    held = school.snapshot, GATEWAY, school.known, builders.at()
    every, placing = cpu(lambda: placed(school.snapshot, school.neighbours))
    found, whole = cpu(lambda: wanted(*held, neighbours=school.neighbours))
    statements, building = cpu(lambda: ruleset(found))
    _, checking = wall(lambda: router.on_router(router.nft.check, statements))
    router.on_router(router.nft.apply, removal())
    _, first = wall(lambda: router.on_router(router.nft.apply, statements))
    _, again = wall(lambda: router.on_router(router.nft.apply, statements))
    # A device that comes as somebody who is known already.
    more = {**school.neighbours, "10.1.200.200": next(iter(school.neighbours.values()))}
    after = wanted(*held, neighbours=more)
    change, deciding = cpu(lambda: changes(found, after))
    _, changing = wall(lambda: router.on_router(router.nft.apply, change))
    size = len(json.dumps(statements))
    print(f"{name}: {len(every)} classes, {size / 1e6:.1f} MB of JSON")
    print(f"  build   place {placing:7.1f} ms, judge {whole - placing:7.1f} ms, "
          f"document {building:7.1f} ms of CPU")  # fmt: skip
    print(f"  apply   check {checking:7.1f} ms, first {first:7.1f} ms, again {again:9.1f} ms")
    elements = [len(next(iter(s.values()))["element"]["elem"]) for s in change]
    print(
        f"  change  {deciding:.1f} ms of CPU, {changing:.1f} ms: {sum(elements)} element\n",
        flush=True,
    )
    return elements == [1], found


def matched(router: LittleRouter, one: Wanted, devices: int, services: int) -> bool:
    """Print what goes through with no table, with ours, and with the peer's."""
    server = subprocess.Popen(
        router.internet.command("iperf3", "-s", "-B", PLACES["web"][0]), stdout=subprocess.DEVNULL
    )
    kinds = {"plain": "", "tracked": TRACKED, "bellgate": ruleset(one)}
    try:
        until(lambda: "5201" in router.internet.run("ss", "-ltn").stdout, "iperf3 listens", 30)
        ways = {"up": (), "down": ("-R",), "small packets": ("-u", "-b", "0", "-l", "64")}
        rates: dict[tuple[str, str], list[float]] = {}
        for _ in range(ROUNDS):
            for kind, document in kinds.items():
                clear(router)
                put(router, document)
                for way, options in ways.items():
                    rates.setdefault((way, kind), []).append(rate(router, *options))
        clear(router)
        _, building = wall(lambda: peers(router, devices, services))
        for way, options in ways.items():
            rates[way, "peer"] = [rate(router, *options)]
        clear(router)
    finally:
        server.kill()
        server.wait()
    return told(rates, building, devices * services)


def told(rates: dict[tuple[str, str], list[float]], building: float, rules: int) -> bool:
    """Print the rates; whether those of a connection reach the mark."""
    print(f"{'through the router':20} {'plain':>14} {'tracked':>14} {'bellgate':>14} {'share':>7} "
          f"{'one rule each':>14}")  # fmt: skip
    shares = []
    for way in dict.fromkeys(way for way, _ in rates):
        kinds = ("plain", "tracked", "bellgate", "peer")
        best = {kind: max(rates[way, kind]) for kind in kinds}
        unit, scale = ("kpps", 1e3) if way == "small packets" else ("Gbit/s", 1e9)
        columns = [f"{best[kind] / scale:7.2f} {unit:6}" for kind in kinds]
        share = best["bellgate"] / best["plain"]
        print(f"{way:20} {' '.join(columns[:3])} {share:7.1%} {columns[3]}")
        if way != "small packets":
            shares.append(share)
    print(f"\nOne rule for each device and service: {rules} rules, {building:.0f} ms to apply")
    print(f"Mark: at least {MARK:.0%} of plain forwarding for a connection that nothing steers")
    return min(shares) >= MARK


def rate(router: LittleRouter, *options: str) -> float:
    """Return bits a second of a TCP connection, or packets a second that arrived by UDP."""
    done = router.machines["pupils"].run(
        "iperf3", "-c", PLACES["web"][0], "-B", "10.1.0.5", "-t", str(SECONDS), "-J", *options,
        timeout=60,
    )  # fmt: skip
    said: dict[str, Any] = json.loads(done.stdout)["end"]
    if "-u" not in options:
        return float(said["sum_received"]["bits_per_second"])
    total = said["sum"]
    return float((total["packets"] - total["lost_packets"]) / total["seconds"])


def peers(router: LittleRouter, devices: int, services: int) -> None:
    """Apply the same as one rule for each device and service, in one table of its own."""
    lines = [
        f"add rule inet {PEER} onward ip saddr 10.1.{n // 250 + 1}.{n % 250 + 1} "
        f"ip daddr {prefix(service, 0)} drop"
        for n in range(devices)
        for service in range(services)
    ]
    text = "\n".join([
        f"add table inet {PEER}",
        f"add chain inet {PEER} onward {{ type filter hook forward priority 0; }}", *lines, "",
    ])  # fmt: skip
    done = router.router.run("nft", "-f", "-", input=text, timeout=300)
    assert done.returncode == 0, done.stderr


def put(router: LittleRouter, document: Any) -> None:
    """Apply statements of ours, or text for the ``nft`` command."""
    if isinstance(document, str):
        done = router.router.run("nft", "-f", "-", input=document)
        assert done.returncode == 0, done.stderr
    else:
        router.on_router(router.nft.apply, document)


def clear(router: LittleRouter) -> None:
    """Take every table away."""
    router.router.run("nft", "flush", "ruleset", timeout=120)


def cpu(work: Callable[[], _Result]) -> tuple[_Result, float]:
    """Return a result and the milliseconds of CPU that it took."""
    began = time.process_time()
    return work(), (time.process_time() - began) * 1000


def wall(work: Callable[[], _Result]) -> tuple[_Result, float]:
    """Return a result and the milliseconds until it was there."""
    began = time.perf_counter()
    return work(), (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
