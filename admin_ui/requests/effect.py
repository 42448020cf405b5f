"""What a request would open, before anybody decides: the engine that enforces, asked twice.

Once on the snapshot as it is, once with the grant that an approval would make; for those
whom it is for, and for somebody whom it is not for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from admin_ui.requests.clients import Stand, touched_by, untouched_by
from admin_ui.requests.scope import Scope, service_of
from appliance.policy import urls
from appliance.policy.engine import decide
from appliance.policy.model import Action, Grant, PeriodKind, Reason, TargetKind, Verdict
from appliance.policy.plan import TlsPlan, plan
from appliance.policy.precedence import deciding_rule
from appliance.policy.situation import Query, situate
from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import Client

CANDIDATE: Final = "~candidate"
LOOK_AHEAD: Final = timedelta(days=14)
MOST: Final = 40  # sorts of clients that the engine is asked about
MOMENTS: Final = 120  # bells looked at to find one moment of each kind of period


@dataclass(frozen=True, slots=True)
class Reach:
    """What becomes of one request of a client. unread: its connection cannot be read, so the
    verdict on the whole host holds. never: the rule that blocks takes no grant."""

    open: bool
    verdict: Verdict
    unread: bool = False
    never: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One thing somebody might open, before and after. kind: the period it is asked in."""

    what: str
    kind: PeriodKind
    before: Reach
    after: Reach


@dataclass(frozen=True, slots=True)
class Line:
    """What changes for clients of one sort. devices: how many are known to be such."""

    who: str
    devices: int
    page: tuple[Change, ...]  # the page asked for, by kind of period
    beside: tuple[Change, ...] = ()  # what lies beside it, where the page opens

    @property
    def opens(self) -> bool:
        """Whether the page opens for them in any period asked for."""
        return any(change.after.open for change in self.page)

    @property
    def changes(self) -> bool:
        """Whether anything is other than before."""
        return any(c.after.open != c.before.open for c in (*self.page, *self.beside))


@dataclass(frozen=True, slots=True)
class Effect:
    """The whole answer. hosts: what else opens so that the page can be drawn.

    refused: why nothing can come of it, in sentences; empty: it may be approved.
    """

    lines: tuple[Line, ...]
    others: tuple[Line, ...]
    hosts: tuple[str, ...]
    public_view: bool
    refused: tuple[str, ...]

    @property
    def illegal(self) -> bool:
        """Whether the address is of the class whose URLs are never shown."""
        every = [c for line in (*self.lines, *self.others) for c in (*line.page, *line.beside)]
        return any(change.before.verdict.reason is Reason.ILLEGAL for change in every)

    @property
    def opens_nothing_new(self) -> bool:
        """Whether everything asked for is open already."""
        return not self.refused and not any(line.changes for line in self.lines)


def effect_of(scope: Scope, url: str, at: datetime, now: Snapshot) -> Effect:
    """Return what a scope would open from ``at`` on. url: the address as it was asked for."""
    start = max(at, scope.starts)
    candidate = Grant(
        id=CANDIDATE, subject=scope.subject, target=scope.target, start=start,
        end=max(scope.ends, start + timedelta(seconds=1)), when=scope.when,
    )  # fmt: skip
    grants = (*now.contents.grants, candidate)
    then = Snapshot(replace(now.contents, grants=grants), now.lists)
    page = _page(scope, url, now)
    sorts = _sorts(touched_by(scope.subject, now), then)
    lines = tuple(
        _merged(
            replace(_line(stand, page, start, scope, now, then), devices=number)
            for stand, number in sorts
        )
    )
    others = tuple(
        _other(stand, page, start, now, then) for stand in untouched_by(scope.subject, now)
    )
    view = any(c.after.verdict.public_view for line in lines for c in line.page if c.after.open)
    opened = [change for line in lines for change in line.beside if change.after.open]
    hosts = tuple(dict.fromkeys(c.what for c in opened if c.what in _assets(page, now)))
    return Effect(lines, others, hosts, view, _refused(lines, scope))


