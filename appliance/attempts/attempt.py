"""What is written down of one access tried (FM-19 of the filtering standard names the fields)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from appliance.policy.model import Reason, Verdict
from appliance.policy.situation import Query
from appliance.policy.urls import Url

WITHHELD: Final = "withheld"
LONGEST: Final = 500  # characters of evidence


class Layer(StrEnum):
    """Which face saw the attempt."""

    DNS = "dns"
    TLS = "tls"
    HTTP = "http"
    PACKET = "packet"  # gateway mode: what the firewall refused or noted


class Visit(StrEnum):
    """What an attempt says about a person: a page somebody opened, or an app at work."""

    PAGE = "page"
    BACKGROUND = "background"
    LOOKUP = "lookup"  # a name was asked for; nothing tells yet what for


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One access tried. ``at`` and ``last`` are UTC; ``count`` folds repeats between them.

    url: without query and fragment, empty where no URL was seen. search: a search term,
    where the policy asks for it. For the illegal class host is ``withheld``, url is empty.
    signal: what of ``circumvention`` it is a sign of, empty for ordinary attempts. evidence: what
    was seen, in plain words, such as "UDP port 51820 of 192.0.2.1".
    """

    at: datetime
    last: datetime
    layer: Layer
    visit: Visit
    address: str
    host: str
    verdict: str
    reason: str
    rule: str
    clause: str
    role: str
    period: str
    period_kind: str
    mac: str = ""
    device: str = ""
    device_name: str = ""
    person: str = ""
    groups: tuple[str, ...] = ()
    network: str = ""
    url: str = ""
    method: str = ""
    search: str = ""
    service: str = ""
    category: str = ""
    count: int = 1
    signal: str = ""
    evidence: str = ""


def attempt_of(
    query: Query, verdict: Verdict, layer: Layer, visit: Visit, search: str = ""
) -> Attempt | None:
    """Return the attempt to write down for a verdict, or None where nothing may be kept.

    Sanctuary is never recorded, on any layer; nor is what no rule speaks of. search: what was
    searched for; of the illegal class nothing is kept.
    """
    if not verdict.record or verdict.reason is Reason.SANCTUARY:
        return None
    client = query.client
    illegal = verdict.reason is Reason.ILLEGAL
    shown = "" if illegal or query.url is None else shown_url(query.url)
    return Attempt(
        at=query.at, last=query.at, layer=layer, visit=visit,
        address=client.address, mac=client.mac or "", device=client.device or "",
        device_name=client.device_name, person=client.person or "",
        groups=tuple(sorted(client.groups)), network=client.network or "", role=client.role,
        host=WITHHELD if illegal else query.host, url=shown,
        method=query.method if query.url is not None else "",
        verdict=verdict.action.value, reason=verdict.reason.value, rule=verdict.rule,
        clause=verdict.clause, period=verdict.period, period_kind=verdict.period_kind.value,
        service=verdict.service or "", category=verdict.category or "",
        search="" if illegal else search,
    )  # fmt: skip


def signal_attempt(
    query: Query, verdict: Verdict, layer: Layer, *,
    signal: str, evidence: str, clause: str, host: str = "", count: int = 1,
) -> Attempt | None:  # fmt: skip
    """Return the attempt to write down for a sign of a way round the gate; None: nothing may be.

    verdict: on what was looked at; of it only whether it passed, and the period, are kept.
    Sanctuary is never recorded, and of the illegal class its own attempt tells. host: whom the
    sign is about, where that is not the query's own host.
    """
    if verdict.reason in (Reason.SANCTUARY, Reason.ILLEGAL):
        return None
    told = replace(
        verdict, reason=Reason.CIRCUMVENTION, rule="signal", clause=clause, service=None,
        category=None, record=True,
    )  # fmt: skip
    asked = replace(query, url=None, host=host or query.host)
    found = attempt_of(asked, told, layer, Visit.BACKGROUND)
    return found and replace(found, signal=signal, evidence=evidence[:LONGEST], count=count)


def shown_url(url: Url) -> str:
    """Return a URL as it is kept: no query, which may hold tokens and private words."""
    usual = {"http": 80, "https": 443, "ws": 80, "wss": 443}[url.scheme]
    port = "" if url.port == usual else f":{url.port}"
    host = f"[{url.host}]" if ":" in url.host else url.host
    return f"{url.scheme}://{host}{port}{url.path}"
