"""What DNS and TLS do with a host so that its verdict can be carried out.

Only what needs a closer look crosses the appliance. A host is steered when its verdict
depends on the URL, may change at the bell, or is a block that this client can be shown
a page for; everything else passes or is refused by name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from appliance.policy.engine import decide, judge
from appliance.policy.limits import limit_on
from appliance.policy.model import Action, Reason, TargetKind, Verdict
from appliance.policy.names import is_address, suffixes
from appliance.policy.precedence import concerns
from appliance.policy.safe_search import alias, varies
from appliance.policy.search_terms import read_for_terms
from appliance.policy.situation import Query, Situation, situate
from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import opens_for

LOOK_AHEAD: Final = timedelta(days=8)


class DnsPlan(StrEnum):
    """PASS: the upstream's answer. STEER: our own address. REFUSE: no such name."""

    PASS = "pass"
    STEER = "steer"
    REFUSE = "refuse"


class TlsPlan(StrEnum):
    """SPLICE: bytes unread. INSPECT: decrypted, each request decided. REFUSE: closed."""

    SPLICE = "splice"
    INSPECT = "inspect"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Plan:
    """What each face does with a host, and the verdict on the host as a whole.

    timed: the host passes by name, and what is said of it may change at the bell.
    alias: the name whose addresses serve it here (a search engine's locked twin); empty: its own.
    """

    dns: DnsPlan
    tls: TlsPlan
    verdict: Verdict
    timed: bool = False
    alias: str = ""


def plan(query: Query, snapshot: Snapshot) -> Plan:
    """Return how a host is carried for a client. The URL of the query plays no part."""
    situation = situate(replace(query, url=None, method="GET"), snapshot)
    verdict = judge(situation)
    carried = _carried(verdict, situation)
    if verdict.action is Action.BLOCK or verdict.reason is Reason.SANCTUARY:
        return carried
    locked = alias(situation)
    return replace(carried, alias=locked) if locked else carried


def _carried(verdict: Verdict, situation: Situation) -> Plan:
    query, snapshot = situation.query, situation.snapshot
    blocked = verdict.action is Action.BLOCK
    if verdict.reason is Reason.SANCTUARY or not steerable(query.host, snapshot):
        return _by_name(verdict, situation, refused=blocked)
    trusts = query.client.trusts_ca
    if blocked:
        return (
            Plan(DnsPlan.STEER, TlsPlan.INSPECT, verdict)
            if trusts
            else _by_name(verdict, situation, refused=True)
        )
    if trusts and read_for_itself(situation):
        return Plan(DnsPlan.STEER, TlsPlan.INSPECT, verdict)
    if url_matters(situation):
        if trusts:
            return Plan(DnsPlan.STEER, TlsPlan.INSPECT, verdict)
        # Unread, a reported URL cannot be told from its neighbours: closed. Any other
        # URL rule (such as "do not edit") leaves the host open to a client we cannot read.
        return _by_name(verdict, situation, refused=reported_url(situation))
    if timed(situation):
        return Plan(DnsPlan.STEER, TlsPlan.SPLICE, verdict)
    return _by_name(verdict, situation, refused=False)


def steerable(host: str, snapshot: Snapshot) -> bool:
    """Whether a host may be steered: the CA may sign for it, and nothing forbids reading it.

    The closer name holds: an account limit has one host of a provider read that is otherwise
    never read.
    """
    if is_address(host):
        return False
    for suffix in suffixes(host):
        if suffix in snapshot.never_inspect:
            return False
        if suffix in snapshot.steerable:
            return True
    return False


def read_for_itself(situation: Situation) -> bool:
    """Whether an allowed host is read all the same: for an account limit, or search terms."""
    host, client, snapshot = situation.query.host, situation.client, situation.snapshot
    if limit_on(host, client, snapshot.contents.account_limits) is not None:
        return True
    return read_for_terms(host, client, snapshot)


def url_matters(situation: Situation) -> bool:
    """Whether some URL of the host may be answered otherwise than the host as a whole."""
    snapshot, host = situation.snapshot, situation.query.host
    mine = (rule for rule in snapshot.contents.rules if concerns(rule, situation))
    spoken_of = {target.id for rule in mine for target in rule.what}
    for id_ in snapshot.catalogue.url_services_of(host):
        categories = snapshot.catalogue.lineage(snapshot.catalogue.services[id_].categories)
        if spoken_of.intersection((id_, *categories)):
            return True
    return any(target.partition("/")[0] == host for target in snapshot.url_targets())


def reported_url(situation: Situation) -> bool:
    """Whether a URL of the host is blocked from a report."""
    targets = (block.target for block in situation.snapshot.contents.reported)
    host = situation.query.host
    return any(t.kind is TargetKind.URL and t.id.partition("/")[0] == host for t in targets)


def timed(situation: Situation) -> bool:
    """Whether the verdict on the host, or its lock, rests on the period or anything that ends."""
    if varies(situation):
        return True
    contents = situation.snapshot.contents
    targets = [
        target
        for rule in contents.rules
        if (rule.when or rule.permission) and concerns(rule, situation)
        for target in rule.what
    ]
    targets += [g.target for g in contents.grants if opens_for(g.subject, situation.client)]
    return any(situation.covers(target, fold_case=True) for target in targets)


def opens_at(query: Query, snapshot: Snapshot) -> datetime | None:
    """Return when a blocked query will be allowed if nothing changes; None: not in a week."""
    at: datetime | None = query.at
    while at is not None and at <= query.at + LOOK_AHEAD:  # each change is later than the last
        verdict = decide(replace(query, at=at), snapshot)
        if verdict.action is Action.ALLOW:
            return at
        at = verdict.expires_at
    return None


def _by_name(verdict: Verdict, situation: Situation, *, refused: bool) -> Plan:
    if refused:
        return Plan(DnsPlan.REFUSE, TlsPlan.REFUSE, verdict)
    return Plan(DnsPlan.PASS, TlsPlan.SPLICE, verdict, timed(situation))
