"""From a document to the contents of a snapshot. Total: a document that loaded builds."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from appliance.policy.model import (
    Action,
    Rule,
    Service,
    Target,
    TargetKind,
    UrlPattern,
)
from appliance.policy.names import within
from appliance.policy.snapshot import Contents, PolicyInfo, School
from appliance.policy.subjects import Network, Role
from appliance.policy_file import build_limits, catalogue, prose
from appliance.policy_file.build_categories import (
    SOCIAL,
    UNCLASSIFIED,
    categories,
    closed_categories,
)
from appliance.policy_file.build_people import devices, groups, networks, people
from appliance.policy_file.build_safe_search import CLOSED, safe_search
from appliance.policy_file.build_time import calendar, timetables
from appliance.policy_file.build_timed import grants, permissions, sanctions
from appliance.policy_file.parsing import subject, target

if TYPE_CHECKING:
    from appliance.policy_file.schema import (
        PatternEntry,
        PolicyDocument,
        RuleEntry,
        ServiceEntry,
    )

# Every range that a school may use without asking anybody (RFC 1918, 4193, 6598, 3927, 4291).
PRIVATE: Final = (
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16",
    "127.0.0.0/8", "::1/128", "fc00::/7", "fe80::/10",
)  # fmt: skip


def contents(document: PolicyDocument, *, version: int, built_at: datetime) -> Contents:
    """Return what enforcement needs of a document. ``built_at`` is aware."""
    services = _services(document)
    read = build_limits.hosts_read(document)
    built_in = (name for name in catalogue.never_inspect() if name not in read)
    never = tuple(dict.fromkeys((*built_in, *document.never_inspect)))
    rules = (*(_rule(rule, document) for rule in document.rules), *_unclassified(document))
    domains, hosts = catalogue.sanctuary()
    around = document.circumvention
    zone = calendar(document).zone
    return Contents(
        version=version, built_at=built_at, policy=_info(document), school=_school(document),
        roles=tuple(
            Role(id=id_, name=role.name, rank=role.rank) for id_, role in document.roles.items()
        ),
        groups=groups(document), people=people(document), devices=devices(document),
        networks=networks(document), categories=categories(document), services=services,
        rules=rules, timetables=timetables(document), calendar=calendar(document),
        sanctuary_domains=(*domains, *document.sanctuary.domains),
        sanctuary_hosts=(*hosts, *document.sanctuary.hosts),
        circumvention_roles=around.roles if around else (),
        circumvention_clause=around.clause if around else "",
        answered_only=around.answered_only if around else (),
        sanction_allow=document.sanction_allow,
        grants=grants(document, zone), sanctions=sanctions(document, zone),
        permissions=permissions(document, zone), never_inspect=never,
        steerable=(*_steerable(services, rules, never), *read),
        local_domains=document.local_domains,
        never_block=tuple(dict.fromkeys((*catalogue.never_block(), *document.never_block))),
        essential=catalogue.never_block(),
        account_limits=build_limits.account_limits(document),
        search_terms=build_limits.search_terms(document),
        safe_search=safe_search(document), safe_names=catalogue.safe_names(),
    )  # fmt: skip


def closed_contents(built_at: datetime) -> Contents:
    """Return the policy for when none can be read: no social media, all else passes."""
    rule = Rule(
        id="no-policy", clause="", action=Action.BLOCK, what=(Target(TargetKind.CATEGORY, SOCIAL),),
        text="The school’s policy cannot be read just now, so social media is closed.",
    )  # fmt: skip
    domains, hosts = catalogue.sanctuary()
    never = catalogue.never_inspect()
    everyone = Role(id="visitor", name="Anyone", rank=9)
    here = Network(id="private", name="Any private network", prefixes=PRIVATE, role=everyone.id)
    return Contents(
        version=0, built_at=built_at,
        policy=PolicyInfo(id="closed", name="No policy: closed", short="closed", school=""),
        roles=(everyone,), networks=(here,), rules=(rule,),
        categories=closed_categories(),
        services=catalogue.services(), sanctuary_domains=domains, sanctuary_hosts=hosts,
        never_inspect=never, steerable=_steerable(catalogue.services(), (rule,), never),
        safe_search=CLOSED, safe_names=catalogue.safe_names(),
        never_block=catalogue.never_block(), essential=catalogue.never_block(),
    )  # fmt: skip


def _info(document: PolicyDocument) -> PolicyInfo:
    policy = document.policy
    return PolicyInfo(
        id=policy.id, name=policy.name, short=policy.short, school=policy.school,
        next_review=policy.next_review,
    )  # fmt: skip


def _school(document: PolicyDocument) -> School:
    return School(
        name=document.policy.school, ask=document.school.ask,
        contact=document.school.contact or "", language=document.school.language,
        monitoring_notice=document.monitoring.notice,
    )  # fmt: skip


def _services(document: PolicyDocument) -> tuple[Service, ...]:
    found = {service.id: service for service in catalogue.services()}
    for id_, entry in document.services.items():
        found[id_] = _service(id_, entry, found.get(id_))
    for rule in document.rules:
        if rule.urls:
            id_ = _urls_id(rule)
            patterns = tuple(map(_pattern, rule.urls))
            found[id_] = Service(id=id_, name=rule.id, categories=(), urls=patterns)
    return tuple(found.values())


def _service(id_: str, entry: ServiceEntry, known: Service | None) -> Service:
    base = known or Service(id=id_, name=entry.name or id_, categories=())
    return replace(
        base,
        name=entry.name or base.name,
        categories=tuple(dict.fromkeys((*base.categories, *entry.categories))),
        domains=(*base.domains, *entry.domains),
        assets=(*base.assets, *entry.assets),
        hosts=(*base.hosts, *entry.hosts),
        urls=(*base.urls, *map(_pattern, entry.urls)),
    )


def _pattern(entry: PatternEntry) -> UrlPattern:
    query = tuple(entry.query.items())
    return UrlPattern(hosts=entry.hosts, path=entry.path, query=query, methods=entry.methods)


def _rule(rule: RuleEntry, document: PolicyDocument) -> Rule:
    what = tuple(map(target, rule.what))
    if rule.urls:
        what = (*what, Target(TargetKind.SERVICE, _urls_id(rule)))
    return Rule(
        id=rule.id, clause=rule.clause, action=rule.action, what=what,
        who=tuple(map(subject, rule.who)), when=frozenset(rule.when), ownership=rule.ownership,
        permission=rule.permission, grants=rule.grants == "allowed", monitor=rule.monitor,
        text=rule.text or prose.sentence(rule, document),
    )  # fmt: skip


def _urls_id(rule: RuleEntry) -> str:
    """A rule's URL patterns are a service of their own, whose id no file can write."""
    return f"urls:{rule.id}"


def _unclassified(document: PolicyDocument) -> tuple[Rule, ...]:
    entry = document.unclassified_social
    if entry.action == "follow":
        return ()
    return (
        Rule(
            id="unclassified-social", clause=entry.clause or "", action=Action(entry.action),
            what=(Target(TargetKind.CATEGORY, UNCLASSIFIED),),
            text="A social platform that nobody has classified yet.",
        ),
    )  # fmt: skip


def _steerable(
    services: tuple[Service, ...], rules: tuple[Rule, ...], never: tuple[str, ...]
) -> tuple[str, ...]:
    """Every name the appliance may answer for: it limits what the authority can sign."""
    names: dict[str, None] = {}
    for service in services:
        patterns = [host for pattern in service.urls for host in pattern.hosts]
        names.update(dict.fromkeys((*service.domains, *service.assets, *service.hosts, *patterns)))
    for what in (what for rule in rules for what in rule.what):
        if what.kind in (TargetKind.URL, TargetKind.HOST):
            names[what.id.partition("/")[0]] = None
    return tuple(name for name in names if not any(within(name, suffix) for suffix in never))
