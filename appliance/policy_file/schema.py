"""A policy file as people write it. ``load`` reads one, ``build`` makes contents of it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from appliance.policy.model import Action, CategoryClass, Ownership
from appliance.policy_file.fields import (
    SHORT,
    Day,
    Entry,
    Host,
    Hosts,
    Id,
    Ids,
    Instant,
    Listed,
    Methods,
    NameId,
    Text,
    Texts,
    Truth,
    UnseenHosts,
    UrlPath,
)
from appliance.policy_file.schema_limits import AccountLimitEntry, SearchTermsEntry
from appliance.policy_file.schema_people import (
    DeviceEntry,
    GroupEntry,
    NetworkEntry,
    PersonEntry,
    RoleEntry,
    SchoolEntry,
)
from appliance.policy_file.schema_safe_search import SafeSearchEntry
from appliance.policy_file.schema_time import CalendarEntry, TimetableEntry
from appliance.policy_file.schema_workflow import (
    ConcernsEntry,
    ContentClassEntry,
    MonitoringEntry,
    OfficialPageEntry,
    RequestsEntry,
    SiteEntry,
    StandingPermissionEntry,
    UnclassifiedEntry,
    WorkingHoursEntry,
)


class PolicyEntry(Entry):
    """Which policy this is."""

    id: Id
    name: Text
    short: Annotated[str, Field(pattern=SHORT, description="Two letters or so.")]
    school: Text
    next_review: Day | None = None
    review_by: Text = ""
    review_clause: Text | None = None


class ClauseEntry(Entry):
    """One clause of the paper policy and what carries it out."""

    text: Text = Field(description="What the policy says, in short.")
    by: Text | None = Field(default=None, description="What carries it out, where no rule does.")


class CategoryEntry(Entry):
    """A kind of content. Rules on a category cover all that is part of it."""

    name: Text
    part_of: Ids = ()
    kind: CategoryClass = Field(default=CategoryClass.ORDINARY, alias="class")
    domains: Hosts = Field(default=(), description="Hosts of the category that no service has.")


class PatternEntry(Entry):
    """Part of a site; every condition given must hold."""

    hosts: Hosts = Field(description="With all below them.")
    path: UrlPath = Field(default="/", description="At and below; letter case plays no part.")
    query: dict[Text, Texts] = Field(
        default_factory=dict, description="Each parameter must be there with one of its values."
    )
    methods: Methods = Field(default=(), description="GET, POST, ...; none means all.")


class ServiceEntry(Entry):
    """A platform of the school's own choice; one the catalogue knows is added to."""

    name: Text | None = None
    categories: Ids = ()
    domains: Hosts = ()
    assets: Hosts = Field(default=(), description="Hosts its pages need in order to render.")
    hosts: Hosts = Field(default=(), description="Exact names, nothing below them.")
    urls: tuple[PatternEntry, ...] = ()


class RuleEntry(Entry):
    """One line of the policy. ``kind:id`` names a subject or target; or ``everyone``.

    who: person, device, group, role, network. what: url, host, service, category, or
    ``everything``. urls: parts of sites by path, query and method; only a block may
    name them.
    """

    id: Id
    clause: Text
    action: Action
    who: Texts = ("everyone",)
    what: Texts = ()
    urls: tuple[PatternEntry, ...] = ()
    when: Texts = Field(default=(), description="Period kinds or names; none means every period.")
    ownership: Ownership | None = None
    permission: Id | None = Field(default=None, description="A standing permission that must hold.")
    grants: Annotated[str, Field(pattern=r"^(allowed|never)$")] = "allowed"
    monitor: Truth = Field(default=True, description="Allowed access is recorded too.")
    doing: Text | None = Field(default=None, description="For the sentence, in place of `use ...`.")
    text: Text | None = Field(default=None, description="For pages, in place of the sentence.")


class CircumventionEntry(Entry):
    """Whose ways round the gate are closed."""

    roles: Ids = ()
    answered_only: Ids = Field(
        default=(),
        description="Roles that reach only addresses our DNS named to them (gateway mode).",
    )
    clause: Text


class HeldPermissionEntry(Entry):
    """Somebody holds a standing permission."""

    permission: Id
    who: Text
    permitted: Truth = False
    controls_applied: Truth = False
    start: Instant | None = None
    end: Instant | None = None


class GrantEntry(Entry):
    """A time-limited permission written into the file."""

    id: Id
    who: Text
    what: Text
    start: Instant
    end: Instant
    when: Texts = ()
    methods: Methods = ()
    clause: Text = ""
    text: Text = ""

    @model_validator(mode="after")
    def _in_order(self) -> GrantEntry:
        alike = (self.start.tzinfo is None) == (self.end.tzinfo is None)
        if alike and self.end <= self.start:
            raise ValueError("ends before it begins")
        return self


class SanctionEntry(Entry):
    """Somebody keeps nothing but the allow list, unless supervised."""

    id: Id
    who: Text
    start: Instant
    end: Instant | None = None
    clause: Text
    text: Text = ""


class SanctuaryEntry(Entry):
    """Helplines added to the built-in ones; none of those can be taken away."""

    domains: UnseenHosts = ()
    hosts: UnseenHosts = ()


class PolicyDocument(Entry):
    """A whole policy file. Sections that are left out take the appliance's own defaults."""

    policy: PolicyEntry
    school: SchoolEntry = SchoolEntry()
    clauses: dict[Text, ClauseEntry] = Field(default_factory=dict)
    roles: dict[Id, RoleEntry] = Field(min_length=1)
    groups: dict[NameId, GroupEntry] = Field(default_factory=dict)
    sites: dict[Id, SiteEntry] = Field(default_factory=dict)
    networks: dict[NameId, NetworkEntry] = Field(default_factory=dict)
    people: dict[NameId, PersonEntry] = Field(default_factory=dict)
    devices: dict[NameId, DeviceEntry] = Field(default_factory=dict)
    categories: dict[Id, CategoryEntry] = Field(default_factory=dict)
    services: dict[Id, ServiceEntry] = Field(default_factory=dict)
    rules: tuple[RuleEntry, ...] = ()
    timetables: dict[Id, TimetableEntry] | None = None
    calendar: CalendarEntry | None = None
    permissions: dict[Id, StandingPermissionEntry] = Field(default_factory=dict)
    permissions_held: tuple[HeldPermissionEntry, ...] = ()
    grants: tuple[GrantEntry, ...] = ()
    sanctions: tuple[SanctionEntry, ...] = ()
    sanction_allow: Annotated[tuple[Host, ...], Listed] = ()
    circumvention: CircumventionEntry | None = None
    unclassified_social: UnclassifiedEntry = UnclassifiedEntry()
    official_pages: tuple[OfficialPageEntry, ...] = ()
    sanctuary: SanctuaryEntry = SanctuaryEntry()
    never_inspect: UnseenHosts = ()
    never_block: UnseenHosts = ()
    local_domains: Hosts = ()
    safe_search: tuple[SafeSearchEntry, ...] = ()
    account_limits: tuple[AccountLimitEntry, ...] = ()
    search_terms: tuple[SearchTermsEntry, ...] = ()
    working_hours: WorkingHoursEntry | None = None
    requests: RequestsEntry = RequestsEntry()
    concerns: ConcernsEntry = ConcernsEntry()
    monitoring: MonitoringEntry = MonitoringEntry()
    illegal: ContentClassEntry | None = None
    unsuitable: ContentClassEntry | None = None
