"""The values a policy is made of: subjects, targets, rules and what bends them for a time.

All are frozen. Instants are aware datetimes in UTC; spans of time are half-open,
``start <= t < end``. Host names are canonical (see ``names``), URL prefixes are
``host/path`` as ``urls.canonical_prefix`` makes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Action(StrEnum):
    """What the school's policy answers."""

    ALLOW = "allow"
    BLOCK = "block"


class Reason(StrEnum):
    """Why: the step of the engine that answered. README explains each to a person."""

    SANCTUARY = "sanctuary"
    ILLEGAL = "illegal"
    BLOCKED_BY_REPORT = "blocked_by_report"
    CIRCUMVENTION = "circumvention"
    SANCTION = "sanction"
    GRANT = "grant"
    SERVICE_RULE = "service_rule"
    CATEGORY_RULE = "category_rule"
    DEFAULT = "default"


class PeriodKind(StrEnum):
    """The kinds of period a timetable is made of."""

    LESSON = "lesson"
    BREAK = "break"
    LUNCH = "lunch"
    BEFORE_SCHOOL = "before_school"
    AFTER_SCHOOL = "after_school"
    CLOSED = "closed"


class Ownership(StrEnum):
    """Whose device it is."""

    SCHOOL = "school"
    PERSONAL = "personal"


class SubjectKind(StrEnum):
    """Whom a rule speaks of, most specific first: this order is the precedence."""

    PERSON = "person"
    DEVICE = "device"
    GROUP = "group"
    ROLE = "role"
    NETWORK = "network"
    EVERYONE = "everyone"


class TargetKind(StrEnum):
    """What a rule speaks of, most specific first: this order is the precedence."""

    URL = "url"
    HOST = "host"
    SERVICE = "service"
    CATEGORY = "category"
    EVERYTHING = "everything"


class CategoryClass(StrEnum):
    """How a category is treated beyond its rules."""

    ORDINARY = "ordinary"
    UNSUITABLE = "unsuitable"  # blocked, the headteacher or SLT is told
    ILLEGAL = "illegal"  # always blocked, never shown, no grant
    CIRCUMVENTION = "circumvention"  # ways round the gate


@dataclass(frozen=True, slots=True)
class Subject:
    """One person, device, group, role or network by id, or everyone (id ``*``)."""

    kind: SubjectKind
    id: str = "*"


@dataclass(frozen=True, slots=True)
class Target:
    """One URL prefix, host (with its subdomains), service or category; or everything."""

    kind: TargetKind
    id: str = "*"


@dataclass(frozen=True, slots=True)
class UrlPattern:
    """Part of a site: every condition given must hold.

    hosts: suffixes at label boundaries. path: prefix on a segment boundary.
    query: (name, values) pairs; one value must be there, ``*`` is any value.
    methods: upper-case HTTP methods; none means all.
    """

    hosts: tuple[str, ...]
    path: str = "/"
    query: tuple[tuple[str, tuple[str, ...]], ...] = ()
    methods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A named platform. ``assets`` are the hosts its pages need in order to render."""

    id: str
    name: str
    categories: tuple[str, ...]
    domains: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    urls: tuple[UrlPattern, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A kind of content. A sub-category names its parents; rules on a parent cover it."""

    id: str
    name: str
    parents: tuple[str, ...] = ()
    kind: CategoryClass = CategoryClass.ORDINARY
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line of the policy, with the clause it carries out.

    who, what: any one of them must match. when: period kinds or period names; none
    means every period. ownership, permission: further conditions, where given.
    grants: False where no grant may open what the rule blocks.
    monitor: an allowed access is recorded too.
    """

    id: str
    clause: str
    action: Action
    what: tuple[Target, ...]
    who: tuple[Subject, ...] = (Subject(SubjectKind.EVERYONE),)
    when: frozenset[str] = frozenset()
    ownership: Ownership | None = None
    permission: str | None = None
    grants: bool = True
    monitor: bool = True
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A time-limited permission, exactly as wide as it was asked for.

    when: period kinds or names; none means every period. methods: none means GET and
    HEAD for a URL prefix, all methods for anything wider.
    """

    id: str
    subject: Subject
    target: Target
    start: datetime
    end: datetime
    when: frozenset[str] = frozenset()
    methods: tuple[str, ...] = ()
    clause: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sanction:
    """A restriction on a person or device: nothing but sanctuary and the short allow list.

    lifted: somebody ended it at ``end``, which no doubt about the clock undoes.
    """

    id: str
    subject: Subject
    start: datetime
    end: datetime | None
    clause: str = ""
    text: str = ""
    lifted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisedSession:
    """A member of staff sits with a sanctioned person: the ordinary policy holds again."""

    subject: Subject
    start: datetime
    end: datetime
    staff: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingPermission:
    """A permission that rules may ask for (``Rule.permission``).

    It holds only once the headteacher has permitted it *and* the technician has marked
    the controls as applied (reference policy 5.10).
    """

    name: str
    subject: Subject
    permitted: bool
    controls_applied: bool
    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedBlock:
    """A site or URL prefix blocked for every role from an inappropriate content report.

    veiled: it may be illegal, and is answered as such: no page shows the address of an
    attempt, and no record keeps it.
    """

    id: str
    target: Target
    start: datetime
    clause: str = ""
    text: str = ""
    veiled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer, why, by which rule and clause, and until when it can be relied on.

    expires_at: the first instant at which anything that this answer rests on may
    change (period, grant, sanction, permission); None when nothing is known to.
    public_view: allowed by URL prefix out of an otherwise blocked service, so cookies
    and credentials are taken off and only the logged-out page is shown.
    record: whether an attempt is written down.
    """

    action: Action
    reason: Reason
    rule: str
    clause: str
    text: str
    role: str
    period: str
    period_kind: PeriodKind
    expires_at: datetime | None
    service: str | None = None
    category: str | None = None
    public_view: bool = False
    record: bool = True
