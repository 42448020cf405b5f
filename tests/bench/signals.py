"""How often signs are right: ``python -m tests.bench.signals [--write]`` prints the rates.

Weeks of generated traffic (``signals_traffic``) go through what ships: the engine with the
reference policy, the DNS face's counting of tunnels, the firewall's facts of ports and
addresses, and the weights. ``--write`` puts the table where the help page reads it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from random import Random
from typing import Any, Final

from appliance.circumvention.signals import Signal, classified
from appliance.circumvention.weigh import Event, Level, assess
from appliance.circumvention.weights import shipped
from appliance.dns.signs import CANARIES
from appliance.dns.tunnels import Tunnels
from appliance.dns.wire import name_to_wire
from appliance.firewall.facts import known
from appliance.policy.engine import decide
from appliance.policy.names import within
from appliance.policy.situation import Query
from tests.appliance.templates.test_templates import client, snapshot
from tests.bench.signals_traffic import BYPASSES, ORDINARY, Packet, Seen, Sign, Traffic

WEEKS: Final = 20  # of one device each, for each kind of traffic
MONDAY: Final = datetime(2026, 11, 23, 8, 50, tzinfo=UTC)
DAYS: Final = 5
EVENING: Final = timedelta(hours=8)
TABLE: Final = Path(__file__).resolve().parents[2] / "admin_ui" / "help" / "signal_rates.json"
LEVELS: Final = (Level.NONE, Level.LOOK, Level.LIKELY)


@cache
def category_of(host: str) -> str:
    """Return the category that the reference policy refuses a pupil a name for; empty: none."""
    snap = snapshot("duffield-meadows")
    verdict = decide(Query(client("pupil", snap), host, MONDAY), snap)
    return (verdict.category or "web_proxy") if verdict.reason == "circumvention" else ""


@cache
def resolvers() -> tuple[IPv4Network | IPv6Network, ...]:
    """Return the public resolvers that the firewall knows."""
    return tuple(ip_network(prefix) for prefix in known().resolvers)


def events(seen: Iterable[Seen], start: datetime) -> Iterator[Event]:
    """Yield the signs that the faces make of a day, as they would stand in the log."""
    tunnels, told = Tunnels(), dict[tuple[str, str], float]()
    for one in sorted(seen, key=lambda s: s.at):
        signal, target = _sign(one, tunnels)
        last = told.get((str(signal), target))
        if signal is None or (last is not None and one.at - last < 1):
            continue  # the firewall and the log fold what comes within a minute
        told[str(signal), target] = one.at
        at = start + timedelta(minutes=one.at)
        yield Event(signal, at, at, 1, target)


def _sign(one: Seen, tunnels: Tunnels) -> tuple[Signal | None, str]:
    if isinstance(one, Sign):
        return Signal(one.id), one.host
    if isinstance(one, Packet):
        return _of_packet(one), one.named or one.address
    if any(within(one.host, canary) for canary in CANARIES):
        return Signal.CANARY_NAME, one.host
    front, _, rest = one.host.partition(".")
    if category := category_of(
        rest if len(front) >= 16 else one.host
    ):  # no list names a random one
        return classified("", "circumvention", category), one.host
    name = name_to_wire(one.host)
    tunnel = tunnels.look("device", one.host, name, one.type, one.at * 60)
    return (Signal.DNS_TUNNEL, tunnel.domain) if tunnel else (None, "")


def _of_packet(one: Packet) -> Signal | None:
    facts = known()
    address = ip_address(one.address)
    if any(address in prefix for prefix in resolvers()):
        return {53: Signal.DNS_ELSEWHERE, 853: Signal.DOT_PORT}.get(one.port, Signal.DOH_ADDRESS)
    if one.port in (53, 853):
        return Signal.DNS_ELSEWHERE if one.port == 53 else Signal.DOT_PORT
    if any(p == one.protocol and a <= one.port <= b for p, a, b in facts.tunnels):
        return Signal.VPN_PORT
    if one.named or any(p == one.protocol and a <= one.port <= b for p, a, b in facts.spared):
        return None
    return Signal.UNANSWERED


def levels(traffic: Traffic, seed: str, days: int) -> Level:
    """Return the highest level that a device reaches in a week, looked at every evening."""
    found: list[Event] = []
    highest = Level.NONE
    for day in range(days):
        start = MONDAY + timedelta(days=day)
        found += events(traffic(Random(f"{seed} {day}")), start)
        level = assess(found, start + EVENING, shipped()).level
        highest = max(highest, level, key=LEVELS.index)
    return highest


def rates(traffic: Traffic, name: str, days: int, weeks: int = WEEKS) -> list[int]:
    """Return how many in a hundred devices come to each level, in the order of ``LEVELS``."""
    reached = [levels(traffic, f"{name} {week}", days) for week in range(weeks)]
    return [round(100 * reached.count(level) / weeks) for level in LEVELS]


def table(weeks: int = WEEKS, say: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """Return all rates. Ordinary: in a week. Ways round: after one lesson, and in a week."""
    made: dict[str, Any] = {"weeks": weeks, "ordinary": [], "bypasses": []}
    for name, traffic in ORDINARY:
        made["ordinary"].append({"name": name, "week": rates(traffic, name, DAYS, weeks)})
        say(name)
    for name, traffic in BYPASSES:
        one, week = rates(traffic, name, 1, weeks), rates(traffic, name, DAYS, weeks)
        made["bypasses"].append({"name": name, "lesson": one, "week": week})
        say(name)
    return made


def written(made: dict[str, Any]) -> str:
    """Return the table as it stands in its file."""
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Print the table; with ``--write`` put it where the help page reads it."""
    made = table()
    print(f"Of 100 devices ({WEEKS} weeks each): nothing shown / worth a look / likely")
    print(f"{'ordinary traffic, in a week':44}")
    for row in made["ordinary"]:
        print(f"  {row['name']:42}{' / '.join(f'{n:3}' for n in row['week'])}")
    print(f"{'ways round':44}{'after one lesson':18}in a week of lessons")
    for row in made["bypasses"]:
        one, week = (" / ".join(f"{n:3}" for n in row[key]) for key in ("lesson", "week"))
        print(f"  {row['name']:42}{one:18}{week}")
    if "--write" in sys.argv:
        TABLE.write_text(written(made), encoding="utf-8")


if __name__ == "__main__":
    main()
