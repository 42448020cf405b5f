"""A whole self-test: the gate itself, then each network, each name, over real sockets."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from appliance.doctor import advice, comparing, names
from appliance.doctor.comparing import Case
from appliance.doctor.ground import Asker, Ground, asker, query
from appliance.doctor.itself import BEHIND, itself
from appliance.doctor.names import Must, Name
from appliance.doctor.result import Result
from appliance.doctor.wire import Said, look_up, visit
from appliance.policy.engine import decide
from appliance.policy.model import Action
from appliance.policy.plan import DnsPlan, Plan, plan
from appliance.policy.subjects import Network
from appliance.status.asking import Outcome
from appliance.status.checks import Level

Look = Callable[[], Ground]
_AGAIN: Final = 0.6  # seconds: the bell may have gone between question and answer
_RETRIES: Final = 6  # in one self-test: a bell is one moment, a fault stays
_FINE: Final = frozenset({Level.GOOD, Level.NOTE})


@dataclass(frozen=True, slots=True)
class State:
    """How the gate itself was found: each name would wait in vain for what is down.

    knows: the resolver behind it answers. proxied: the proxy does. retries: those left.
    """

    knows: bool
    proxied: bool
    retries: Iterator[int]


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
    state = State(
        knows=_well(found, BEHIND), retries=iter(range(_RETRIES)),
        proxied=not any(one.about == "Proxy" and one.level is Level.RED for one in found),
    )  # fmt: skip
    for network in ground.snapshot.contents.networks:
        yield from _network(network, look, state)


def _network(network: Network, look: Look, state: State) -> Iterator[Result]:
    ground = look()
    who = asker(network, ground)
    if who is None:
        yield _untried(network, ground)
        return
    opens = 0
    for name in names.of(network.role, ground.snapshot, ground.samples):
        if name.must is Must.OPEN:
            opens += 1
            if opens > 1 and not state.knows:  # each would wait for a resolver that does not answer
                continue
        found = _try(who, name, look(), state)
        if found.level not in _FINE and next(state.retries, None) is not None:
            time.sleep(_AGAIN)
            found = _try(asker(network, now := look()) or who, name, now, state)
        yield found
        if found.found in (Said.STRANGER, Said.SILENT):
            return  # so is every other name, and each would be waited for


def _try(who: Asker, name: Name, ground: Ground, state: State) -> Result:
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
    if found.level in _FINE and _crosses(name, planned, state):
        outcome = visit(who, name.host, ground) if state.proxied else Outcome.UNANSWERED
        if outcome is not None:
            found = comparing.by_proxy(found, case, outcome)
    return replace(
        found, network=who.network.name, role=asked.client.role, period=verdict.period,
        period_kind=str(verdict.period_kind),
    )  # fmt: skip


def _crosses(name: Name, planned: Plan, state: State) -> bool:
    """Whether the proxy has to be asked too: all that is closed, and platforms that it watches.

    What DNS refuses stays refused while the proxy is down.
    """
    if not state.proxied and planned.dns is DnsPlan.REFUSE:
        return False
    if planned.verdict.action is Action.BLOCK:
        return True
    return name.must is Must.AS_POLICY and planned.dns is DnsPlan.STEER


def _well(found: list[Result], about: str) -> bool:
    return all(one.level in _FINE for one in found if one.about == about)


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
