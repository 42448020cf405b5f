"""An answer of the engine in plain words: what, why, what DNS and TLS do, what was looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from appliance.policy.answer import Answer, considered
from appliance.policy.model import Action, Ownership, Reason
from appliance.policy.plan import DnsPlan, TlsPlan
from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import Client
from appliance.publish.named_by import PASSED_OVER, NamedBy

REASONS: Final = MappingProxyType(
    {
        Reason.SANCTUARY: "It helps children. It is never blocked and never recorded.",
        Reason.ILLEGAL: "It is on a list of illegal content, and nobody can open it.",
        Reason.BLOCKED_BY_REPORT: "It was blocked for everybody after a report.",
        Reason.CIRCUMVENTION: "It is a way round the school’s filter.",
        Reason.SANCTION: "This person or device is under a sanction for now.",
        Reason.GRANT: "A permission for a time opens it.",
        Reason.SERVICE_RULE: "A rule names this service, site or page.",
        Reason.CATEGORY_RULE: "A rule names this kind of content.",
        Reason.DEFAULT: "No rule speaks of it, so it is open.",
    }
)
STEPS: Final = MappingProxyType(
    {
        "sanctuary": "Is it a helpline or child protection?",
        "illegal": "Is it on a list of illegal content?",
        "blocked_by_report": "Was it blocked after a report?",
        "circumvention": "Is it a way round the filter, for somebody who may not use one?",
        "sanction": "Is this person or device under a sanction?",
        "grant": "Does a permission for a time open it?",
        "service_rule": "Does a rule name this page, site or service?",
        "category_rule": "Does a rule name its kind of content?",
        "default": "Nothing speaks of it.",
    }
)
DNS: Final = MappingProxyType(
    {
        DnsPlan.PASS: "The name is answered with the site’s real address.",
        DnsPlan.STEER: "The name is answered with the appliance’s own address, so that it can "
        "look at the connection.",
        DnsPlan.REFUSE: "The name is refused: the device is told that there is no such site.",
    }
)
TLS: Final = MappingProxyType(
    {
        TlsPlan.SPLICE: "The connection passes unread. Nobody sees its pages.",
        TlsPlan.INSPECT: "The connection is opened with the school’s certificate, and each page "
        "is decided by itself; what is blocked gets a page that says why.",
        TlsPlan.REFUSE: "The connection is closed.",
    }
)


@dataclass(frozen=True, slots=True)
class Step:
    """One question the engine asked. answered: the one that decided."""

    asked: str
    found: str
    answered: bool


def steps(answer: Answer, snapshot: Snapshot) -> list[Step]:
    """Return what the engine looked at, in order."""
    found = []
    for name, finding in considered(answer.query, snapshot):
        if finding is None:
            found.append(Step(STEPS.get(name, name), "No", False))
            continue
        word = "allowed" if finding.action is Action.ALLOW else "blocked"
        by = f" by {finding.rule}" if finding.rule != finding.reason.value else ""
        found.append(Step(STEPS.get(name, name), f"Yes: {word}{by}", True))
    return found


@dataclass(frozen=True, slots=True)
class Named:
    """What one list says of a site.

    entry: empty where it is not shown. instead: why it is passed over, empty where it counts.
    """

    list_id: str
    kind: str
    entry: str
    line: int | None
    instead: str


def lists(names: Iterable[NamedBy], snapshot: Snapshot) -> list[Named]:
    """Return what lists say of a site, what counts first."""
    found = []
    for one in names:
        category = snapshot.catalogue.category(one.category)
        kind = category.name if category else one.category
        instead = PASSED_OVER[one.standing]
        found.append(Named(one.list_id, kind, one.entry, one.line, instead))
    return found


def who_words(client: Client, snapshot: Snapshot) -> str:
    """Return who was asked about: role, device, person, network, whose device it is."""
    contents = snapshot.contents
    role = next((r.name for r in contents.roles if r.id == client.role), client.role)
    words = [role]
    if client.address != "::":
        words.append(f"at {client.address}")
    if client.device:
        words.append(f"device {client.device_name or client.device}")
    if client.person:
        words.append(f"person {client.person}")
    names = {group.id: group.name for group in contents.groups}
    words += [f"in {names.get(group, group)}" for group in sorted(client.groups)]
    if client.network:
        name = next((n.name for n in contents.networks if n.id == client.network), client.network)
        words.append(f"on the network {name}")
    if client.registered_as:
        names = {r.id: r.name for r in contents.roles}
        own = names.get(client.registered_as, client.registered_as)
        words.append(
            f"registered as {own}, but the stricter role of this network holds here, and no grants"
        )
    owned = "a school-owned" if client.ownership is Ownership.SCHOOL else "a personal"
    trust = "with" if client.trusts_ca else "without"
    return f"{', '.join(words)}; {owned} device {trust} the school’s certificate"


def tls_words(answer: Answer) -> str:
    """Return what happens to the connection, and that it ends at the bell where it does."""
    said = TLS[answer.plan.tls]
    steered = answer.plan.dns is DnsPlan.STEER and answer.plan.tls is TlsPlan.SPLICE
    return f"{said} It is closed when the answer changes." if steered else said


def clause_words(clause: str, snapshot: Snapshot) -> str:
    """Return the clause with its policy: ``DM 7.1``."""
    short = snapshot.contents.policy.short
    return clause if not clause or clause.startswith(short) else f"{short} {clause}"
