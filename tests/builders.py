"""Valid objects for tests, with keyword overrides and fixed times.

The little school: pupils on 10.1.0.0/16 with school devices, staff on 10.2.0.0/16,
visitors on 10.3.0.0/16; a day of lesson 09:00-10:30, break 10:30-10:50, lesson to
12:00, lunch to 13:00, lesson to 15:00. Facebook is blocked for all, social media for
pupils always, for staff in lessons.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from appliance.attempts.attempt import Attempt, Layer, Visit
from appliance.policy import urls
from appliance.policy.domains import ListIndex, ListMatch, NoLists
from appliance.policy.model import (
    Action,
    Category,
    CategoryClass,
    Grant,
    Ownership,
    Rule,
    Sanction,
    Service,
    Subject,
    SubjectKind,
    Target,
    TargetKind,
    UrlPattern,
)
from appliance.policy.names import suffixes
from appliance.policy.situation import Query
from appliance.policy.snapshot import Contents, PolicyInfo, Snapshot
from appliance.policy.subjects import Client, Network, Role
from appliance.policy.timetable import Calendar, DateSpan, Period, PeriodKind, Timetable

LONDON = ZoneInfo("Europe/London")
MONDAY = date(2026, 11, 23)
BUILT = datetime(2026, 11, 1, tzinfo=UTC)

PUPIL, STAFF, VISITOR = "10.1.0.5", "10.2.0.5", "10.3.0.5"


def at(clock: str = "09:30", day: date = MONDAY) -> datetime:
    """Return a wall-clock time of the school on a day, as an aware datetime."""
    hour, minute = map(int, clock.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LONDON)


def subject(text: str = "everyone") -> Subject:
    """Return a subject from ``role:staff`` or ``everyone``."""
    kind, _, id_ = text.partition(":")
    return Subject(SubjectKind(kind), id_ or "*")


def target(text: str = "category:social_media") -> Target:
    """Return a target from ``service:facebook``, ``url:host/path`` or ``everything``."""
    kind, _, id_ = text.partition(":")
    return Target(TargetKind(kind), id_ or "*")


def rule(
    id_: str, what: str, action: Action = Action.BLOCK, who: str = "everyone", **more: Any
) -> Rule:
    """Return a rule; ``when`` is a space-separated string of kinds or names."""
    more["when"] = frozenset(more.pop("when", "").split())
    more.setdefault("clause", id_)
    return Rule(id=id_, action=action, what=(target(what),), who=(subject(who),), **more)


def grant(what: str = "service:facebook", who: str = "role:staff", **more: Any) -> Grant:
    """Return a grant that runs all of MONDAY."""
    more["when"] = frozenset(more.pop("when", "").split())
    values = {"id": "G1", "start": at("00:00"), "end": at("23:59"), **more}
    return Grant(subject=subject(who), target=target(what), **values)


def sanction(who: str = "role:pupil", **more: Any) -> Sanction:
    """Return a sanction that runs all of MONDAY."""
    values = {"id": "S1", "start": at("00:00"), "end": at("23:59"), "clause": "7.2", **more}
    return Sanction(subject=subject(who), **values)


SERVICES = (
    Service(
        id="facebook", name="Facebook", categories=("collaborative",),
        domains=("facebook.com", "fb.com"), assets=("fbcdn.net",),
    ),
    Service(id="x", name="X", categories=("microblogs",), domains=("x.com", "twitter.com")),
    Service(
        id="wikipedia", name="Wikipedia", categories=("encyclopaedias",),
        domains=("wikipedia.org",),
    ),
    Service(
        id="wikipedia_editing", name="Wikipedia editing", categories=("encyclopaedia_editing",),
        urls=(
            UrlPattern(("wikipedia.org",), query=(("action", ("edit", "submit")),)),
            UrlPattern(("wikipedia.org",), methods=("POST",)),
        ),
    ),
)  # fmt: skip

CATEGORIES = (
    Category(id="social_media", name="Social media"),
    Category(id="collaborative", name="Collaborative spaces", parents=("social_media",)),
    Category(id="microblogs", name="Micro-blogs", parents=("social_media",)),
    Category(id="encyclopaedias", name="Encyclopaedias"),
    Category(id="encyclopaedia_editing", name="Editing of encyclopaedias"),
    Category(id="vpn", name="VPNs", kind=CategoryClass.CIRCUMVENTION, domains=("vpn.example",)),
    Category(
        id="unlawful", name="Illegal", kind=CategoryClass.ILLEGAL, domains=("illegal.example",)
    ),
    Category(id="adult", name="Adult", kind=CategoryClass.UNSUITABLE, domains=("adult.example",)),
)

RULES = (
    rule("no-facebook", "service:facebook", clause="7.1"),
    rule("pupils", "category:social_media", who="role:pupil", clause="6.8"),
    rule("staff-lesson", "category:social_media", who="role:staff", when="lesson", clause="5.7"),
    rule("staff-free", "category:social_media", Action.ALLOW, who="role:staff", when="break lunch"),
    rule("visitors", "category:social_media", who="role:visitor", clause="6.9", grants=False),
    rule("no-editing", "service:wikipedia_editing", who="role:staff", clause="6.11"),
    rule("adult", "category:adult", clause="PP"),
)

DAY = Timetable(
    "default",
    (
        Period("Lesson 1", PeriodKind.LESSON, 540, 630),
        Period("Break", PeriodKind.BREAK, 630, 650),
        Period("Lesson 2", PeriodKind.LESSON, 650, 720),
        Period("Lunch", PeriodKind.LUNCH, 720, 780),
        Period("Lesson 3", PeriodKind.LESSON, 780, 900),
    ),
)

YEAR = Calendar(
    covers=DateSpan(date(2026, 9, 1), date(2027, 8, 31)),
    terms=(
        DateSpan(date(2026, 9, 2), date(2026, 12, 18)),
        DateSpan(date(2027, 1, 4), date(2027, 7, 21)),
    ),
    holidays=(DateSpan(date(2026, 10, 26), date(2026, 10, 30), "Half-term"),),
    inset=(date(2027, 1, 4),),
)

NETWORKS = (
    Network(
        id="pupils", name="Classrooms", prefixes=("10.1.0.0/16", "fd00:1::/64"), role="pupil",
        ownership=Ownership.SCHOOL, trusts_ca=True,
    ),
    Network(
        id="staff", name="Staff", prefixes=("10.2.0.0/16", "fd00:2::/64"), role="staff",
        trusts_ca=True,
    ),
    Network(id="guests", name="Guests", prefixes=("10.3.0.0/16", "fd00:3::/64"), role="visitor"),
)  # fmt: skip


def contents(**more: Any) -> Contents:
    """Return the little school's contents."""
    return replace(
        Contents(
            version=1, built_at=BUILT,
            policy=PolicyInfo(
                id="little", name="Little School policy", short="LS", school="Little School"
            ),
            roles=(Role(id="staff", name="Staff", rank=1), Role(id="pupil", name="Pupil", rank=2),
                   Role(id="visitor", name="Visitor", rank=3)),
            networks=NETWORKS, categories=CATEGORIES, services=SERVICES, rules=RULES,
            timetables=(DAY,), calendar=YEAR, sanctuary_domains=("childline.org.uk",),
            circumvention_roles=("pupil", "visitor"), circumvention_clause="7.2",
            sanction_allow=("bbc.co.uk",), never_inspect=("nhs.uk", "bank.example"),
            steerable=("facebook.com", "fb.com", "fbcdn.net", "x.com", "twitter.com",
                       "wikipedia.org", "bank.example"),
        ),
        **more,
    )  # fmt: skip


