"""A try-out of the whole gate: each network asks as its clients would, over real sockets.

What is expected comes from the engine on the snapshot in force; what is found comes from
DNS and the proxy. The two are compared, and whatever differs is said with what to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from dnslib import QTYPE, RCODE, DNSError

from appliance.policy.engine import decide
from appliance.policy.model import Action
from appliance.policy.plan import DnsPlan, TlsPlan, plan
from appliance.policy.situation import Query
from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import Network
from appliance.policy.urls import parse
from appliance.status import asking, faces
from appliance.status.asking import Outcome
from appliance.status.checks import Check, Level
from appliance.status.running import Endpoint, Running

CANARY: Final = "use-application-dns.net"
ORDINARY: Final = "www.gov.uk"
BEHIND: Final = "Resolver behind the gate"
# Known to everybody; the first that the policy blocks and the first that it allows are tried.
PLATFORMS: Final = ("facebook", "x", "youtube", "tiktok", "reddit", "whatsapp", "linkedin")
NO_INTERNET: Final = "See that the resolver named above answers and that this network is online."
LOOK: Final = "Run `bellgate status` at the console; what is red there comes first."


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing tried. about: what. words: what was found. todo: empty where all is well."""

    about: str
    level: Level
    words: str
    todo: str = ""
    network: str = ""  # name of the network that it was tried from, empty for the gate itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What the try-out stands on. at: the gate's time. root: the school's certificate."""

    running: Running
    snapshot: Snapshot
    at: datetime
    clock_trusted: bool
    root: Path
    names_known: bool = True  # the resolver behind the gate knows the names of the internet


def every(ground: Ground) -> Iterator[Finding]:
    """Try the gate itself, then each network. Takes some seconds at most for each."""
    itself = list(gate(ground.running))
    yield from itself
    if any(found.about == "DNS" and found.level is Level.RED for found in itself):
        return  # no network would be answered, and each would wait for it
    unwell = any(f.about == BEHIND and f.level is not Level.GOOD for f in itself)
    ground = replace(ground, names_known=not unwell)
    for network in ground.snapshot.contents.networks:
        yield from _on(network, ground)


def gate(running: Running) -> Iterator[Finding]:
    """Try what every network needs: DNS, proxy, the resolver behind us, the canary name."""
    if running.dns is None:
        yield _red("DNS", "DNS is switched off.", "Start the gate with `bellgate up`.")
        return
    yield _from(faces.dns(running.dns), "DNS", LOOK)
    if running.http is not None:
        yield _from(faces.proxy(running.http), "Proxy", LOOK)
    asks = "Ask whoever runs the accredited filter for the address of its resolver."
    yield _from(faces.upstream(running.upstreams), BEHIND, asks)
    yield _canary(running.dns)


def _on(network: Network, ground: Ground) -> Iterator[Finding]:
    if ground.running.dns is None:
        return
    source = asking.source_on(network, ground.snapshot, ground.running.dns)
    if source is None:
        yield Finding(
            about="From this network", level=Level.AMBER, network=network.name,
            words="It cannot be tried from here: this appliance has no address on it.",
            todo="Open the certificate page on a device there: its self-test says the same things.",
        )  # fmt: skip
        return
    for host, name in _platforms(source, ground):
        yield replace(_platform(source, host, name, ground), network=network.name)
    helpline = next(iter(ground.snapshot.contents.sanctuary_domains), "")
    if helpline:
        yield replace(_passes(source, helpline, "Helpline", ground), network=network.name)
    yield replace(_passes(source, ORDINARY, "Ordinary site", ground), network=network.name)


def _platforms(source: str, ground: Ground) -> Iterator[tuple[str, str]]:
    """The first platform that is blocked now, and the first that is allowed."""
    wanted = {Action.BLOCK, Action.ALLOW}
    services = ground.snapshot.catalogue.services
    for service in (services[id_] for id_ in PLATFORMS if id_ in services):
        host = f"www.{service.domains[0]}"
        action = decide(_query(source, host, ground), ground.snapshot).action
        if action in wanted:
            wanted.discard(action)
            yield host, service.name


def _platform(source: str, host: str, name: str, ground: Ground) -> Finding:
    query = _query(source, host, ground)
    planned = plan(replace(query, url=None), ground.snapshot)
    verdict = decide(query, ground.snapshot)
    blocked = verdict.action is Action.BLOCK
    about = f"{name}, {'blocked' if blocked else 'open'} now ({verdict.period})"
    wrong = _dns_differs(source, host, planned.dns, ground)
    if wrong is not None:
        return replace(wrong, about=about)
    clause = f" (clause {verdict.clause})" if verdict.clause else ""
    if planned.dns is DnsPlan.REFUSE:
        return _good(about, f"DNS says that there is no {host}, as the policy asks{clause}.")
    if planned.dns is DnsPlan.PASS or ground.running.explicit is None:
        return _good(about, f"DNS answers for {host} as the policy asks{clause}.")
    outcome = asking.through_proxy(ground.running.explicit, source, host, ground.root)
    inspected = planned.tls is TlsPlan.INSPECT
    return _proxied(about, host, outcome, clause, blocked=blocked, inspected=inspected)


