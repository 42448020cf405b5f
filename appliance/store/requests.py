"""Blocked content access requests: kept, found again, moved on by one person at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from appliance.policy.model import Subject, SubjectKind, Target, TargetKind
from appliance.store import checks
from appliance.store.numbering import next_id
from appliance.store.request_tables import RequestEventRow, RequestRow
from appliance.store.tables import GrantRow

_WAITING: Final = ("submitted", "question_asked", "reviewed")
_PLAIN: Final = (
    "kind", "made", "account", "staff_name", "day", "url", "content", "reasons", "risks",
    "block_reference", "until", "starts", "ends", "due", "reviewed_by", "reviewed_at", "review",
    "approved", "decided_by", "decided_at", "decision_reasons", "authoriser_name", "signature",
    "grant", "state",
)  # fmt: skip


class ChangedMeanwhileError(ValueError):
    """Somebody else moved the request on since this person looked at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One form (reference policy, appendix A), how wide it is, and how it was answered.

    when: period kinds or names; none means every period. until: ``lesson``, ``today`` or
    ``date``, as it was asked for; starts, ends: what that came to. review: what the
    technician wrote, and ``asked``: the scope before it was narrowed. opened: the span of
    its grant; ended_by: who revoked that.
    """

    id: str = ""
    kind: str = "blocked_content"
    state: str = "submitted"
    version: int = 1
    made: datetime
    account: int
    staff_name: str
    day: date
    url: str
    content: str
    reasons: str
    risks: str
    block_reference: str = ""
    subject: Subject
    target: Target
    when: frozenset[str] = frozenset()
    until: str
    starts: datetime
    ends: datetime
    due: datetime | None = None
    reviewed_by: str | None = None
    reviewed_at: datetime | None = None
    review: dict[str, Any] = field(default_factory=dict)
    approved: bool | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    decision_reasons: str = ""
    authoriser_name: str = ""
    signature: dict[str, Any] = field(default_factory=dict)
    grant: str | None = None
    opened: tuple[datetime, datetime] | None = None
    ended_by: str | None = None

    @property
    def reviews(self) -> int:
        """How many reviews are done."""
        return int(self.review.get("done", 0))


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a request."""

    at: datetime
    by: str
    what: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which requests to find. states: as ``admin_ui`` shows them; none means all.

    account: those that this account made. text: in the id, name, URL, content or reasons.
    person, url: in the staff name, and in the address, alone.
    """

    states: frozenset[str] = frozenset()
    account: int | None = None
    kind: str = ""
    text: str = ""
    person: str = ""
    url: str = ""


def add(session: Session, request: Request) -> Request:
    """Keep a new request under the next number; return it as it is kept.

    Raises:
        ValueError: names the field that is wrong: a subject or target that is not there.
    """
    checks.span(request.starts, request.ends)
    id_ = next_id(session, RequestRow.id, "R")
    row = RequestRow(id=id_, version=1)
    _fill(session, row, {name: getattr(request, name) for name in (*_PLAIN, *_SCOPE)})
    session.add(row)
    session.flush()
    return _request(row, None)


def get(session: Session, id_: str) -> Request | None:
    """Return a request by id."""
    found = session.execute(_select().where(RequestRow.id == id_)).first()
    return None if found is None else _request(found[0], found[1])


def change(session: Session, id_: str, version: int, **changed: Any) -> Request:
    """Change fields of a request that is still at a version; the version moves on.

    Raises:
        KeyError: there is no such request.
        ChangedMeanwhileError: it is at another version by now.
        ValueError: names the field that is wrong.
    """
    row = session.get(RequestRow, id_)
    if row is None:
        raise KeyError(id_)
    if row.version != version:
        raise ChangedMeanwhileError(f"{id_} is at version {row.version}, not {version}")
    _fill(session, row, changed)
    row.version = version + 1
    session.flush()
    found = get(session, id_)
    assert found is not None
    return found


def tell(session: Session, id_: str, *, at: datetime, by: str, what: str, text: str = "") -> None:
    """Write down that something happened to a request."""
    session.add(RequestEventRow(request=id_, at=at, by=by, what=what, text=text))
    session.flush()


def events(session: Session, id_: str) -> tuple[Event, ...]:
    """Return what happened to a request, oldest first."""
    rows = session.scalars(
        select(RequestEventRow).where(RequestEventRow.request == id_).order_by(RequestEventRow.id)
    )
    return tuple(Event(row.at, row.by, row.what, row.text) for row in rows)


def find(
    session: Session, wanted: Wanted, at: datetime, *, limit: int = 100, offset: int = 0
) -> tuple[tuple[Request, ...], int]:
    """Return the requests that fit at an instant, newest first, and how many there are."""
    query = _where(_select(), wanted, at)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = session.execute(
        query.order_by(RequestRow.made.desc(), RequestRow.id.desc()).limit(limit).offset(offset)
    )
    return tuple(_request(row, grant) for row, grant in rows), total


def waiting(session: Session) -> tuple[Request, ...]:
    """Return every request that nobody decided, those due first, then the oldest."""
    rows = session.execute(_select().where(RequestRow.state.in_(_WAITING)))
    found = [_request(row, grant) for row, grant in rows]
    return tuple(sorted(found, key=lambda r: (r.due is None, r.due or r.made, r.made, r.id)))


_SCOPE: Final = ("subject", "target", "when")


def _fill(session: Session, row: RequestRow, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if name == "subject":
            subject = checks.subject(session, value)
            row.subject_kind, row.subject_id = subject.kind.value, subject.id
        elif name == "target":
            target = checks.target(session, value)
            row.target_kind, row.target_id = target.kind.value, target.id
        elif name == "when":
            row.when = tuple(sorted(value))
        else:
            assert name in _PLAIN, name
            setattr(row, name, value)


def _select() -> Select[RequestRow, GrantRow]:
    return select(RequestRow, GrantRow).outerjoin(GrantRow, GrantRow.id == RequestRow.grant)


def _where(
    query: Select[RequestRow, GrantRow], wanted: Wanted, at: datetime
) -> Select[RequestRow, GrantRow]:
    if wanted.account is not None:
        query = query.where(RequestRow.account == wanted.account)
    if wanted.kind:
        query = query.where(RequestRow.kind == wanted.kind)
    for word in wanted.text.split()[:8]:
        columns = (RequestRow.id, RequestRow.staff_name, RequestRow.url, RequestRow.content,
                   RequestRow.reasons)  # fmt: skip
        query = query.where(or_(*(c.icontains(word, autoescape=True) for c in columns)))
    if wanted.person.strip():
        query = query.where(RequestRow.staff_name.icontains(wanted.person.strip(), autoescape=True))
    if wanted.url.strip():
        query = query.where(RequestRow.url.icontains(wanted.url.strip(), autoescape=True))
    if wanted.states:
        query = query.where(or_(*_in_state(wanted.states, at)))
    return query


def _in_state(states: Iterable[str], at: datetime) -> list[ColumnElement[bool]]:
    """The states that time adds are asked of the grant; see ``admin_ui.requests.states``."""
    authorised = RequestRow.state == "authorised"
    held = and_(authorised, GrantRow.revoked_by.is_(None))
    timed = {
        "authorised": and_(held, GrantRow.starts > at),
        "active": and_(held, GrantRow.starts <= at, GrantRow.ends > at),
        "expired": and_(held, GrantRow.ends <= at),
        "revoked": or_(
            RequestRow.state == "revoked", and_(authorised, GrantRow.revoked_by.is_not(None))
        ),
        "lapsed": and_(RequestRow.state.in_(_WAITING), RequestRow.ends <= at),
        "refused": RequestRow.state == "refused",
        "withdrawn": RequestRow.state == "withdrawn",
    }
    timed |= {s: and_(RequestRow.state == s, RequestRow.ends > at) for s in _WAITING}
    return [timed.get(state, false()) for state in states]


def _request(row: RequestRow, grant: GrantRow | None) -> Request:
    values = {name: getattr(row, name) for name in _PLAIN}
    return Request(
        id=row.id, version=row.version,
        subject=Subject(SubjectKind(row.subject_kind), row.subject_id),
        target=Target(TargetKind(row.target_kind), row.target_id), when=frozenset(row.when),
        opened=None if grant is None else (grant.starts, grant.ends),
        ended_by=None if grant is None else grant.revoked_by,
        **values,
    )  # fmt: skip
