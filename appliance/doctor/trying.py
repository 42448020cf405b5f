"""A whole self-test: the gate itself, then each network, each name, over real sockets."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from appliance.doctor import advice, comparing, names
from appliance.doctor.comparing import Case
from appliance.doctor.ground import Asker, Ground, asker, query
from appliance.doctor.itself import itself
from appliance.doctor.names import Must, Name
from appliance.doctor.result import Result
from appliance.doctor.wire import Said, look_up, visit
from appliance.policy.engine import decide
from appliance.policy.model import Action
from appliance.policy.plan import DnsPlan, Plan, plan
from appliance.policy.subjects import Network
from appliance.status.checks import Level

Look = Callable[[], Ground]
_AGAIN: Final = 0.6  # seconds: the bell may have gone between question and answer
_RETRIES: Final = 6  # in one self-test: a bell is one moment, a fault stays
_FINE: Final = frozenset({Level.GOOD, Level.NOTE})


def every(look: Look) -> Iterator[Result]:
    """Try everything. look: gives what holds at the moment, and is asked before each name."""
    ground = look()
    found = list(itself(ground))
    yield from found
    if any(one.about == "DNS" and one.level is Level.RED for one in found):
        return  # no network would be answered, and each would wait for it
    yield from _untried_roles(ground)
    if not ground.snapshot.contents.networks:
        yield Result(
            about="Networks", level=Level.RED, todo=advice.NETWORKS,
            words="No network of the school is named: nobody is served.",
        )  # fmt: skip
    knows = not any(one.about == "Resolver behind the gate" and one.level not in _FINE
                    for one in found)  # fmt: skip
    retries = iter(range(_RETRIES))
    for network in ground.snapshot.contents.networks:
        yield from _network(network, look, retries, knows=knows)


def _network(
    network: Network, look: Look, retries: Iterator[int], *, knows: bool
) -> Iterator[Result]:
    ground = look()
    who = asker(network, ground)
    if who is None:
        yield _untried(network, ground)
        return
    opens = 0
    for name in names.of(network.role, ground.snapshot, ground.samples):
        if name.must is Must.OPEN:
            opens += 1
            if opens > 1 and not knows:  # each would wait for a resolver that does not answer
                continue
        found = _try(who, name, look())
        if found.level not in _FINE and next(retries, None) is not None:
            time.sleep(_AGAIN)
            found = _try(asker(network, now := look()) or who, name, now)
        yield found
        if found.found == Said.STRANGER:
            return  # so is every other name


def _try(who: Asker, name: Name, ground: Ground) -> Result:
    """Try one name as one network's client."""
    asked = query(who, name.host, ground)
    verdict = decide(asked, ground.snapshot)
    planned = plan(replace(asked, url=None), ground.snapshot)
    looked = look_up(who, name.host, ground)
    second = None
    if planned.dns is not DnsPlan.PASS or planned.alias:
        second = look_up(who, name.host, ground, "AAAA")
    case = Case(name, asked.client.role, planned, verdict, looked, second)
    found = comparing.by_name(case, ground)
    if found.level in _FINE and _crosses(name, planned):
        outcome = visit(who, name.host, ground)
        if outcome is not None:
            found = comparing.by_proxy(found, case, outcome)
    return replace(
        found, network=who.network.name, role=asked.client.role, period=verdict.period,
        period_kind=str(verdict.period_kind),
    )  # fmt: skip


def _crosses(name: Name, planned: Plan) -> bool:
    """Whether the proxy has to be asked too: all that is closed, and platforms that it watches."""
    if planned.verdict.action is Action.BLOCK:
        return True
    return name.must is Must.AS_POLICY and planned.dns is DnsPlan.STEER


def _untried(network: Network, ground: Ground) -> Result:
    client = ground.snapshot.register.resolve(network.prefixes[0].partition("/")[0])
    moment = ground.snapshot.moment(ground.at, client, clock_trusted=ground.clock_trusted)
    return Result(
        about="From this network", level=Level.AMBER, network=network.name, role=network.role,
        period=moment.name, period_kind=str(moment.kind), todo=advice.STAND_IN,
        words="It cannot be tried: the gate has no key for stand-ins that this program may read, "
        "and this machine has no address on the network.",
    )  # fmt: skip


def _untried_roles(ground: Ground) -> Iterator[Result]:
    """Name the roles that no network gives: only a device or a person has them."""
    given = {network.role for network in ground.snapshot.contents.networks}
    for role in ground.snapshot.contents.roles:
        if role.id not in given:
            yield Result(
                about="Role", level=Level.NOTE, role=role.id, todo=advice.ROLE,
                words=f"{role.name}: no network gives this role, so it was not tried.",
            )  # fmt: skip