def reached(query: Query, snapshot: Snapshot) -> Reach:
    """Return what becomes of a request once DNS and TLS have had their say."""
    carried = plan(query, snapshot)
    if carried.tls is TlsPlan.INSPECT:
        verdict, unread = decide(query, snapshot), False
    else:
        verdict, unread = carried.verdict, True
    opened = verdict.action is Action.ALLOW and carried.tls is not TlsPlan.REFUSE
    rule = deciding_rule(situate(query, snapshot))
    never = rule is not None and rule.action is Action.BLOCK and not rule.grants
    return Reach(opened, verdict, unread, never)


def _page(scope: Scope, url: str, snapshot: Snapshot) -> urls.Url:
    """The address that stands for what is asked: as it was written, while it is within that."""
    match scope.target.kind:
        case TargetKind.URL:
            narrowed = urls.parse(f"https://{scope.target.id}")
            try:
                asked = urls.parse(url)
            except urls.BadUrlError:
                return narrowed
            return asked if urls.under_prefix(asked, scope.target.id) else narrowed
        case TargetKind.HOST:
            return urls.parse(f"https://{scope.target.id}/")
        case _:
            service = snapshot.catalogue.services.get(scope.target.id)
            hosts = (*service.domains, *service.hosts) if service else ()
            return urls.parse(f"https://{hosts[0]}/" if hosts else url)


def _line(
    stand: Stand, page: urls.Url, start: datetime, scope: Scope, now: Snapshot, then: Snapshot
) -> Line:
    changes = tuple(
        _change(page.host + page.path, kind, stand.client, page, at, now, then)
        for kind, at in _moments(stand.client, start, scope.ends, now)
        if not scope.when or kind in scope.when
    )
    opened = next((c for c in changes if c.after.open), None)
    at = next((at for kind, at in _moments(stand.client, start, scope.ends, now)
               if opened and kind is opened.kind), None)  # fmt: skip
    beside = () if at is None else tuple(_beside(stand.client, page, at, scope, now, then))
    return Line(stand.label, 1, changes, beside)


def _other(stand: Stand, page: urls.Url, at: datetime, now: Snapshot, then: Snapshot) -> Line:
    kind = now.moment(at, stand.client).kind
    change = _change(page.host + page.path, kind, stand.client, page, at, now, then)
    return Line(stand.label, 1, (change,))


def _change(
    what: str, kind: PeriodKind, client: Client, url: urls.Url, at: datetime, now: Snapshot,
    then: Snapshot, method: str = "GET",
) -> Change:  # fmt: skip
    query = Query(client, url.host, at, url, method)
    return Change(what, kind, reached(query, now), reached(query, then))


def _beside(
    client: Client, page: urls.Url, at: datetime, scope: Scope, now: Snapshot, then: Snapshot
) -> Iterator[Change]:
    """What lies beside the page: its site, its service, writing to it, what it is drawn from."""
    kind = now.moment(at, client).kind
    if page.path != "/" or page.query:
        front = urls.request_url("https", page.host, 443, "/")
        yield _change(f"Other pages of {page.host}", kind, client, front, at, now, then)
    elsewhere = _elsewhere(page, now)
    if elsewhere:
        other = urls.request_url("https", elsewhere, 443, "/")
        yield _change(f"The rest of the service ({elsewhere})", kind, client, other, at, now, then)
    yield _change("Posting and signing in there", kind, client, page, at, now, then, "POST")
    for host in _assets(page, now):
        asset = urls.request_url("https", host, 443, "/x")
        change = _change(host, kind, client, asset, at, now, then)
        if change.after.open and not change.before.open:
            yield change