def _proxied(
    about: str, host: str, outcome: Outcome, clause: str, *, blocked: bool, inspected: bool
) -> Finding:
    if outcome is Outcome.UNANSWERED:
        return _red(about, f"The proxy did not answer for {host}.", LOOK)
    if blocked:
        if outcome is (Outcome.BLOCK_PAGE if inspected else Outcome.CLOSED):
            shown = "shows the page that says why" if inspected else "closes the connection"
            return _good(about, f"The proxy {shown}{clause}.")
        return _red(about, f"{host} should be blocked{clause}, and the proxy let it pass.", LOOK)
    if outcome is Outcome.BLOCK_PAGE:
        return _red(about, f"{host} should be open{clause}, and the proxy blocked it.", LOOK)
    if outcome is Outcome.CLOSED:
        words = f"The policy opens it{clause}, but {host} could not be reached."
        return Finding(about=about, level=Level.AMBER, words=words, todo=NO_INTERNET)
    return _good(about, f"The proxy lets it pass{clause}.")


def _dns_differs(source: str, host: str, expected: DnsPlan, ground: Ground) -> Finding | None:
    """Return what is wrong with what DNS answers, None where it answers as planned."""
    contents = ground.snapshot.contents
    found, addresses = _asked(source, host, ground)
    if found == "SERVFAIL":
        words = f"DNS cannot find {host}: the resolver behind the gate does not answer."
        return Finding(about="", level=Level.AMBER, words=words, todo=NO_INTERNET)
    if found == "":
        return _red("", f"DNS did not answer for {host}.", LOOK)
    ours = {*contents.steer_ipv4, *contents.steer_ipv6}
    steered = bool(addresses) and set(addresses) <= ours
    said = DnsPlan.STEER if steered else DnsPlan.REFUSE if found == "NXDOMAIN" else DnsPlan.PASS
    if said is expected:
        return None
    if expected is DnsPlan.PASS and said is DnsPlan.REFUSE and not ground.names_known:
        # Whether the gate refused it too cannot be told: never green, and no blame of the gate.
        words = f"DNS cannot find {host}: the resolver behind the gate knows no name just now."
        return Finding(about="", level=Level.AMBER, words=words, todo=NO_INTERNET)
    words = f"DNS should {expected.value} {host}, and it did {said.value} it ({found})."
    return _red("", words, LOOK)


def _passes(source: str, host: str, about: str, ground: Ground) -> Finding:
    wrong = _dns_differs(source, host, DnsPlan.PASS, ground)
    if wrong is not None:
        return replace(wrong, about=about)
    kept = ", and nothing of it is written down" if about == "Helpline" else ""
    return _good(about, f"{host} is open{kept}.")


def _canary(dns: Endpoint) -> Finding:
    about = "Browsers stay on this filter"
    try:
        found = asking.lookup(dns, CANARY)
    except (OSError, DNSError, ValueError):
        return _red(about, f"DNS did not answer for {CANARY}.", LOOK)
    if found.header.rcode == RCODE.NXDOMAIN:
        return _good(about, "DNS tells browsers not to use a resolver of their own.")
    return _red(about, f"DNS knows {CANARY}: browsers may go past this filter.", LOOK)


def _asked(source: str, host: str, ground: Ground) -> tuple[str, list[str]]:
    assert ground.running.dns is not None
    try:
        answer = asking.lookup(ground.running.dns, host, source)
    except (OSError, DNSError, ValueError):
        return "", []
    addresses = [str(rr.rdata) for rr in answer.rr if rr.rtype == QTYPE.A]
    return str(RCODE.get(answer.header.rcode)), addresses


def _query(source: str, host: str, ground: Ground) -> Query:
    client = ground.snapshot.register.resolve(source)
    url = parse(f"https://{host}/")
    return Query(client, host, ground.at, url, clock_trusted=ground.clock_trusted)


def _from(check: Check, about: str, todo: str) -> Finding:
    level = Level.GOOD if check.level is Level.NOTE else check.level
    return Finding(
        about=about, level=level, words=check.words, todo="" if level is Level.GOOD else todo
    )


def _good(about: str, words: str) -> Finding:
    return Finding(about=about, level=Level.GOOD, words=words)


def _red(about: str, words: str, todo: str) -> Finding:
    return Finding(about=about, level=Level.RED, words=words, todo=todo)