class FixedLists:
    """A list index from a plain mapping: domain to (category, list id)."""

    def __init__(self, entries: dict[str, tuple[str, str]]) -> None:
        self._entries = entries

    def find(self, host: str) -> tuple[ListMatch, ...]:
        """Return the matches of a host, longest entry first."""
        known = ((s, self._entries[s]) for s in suffixes(host) if s in self._entries)
        return tuple(ListMatch(category, list_id, entry) for entry, (category, list_id) in known)


def snapshot(lists: ListIndex | None = None, **more: Any) -> Snapshot:
    """Return a snapshot of the little school."""
    return Snapshot(contents(**more), lists or NoLists())


def client(address: str = STAFF, snap: Snapshot | None = None, **more: Any) -> Client:
    """Return the client that the little school sees behind an address."""
    return replace((snap or snapshot()).register.resolve(address), **more)


def query(
    what: str = "facebook.com", who: str | Client = STAFF, when: str = "09:30", **more: Any
) -> Query:
    """Return a query: a bare host, or a URL when ``what`` holds ``://``."""
    url = urls.parse(what) if "://" in what else None
    day = more.pop("day", MONDAY)
    asker = client(who) if isinstance(who, str) else who
    return Query(asker, url.host if url else what, at(when, day), url, **more)


def attempt(host: str = "facebook.com", **more: Any) -> Attempt:
    """Return an attempt that staff made by DNS in a lesson."""
    values = {"at": at().astimezone(UTC), "last": more.get("at", at()).astimezone(UTC), **more}
    return replace(
        Attempt(
            at=BUILT, last=BUILT, layer=Layer.DNS, visit=Visit.LOOKUP, address=STAFF, host=host,
            verdict="block", reason="service_rule", rule="no-facebook", clause="7.1",
            role="staff", period="Lesson 1", period_kind="lesson", network="staff",
            service="facebook", category="collaborative",
        ),
        **values,
    )  # fmt: skip


HOUR = timedelta(hours=1)