def _elsewhere(page: urls.Url, snapshot: Snapshot) -> str:
    """Another host of the same service, for the question whether that opens too."""
    id_ = service_of(page, snapshot)
    service = snapshot.catalogue.services.get(id_ or "")
    hosts = (*service.domains, *service.hosts) if service else ()
    apart = (h for h in hosts if not (page.host == h or page.host.endswith("." + h)))
    return next(apart, "")


def _assets(page: urls.Url, snapshot: Snapshot) -> tuple[str, ...]:
    found = snapshot.catalogue.services_of(page.host, None, "GET")
    every = [host for id_ in found for host in snapshot.catalogue.services[id_].assets]
    return tuple(dict.fromkeys(host for host in every if host != page.host))


def _moments(
    client: Client, start: datetime, end: datetime, snapshot: Snapshot
) -> list[tuple[PeriodKind, datetime]]:
    """The first instant of each kind of period in a span, in the order they come."""
    found: dict[PeriodKind, datetime] = {}
    at: datetime | None = start
    for _ in range(MOMENTS):
        if at is None or at >= end or at > start + LOOK_AHEAD or len(found) == len(PeriodKind):
            break
        moment = snapshot.moment(at, client)
        found.setdefault(moment.kind, at)
        at = moment.until
    return list(found.items())


def _sorts(stands: Iterable[Stand], snapshot: Snapshot) -> list[tuple[Stand, int]]:
    """One client of each class (they share every verdict), and how many there are of it."""
    found: dict[tuple[object, ...], tuple[Stand, int]] = {}
    for stand in stands:
        key = (stand.label, *snapshot.class_of(stand.client))
        first, number = found.get(key, (stand, 0))
        found[key] = (first, number + 1)
    return list(found.values())[:MOST]


def _merged(lines: Iterable[Line]) -> Iterator[Line]:
    """Clients of one sort, for whom all is the same, on one line."""
    same: dict[tuple[object, ...], Line] = {}
    for line in lines:
        shape = tuple((c.what, c.kind, c.before.open, c.after.open, c.after.verdict.reason)
                      for c in (*line.page, *line.beside))  # fmt: skip
        key = (line.who, shape)
        known = same.get(key)
        same[key] = line if known is None else replace(known, devices=known.devices + line.devices)
    return iter(same.values())


def _refused(lines: tuple[Line, ...], scope: Scope) -> tuple[str, ...]:
    """Why nothing can come of it. Fails closed: what opens for nobody is refused."""
    changes = [change for line in lines for change in line.page]
    reasons = {change.after.verdict.reason for change in changes}
    for reason in (Reason.ILLEGAL, Reason.BLOCKED_BY_REPORT):
        if reason in reasons:
            return (WORDS[reason],)
    if any(change.after.open for change in changes):
        return ()
    if not changes:
        return ("None of the periods asked for comes before the time is over.",)
    found = [WORDS[r] for r in (Reason.CIRCUMVENTION, Reason.SANCTION) if r in reasons]
    never = next((c.after.verdict for c in changes if c.after.never), None)
    if never is not None:
        clause = f" (clause {never.clause})" if never.clause else ""
        found.append(f"The policy says that no permission opens this for them{clause}.")
    elif not found:
        found.append(
            UNREAD if scope.target.kind is TargetKind.URL else
            "This would stay closed for everybody whom it is for."
        )  # fmt: skip
    return tuple(found)


UNREAD: Final = (
    "Single pages can only be opened on devices that have the school’s certificate, and none of "
    "these has it. Ask for the whole site, or ask the technician to install the certificate."
)
WORDS: Final = {
    Reason.ILLEGAL: "This address is on a list of illegal content. Nobody can open it, at any "
    "time. Do not look for it again; tell the designated safeguarding lead.",
    Reason.BLOCKED_BY_REPORT: "This was blocked for everybody after a report. A request cannot "
    "open it; whoever made the block would have to lift it first.",
    Reason.CIRCUMVENTION: "This is a way round the school’s filter, and cannot be opened.",
    Reason.SANCTION: "The person or device is restricted for now, and no request lifts that.",
}
