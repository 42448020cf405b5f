"""Where the appliance hands out addresses, kept with the settings: what fits its network only."""

from __future__ import annotations

from dataclasses import asdict
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any, Final

from sqlalchemy.orm import Session

from appliance.policy.address_plan import AddressPlan
from appliance.policy.subjects import Network
from appliance.store import checks, settings

KEY: Final = "address_plans"
MOST: Final = 65_536  # addresses of one plan
LONGEST: Final = 7 * 24 * 60  # minutes of a lease; shorter ones than two load every radio
SHORTEST: Final = 2


def list_(session: Session) -> tuple[AddressPlan, ...]:
    """Return the plans, by network."""
    return tuple(_plan(one) for one in settings.get(session, KEY, []))


def put(session: Session, plan: AddressPlan, network: Network, ours: tuple[str, ...]) -> None:
    """Put a plan in the place of the network's one before.

    ours: the appliance's own addresses, which are handed to nobody.

    Raises:
        ValueError: names the field that does not fit the network.
    """
    checked = _fitting(plan, network, ours)
    others = [one for one in list_(session) if one.network != network.id]
    _keep(session, [*others, checked])


def remove(session: Session, network: str) -> bool:
    """Hand out nothing on a network any more; False where nothing was."""
    before = list_(session)
    left = [one for one in before if one.network != network]
    _keep(session, left)
    return len(left) < len(before)


def _keep(session: Session, plans: list[AddressPlan]) -> None:
    kept = [asdict(one) | {"ipv6": list(one.ipv6)} for one in plans]
    settings.put(session, KEY, sorted(kept, key=lambda one: str(one["network"])))


def _plan(said: dict[str, Any]) -> AddressPlan:
    return AddressPlan(**{**said, "ipv6": tuple(said["ipv6"])})


def _fitting(plan: AddressPlan, network: Network, ours: tuple[str, ...]) -> AddressPlan:
    own = [ip_network(prefix) for prefix in network.prefixes]
    first = ip_address(checks.address("first", plan.first))
    last = ip_address(checks.address("last", plan.last))
    if first.version != 4 or last.version != 4:
        raise ValueError("first: DHCP hands out IPv4 addresses; IPv6 ones are made by the devices")
    inside = [p for p in own if isinstance(p, IPv4Network) and first in p and last in p]
    if not inside:
        raise ValueError(f"first: {first} and {last} are not both in a prefix of {network.name}")
    prefix = inside[0]
    if not prefix.network_address < first <= last < prefix.broadcast_address:
        raise ValueError(f"first: from {first} to {last} is no range of addresses for devices")
    if int(last) - int(first) >= MOST:
        raise ValueError(f"last: more than {MOST} addresses")
    if not SHORTEST <= plan.lease_minutes <= LONGEST:
        raise ValueError(f"lease: from {SHORTEST} to {LONGEST} minutes")
    router = checks.address("router", plan.router) if plan.router else ""
    if router and ip_address(router) not in prefix:
        raise ValueError(f"router: {router} is not in {prefix}")
    for taken in (*ours, *((router,) if router else ())):
        if ip_address(taken).version == 4 and first <= ip_address(taken) <= last:  # type: ignore[operator]
            raise ValueError(f"first: {taken} has its owner, and lies between {first} and {last}")
    six = [p for p in own if isinstance(p, IPv6Network)]
    for text in plan.ipv6:
        if ip_network(text) not in six or ip_network(text).prefixlen != 64:
            raise ValueError(f"ipv6: {text} is no prefix of 64 bits of {network.name}")
    return AddressPlan(
        network=network.id, prefix=str(prefix), first=str(first), last=str(last),
        lease_minutes=plan.lease_minutes, router=router, ipv6=plan.ipv6,
    )  # fmt: skip
