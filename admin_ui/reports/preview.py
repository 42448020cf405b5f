"""What a block would change, answered by the engine that enforces: before and after, by role."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from admin_ui.gate import View
from admin_ui.reports.targets import host_of
from appliance.policy import urls
from appliance.policy.engine import decide
from appliance.policy.model import Action, Ownership, ReportedBlock, Target, TargetKind
from appliance.policy.names import within
from appliance.policy.plan import TlsPlan, plan
from appliance.policy.situation import Query
from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import Client

MOST_ADDRESSES: Final = 4  # of the report, in the table; the rest fares alike or is counted


@dataclass(frozen=True, slots=True)
class Row:
    """How an address fares for a role now, and how after the change."""

    role: str
    address: str
    now: str
    then: str


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything that is said before a block is made or undone."""

    target: Target
    rows: tuple[Row, ...]
    warnings: tuple[str, ...]
    also: tuple[str, ...]  # services and sites that it touches


def of_block(view: View, target: Target, reported: Iterable[str]) -> Preview:
    """Return what blocking a target for everyone would change, now."""
    snapshot = view.snapshot
    block = ReportedBlock(id="preview", target=target, start=view.at)
    contents = replace(snapshot.contents, reported=(*snapshot.contents.reported, block))
    then = Snapshot(contents, snapshot.lists)
    shown = _addresses(target, reported)
    return Preview(target, _rows(view, then, shown), _warnings(target, snapshot),
                   _also(target, snapshot))  # fmt: skip


def of_lift(view: View, block: str, target: Target, reported: Iterable[str]) -> Preview:
    """Return what undoing a block would change, now."""
    contents = view.snapshot.contents
    kept = tuple(one for one in contents.reported if one.id != block)
    then = Snapshot(replace(contents, reported=kept), view.snapshot.lists)
    return Preview(target, _rows(view, then, _addresses(target, reported)), (), ())


def _addresses(target: Target, reported: Iterable[str]) -> tuple[str, ...]:
    """The reported addresses that a target covers, and the front page beside a part of it."""
    host = host_of(target)
    mine = [text for text in reported if within(urls.parse(text).host, host)]
    front = [f"https://{host}/"]
    return tuple(dict.fromkeys((*mine[:MOST_ADDRESSES], *front)))


def _rows(view: View, then: Snapshot, addresses: Iterable[str]) -> tuple[Row, ...]:
    roles = sorted(view.snapshot.contents.roles, key=lambda role: role.rank)
    return tuple(
        Row(role.name, text, _fares(view, view.snapshot, role.id, text),
            _fares(view, then, role.id, text))
        for text in addresses for role in roles
    )  # fmt: skip


def _fares(view: View, snapshot: Snapshot, role: str, text: str) -> str:
    """In words, for a device with the school's certificate and for one without."""
    read, unread = (
        _blocked(view, snapshot, Client(
            address="::", role=role, trusts_ca=trusts,
            ownership=Ownership.SCHOOL if trusts else Ownership.PERSONAL,
        ), text)
        for trusts in (True, False)
    )  # fmt: skip
    if read == unread:
        return "Blocked" if read else "Open"
    with_it, without = ("blocked", "open") if read else ("open", "blocked")
    return f"School device: {with_it}. Own device: {without}"


def _blocked(view: View, snapshot: Snapshot, client: Client, text: str) -> bool:
    """Whether an address stays shut, as its host is really carried for this client."""
    url = urls.parse(text)
    query = Query(client, url.host, view.at, url, clock_trusted=view.clock_trusted)
    carried = plan(query, snapshot)
    if carried.tls is TlsPlan.INSPECT:
        return decide(query, snapshot).action is Action.BLOCK
    return carried.tls is TlsPlan.REFUSE or carried.verdict.action is Action.BLOCK


def _warnings(target: Target, snapshot: Snapshot) -> tuple[str, ...]:
    host, contents = host_of(target), snapshot.contents
    said = []
    if any(within(host, name) for name in snapshot.never_inspect):
        said.append(
            "Banks, health, government or the services that devices themselves need are found "
            "here. Devices may stop working."
        )
    if _schools_own(host, snapshot):
        said.append("This is the school’s own, or a service the school itself works with.")
    if any(within(name, host) for name in (*contents.sanctuary_domains, *contents.sanctuary_hosts)):
        said.append("A helpline lies below this name. It stays open whatever is blocked.")
    if target.kind is TargetKind.URL:
        said.append(
            "Only this part of exactly this host is blocked. Devices without the school’s "
            "certificate lose the whole host, as the gate cannot tell its pages apart there."
        )
    opened = [g.id for g in contents.grants if _covers(target, g.target)]
    if opened:
        said.append(
            f"Permissions that were given for it stop working: {', '.join(sorted(opened))}."
        )
    return tuple(said)


def _also(target: Target, snapshot: Snapshot) -> tuple[str, ...]:
    """Services that many may use and that have names at or around the target."""
    host = host_of(target)
    return tuple(
        sorted(
            service.name
            for service in snapshot.catalogue.services.values()
            if any(
                within(name, host) or within(host, name)
                for name in (*service.domains, *service.hosts, *service.assets)
            )
        )
    )


def _schools_own(host: str, snapshot: Snapshot) -> bool:
    contents, school = snapshot.contents, snapshot.contents.school
    own = list(contents.local_domains)
    own += [school.contact.rpartition("@")[2].lower()] if "@" in school.contact else []
    if school.portal:
        own.append(urls.parse(school.portal).host)
    services = snapshot.catalogue.services_of(host, None, "GET")
    theirs = snapshot.catalogue.own_categories(host, services)
    return "school_services" in snapshot.catalogue.lineage(theirs) or any(
        within(host, name) or within(name, host) for name in own if name
    )


def _covers(target: Target, other: Target) -> bool:
    if other.kind not in (TargetKind.HOST, TargetKind.URL):
        return False
    if target.kind is TargetKind.HOST:
        return within(host_of(other), target.id)
    return other.kind is TargetKind.URL and other.id.startswith(target.id)
