"""Everything enforcement needs, immutable: the contents as published, and their indexes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from appliance.policy.address_plan import AddressPlan
from appliance.policy.domains import Catalogue, HostIndex, ListIndex, NoLists
from appliance.policy.limits import AccountLimit, SearchTermsRule
from appliance.policy.model import (
    Category,
    CategoryClass,
    Grant,
    ReportedBlock,
    Rule,
    Sanction,
    Service,
    StandingPermission,
    SubjectKind,
    SupervisedSession,
    TargetKind,
)
from appliance.policy.names import is_address, suffixes
from appliance.policy.safe_search import SafeName, SafeSearchRule
from appliance.policy.subjects import (
    Client,
    Device,
    Group,
    Network,
    Person,
    Register,
    Role,
    may_be,
)
from appliance.policy.timetable import CLOCK_IN_DOUBT, Calendar, Moment, Timetable, moment_at

Timed = Grant | Sanction | SupervisedSession | StandingPermission


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """What pages say: who the school is and where to ask. URLs are absolute or empty."""

    name: str = "Our school"
    ask: str = "a grown-up at school"
    contact: str = ""
    portal: str = ""
    monitoring_notice: str = ""
    language: str = "en-GB"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyInfo:
    """Which policy this is, for the pages and the yearly review."""

    id: str
    name: str
    short: str
    school: str
    next_review: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """A snapshot as it lies on disk: plain values, no indexes.

    circumvention_roles: roles whose way round the gate is blocked; clause beside it.
    answered_only: roles that reach only addresses which our DNS answered to them (gateway mode).
    sanction_allow: the short allow list that sanctioned people keep (hosts, suffixes).
    never_inspect: suffixes that are never decrypted, whatever a rule says.
    steerable: suffixes that may be steered at all: those the CA may sign for.
    address_plans: where the appliance itself hands out addresses.
    forwarders: prefixes of the DNS forwarders that may say for whom they ask.
    local_domains: the school's own zones, whose private addresses are no rebinding.
    never_block: suffixes that no list closes, whatever it says. essential: those that ship
    with the appliance, which not even a list of illegal content closes.
    safe_search: rules; the first that fits a client, engine and period holds.
    safe_names: what the engines offer.
    clock_offset: rehearsal, in seconds; 0 outside a rehearsal.
    """

    version: int
    built_at: datetime
    policy: PolicyInfo
    school: School = School()
    roles: tuple[Role, ...] = (Role(id="visitor", name="Visitor", rank=9),)
    groups: tuple[Group, ...] = ()
    people: tuple[Person, ...] = ()
    devices: tuple[Device, ...] = ()
    networks: tuple[Network, ...] = ()
    categories: tuple[Category, ...] = ()
    services: tuple[Service, ...] = ()
    rules: tuple[Rule, ...] = ()
    timetables: tuple[Timetable, ...] = (Timetable("default", ()),)
    calendar: Calendar = Calendar()
    sanctuary_domains: tuple[str, ...] = ()
    sanctuary_hosts: tuple[str, ...] = ()
    circumvention_roles: tuple[str, ...] = ()
    circumvention_clause: str = ""
    answered_only: tuple[str, ...] = ()
    sanction_allow: tuple[str, ...] = ()
    grants: tuple[Grant, ...] = ()
    sanctions: tuple[Sanction, ...] = ()
    supervised: tuple[SupervisedSession, ...] = ()
    permissions: tuple[StandingPermission, ...] = ()
    reported: tuple[ReportedBlock, ...] = ()
    never_inspect: tuple[str, ...] = ()
    steerable: tuple[str, ...] = ()
    address_plans: tuple[AddressPlan, ...] = ()
    forwarders: tuple[str, ...] = ()
    local_domains: tuple[str, ...] = ()
    never_block: tuple[str, ...] = ()
    essential: tuple[str, ...] = ()
    safe_search: tuple[SafeSearchRule, ...] = ()
    safe_names: tuple[SafeName, ...] = ()
    account_limits: tuple[AccountLimit, ...] = ()
    search_terms: tuple[SearchTermsRule, ...] = ()
    steer_ipv4: tuple[str, ...] = ("127.0.0.1",)
    steer_ipv6: tuple[str, ...] = ()
    clock_offset: float = 0.0
    need_synchronised_clock: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Contents with their indexes. Built once, then only read; shared by no mutation."""

    contents: Contents
    lists: ListIndex = field(default_factory=NoLists)
    register: Register = field(init=False)
    catalogue: Catalogue = field(init=False)
    sanctuary: HostIndex = field(init=False)
    never_inspect: frozenset[str] = field(init=False)
    _never_block: frozenset[str] = field(init=False)
    _essential: frozenset[str] = field(init=False)
    steerable: frozenset[str] = field(init=False)
    safe_names: dict[str, SafeName] = field(init=False)
    least_restricted: str | None = field(init=False)
    _timetables: dict[str, Timetable] = field(init=False)
    _group_timetables: dict[str, str] = field(init=False)
    _named: frozenset[tuple[SubjectKind, str]] = field(init=False)

    def __post_init__(self) -> None:
        """Index the contents."""
        c, put = self.contents, object.__setattr__
        put(self, "register", Register(c.roles, c.networks, c.devices, c.people))
        put(self, "catalogue", Catalogue(c.services, c.categories))
        sanctuary = HostIndex()
        sanctuary.add("sanctuary", domains=c.sanctuary_domains, hosts=c.sanctuary_hosts)
        put(self, "sanctuary", sanctuary)
        put(self, "never_inspect", frozenset(c.never_inspect))
        put(self, "_essential", frozenset(c.essential))
        put(self, "_never_block", frozenset((*c.never_block, *c.local_domains)))
        put(self, "steerable", frozenset(c.steerable))
        put(self, "safe_names", {name.host: name for name in c.safe_names})
        put(self, "least_restricted", _least_restricted(c.roles))
        put(self, "_timetables", {timetable.id: timetable for timetable in c.timetables})
        own = {group.id: group.timetable for group in c.groups if group.timetable}
        put(self, "_group_timetables", own)
        subjects = {s for rule in c.rules for s in rule.who}
        subjects |= {timed.subject for timed in self._timed()}
        subjects |= {s for rule in c.safe_search for s in rule.who}
        put(self, "_named", frozenset((s.kind, s.id) for s in subjects))

    def moment(self, at: datetime, client: Client, *, clock_trusted: bool = True) -> Moment:
        """Return the period for a client at an instant; lesson while the clock is in doubt."""
        if not clock_trusted:
            return CLOCK_IN_DOUBT
        return moment_at(at, self.timetable_of(client), self.contents.calendar, client.role)

    def timetable_of(self, client: Client) -> Timetable:
        """Return the bells of a client: those of its first group that has its own."""
        for group in sorted(client.earned):
            own = self._timetables.get(self._group_timetables.get(group, ""))
            if own is not None:
                return own
        return self._timetables.get("default") or self.contents.timetables[0]

    def class_of(self, client: Client) -> tuple[object, ...]:
        """Return what decides every verdict for a client: clients of one class share answers.

        A person or device counts only where something names it, so a thousand pupils
        without grants of their own are one class.
        """
        named = self._named
        return (
            client.role,
            client.groups,
            None if client.registered_as is None else client.network_groups,
            client.network if (SubjectKind.NETWORK, client.network) in named else None,
            client.person if (SubjectKind.PERSON, client.person) in named else None,
            client.device if (SubjectKind.DEVICE, client.device) in named else None,
            client.ownership,
            client.trusts_ca,
            frozenset(one for one in client.others if (SubjectKind.PERSON, one) in named),
        )

    def next_change(self, at: datetime, client: Client, moment: Moment) -> datetime | None:
        """Return the first instant after ``at`` at which a verdict for the client may change."""
        c = self.contents
        mine = [timed for timed in self._timed() if may_be(timed.subject, client)]
        edges = [edge for timed in mine for edge in (timed.start, timed.end) if edge]
        edges += [block.start for block in c.reported]
        if moment.until is not None:
            edges.append(moment.until)
        return min((edge for edge in edges if edge > at), default=None)

    def class_of_category(self, category: str) -> CategoryClass:
        """Return how a category is treated; one the policy does not name is ordinary."""
        known = self.catalogue.category(category)
        return known.kind if known else CategoryClass.ORDINARY

    def never_blocks(self, host: str) -> bool:
        """Whether no list closes a host: it is in the set, or an address of the school."""
        if is_address(host):
            return host in self._never_block or self.register.network_of(host) is not None
        return self.essential(host) or any(suffix in self._never_block for suffix in suffixes(host))

    def essential(self, host: str) -> bool:
        """Whether not even a list of illegal content closes a host."""
        named = any(suffix in self._essential for suffix in suffixes(host))
        return named or any(self.sanctuary.find(host))

    def url_targets(self) -> tuple[str, ...]:
        """Return every URL prefix that a rule, grant or report speaks of."""
        c = self.contents
        targets = [t for rule in c.rules for t in rule.what]
        targets += [grant.target for grant in c.grants]
        targets += [block.target for block in c.reported]
        return tuple(t.id for t in targets if t.kind is TargetKind.URL)

    def _timed(self) -> tuple[Timed, ...]:
        c = self.contents
        return (*c.grants, *c.sanctions, *c.supervised, *c.permissions)


def _least_restricted(roles: tuple[Role, ...]) -> str | None:
    """Return the one role of the lowest rank among several; None where nobody stands out."""
    lowest = [role.id for role in roles if role.rank == min(other.rank for other in roles)]
    return lowest[0] if len(lowest) == 1 < len(roles) else None
