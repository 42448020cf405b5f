"""The forms of the made-up school: requests in every state, reports, sanctions, notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from appliance.demonstration.roll import Roll
from appliance.policy.model import (
    Grant,
    Sanction,
    StandingPermission,
    Subject,
    SubjectKind,
    SupervisedSession,
    Target,
    TargetKind,
)
from appliance.store import (
    content_reports,
    grants,
    notes,
    permissions,
    report_blocks,
    requests,
    sanctions,
    supervision,
)
from appliance.store.accounts import Account
from appliance.store.content_reports import Draft
from appliance.store.requests import Request

_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
TROUBLED, CURIOUS = 34, 71  # places among the pupils; see ``fortnight``


@dataclass(frozen=True, slots=True)
class _Form:
    """A request. ago: school days since it was made. ends: days from now. path: what followed."""

    ago: float
    ends: float
    by: str
    url: str
    content: str
    reasons: str
    group: str
    path: tuple[str, ...] = ()
    kind: str = "blocked_content"


_FORMS: Final = (
    _Form(9, -2, "teacher", "https://www.youtube.com/watch?v=volcano-film", "A film on volcanoes",
          "Science, how mountains are made", "class-4", ("reviewed", "authorised")),
    _Form(6, 8, "teacher2", "https://vimeo.com/channels/earthquakes", "Short films on earthquakes",
          "Geography, the same term", "class-5", ("reviewed", "authorised")),
    _Form(0.05, 3, "teacher", "https://www.flickr.com/groups/hedgerow/", "Pictures of hedgerows",
          "Art, drawing leaves from nature", "class-2"),
    _Form(1, 4, "teacher2", "https://www.reddit.com/r/askscience/", "Questions to scientists",
          "Science club wants to ask about tides", "class-6", ("question_asked",)),
    _Form(2, 5, "manager", "https://www.pinterest.com/ideas/display-boards/", "Display boards",
          "Planning the entrance hall", "staff-team", ("reviewed",)),
    _Form(4, 1, "teacher", "https://www.tiktok.com/@nature", "Nature clips",
          "A reward on Friday", "class-3", ("reviewed", "refused")),
    _Form(7, 3, "teacher2", "https://www.twitch.tv/chess", "A chess match, live",
          "Chess club", "class-6", ("reviewed", "authorised", "revoked")),
    _Form(5, -5 + 0.06, "teacher", "https://www.youtube.com/watch?v=phonics-song", "A song",
          "Phonics, this lesson", "class-1", ("authorised",), "curriculum"),
    _Form(3, 2, "teacher2", "https://soundcloud.com/whale-songs", "Whale songs",
          "Music; found another source since", "class-4", ("withdrawn",)),
)  # fmt: skip
_WORDS: Final = {
    "question_asked": "Which threads do you need? The whole forum is more than the club asks for.",
    "reviewed": "Looked at it: the page itself is fine, comments stay closed to pupils.",
    "authorised": "Good use for the lesson. Agreed.",
    "refused": "Clips cannot be told apart from the rest of the site. Please use the library’s.",
    "revoked": "The chat beside the match was not suitable.",
    "withdrawn": "No longer needed.",
}  # fmt: skip


def add(
    session: Session, roll: Roll, staff: Mapping[str, Account], now: datetime, days: Sequence[date]
) -> None:
    """Put everything in. now: the gate's time, with its zone. days: school days, oldest first."""
    for form in _FORMS:
        _request(session, form, staff, _made(form, now, days), now.astimezone(UTC))
    now = now.astimezone(UTC)
    _reports(session, staff, now)
    troubled, curious = roll.pupils[TROUBLED], roll.pupils[CURIOUS]
    _sanctions(session, roll, staff, now)
    by = staff["dsl"].login
    notes.add(session, "person", troubled.id, troubled.role, "Spoke with the class teacher: looks "
              "for a VPN at lunch, again and again. Parents are told.", by=by, at=now - _DAY,
              concern=True)  # fmt: skip
    notes.add(session, "person", curious.id, curious.role, "One hit on the unlawful list, by a "
              "link in a game chat. Headteacher told; police advice taken.", by=by,
              at=now - 2 * _DAY, concern=True)  # fmt: skip
    old = notes.add(session, "person", roll.pupils[12].id, roll.pupils[12].role,
                    "Many visits to a chat app at break: it was the class project.", by=by,
                    at=now - 8 * _DAY, concern=True)  # fmt: skip
    notes.close(session, old.id, by=by, at=now - 7 * _DAY, outcome="No further action")


def _sanctions(session: Session, roll: Roll, staff: Mapping[str, Account], now: datetime) -> None:
    """One that runs, with a session in which a teacher sat beside; one that was lifted."""
    troubled, old = roll.pupils[TROUBLED], roll.pupils[12]
    by, teacher = staff["dsl"].login, staff["teacher"]
    sanctions.add(
        session,
        Sanction(
            id="", subject=Subject(SubjectKind.PERSON, troubled.id), start=now - _DAY,
            end=now + 6 * _DAY, clause="7.2", text="Close supervision only, for one week.",
        ),
        author=by, reason="Looked for ways round the filter three times", at=now - _DAY,
    )  # fmt: skip
    begun = now - 4 * _HOUR
    supervision.supervise(
        session,
        SupervisedSession(
            subject=Subject(SubjectKind.PERSON, troubled.id), start=begun, end=begun + _HOUR,
            staff=teacher.name,
        ),
        account=teacher.login,
    )  # fmt: skip
    lifted = sanctions.add(
        session,
        Sanction(id="", subject=Subject(SubjectKind.PERSON, old.id), start=now - 8 * _DAY,
                 end=now + 6 * _DAY, clause="7.2"),
        author=by, reason="A web proxy, at break", at=now - 8 * _DAY,
    )  # fmt: skip
    sanctions.lift(
        session, lifted.id, at=now - 7 * _DAY, by=staff["head"].login,
        reason="It was the class project",
    )  # fmt: skip


def permit(session: Session, roll: Roll, name: str, now: datetime) -> None:
    """One standing permission that waits for the technician's half, and one that is whole."""
    for place, applied in ((8, False), (9, True)):
        held = permissions.permit(
            session, name, Subject(SubjectKind.PERSON, roll.staff[place].id), by="head",
            start=now - 3 * _DAY, reason="Asked for at the staff meeting",
        )  # fmt: skip
        if applied:
            permissions.apply_controls(session, held.id, by="technician")
    assert isinstance(held.permission, StandingPermission)


def _made(form: _Form, now: datetime, days: Sequence[date]) -> datetime:
    """Return when a form was handed in: on a school day, in the morning, or within the hour."""
    place = round(form.ago)
    if not place or place >= len(days):
        return (now - _DAY * form.ago).astimezone(UTC)
    morning = datetime.combine(days[-1 - place], time(9, 5 + 4 * place), tzinfo=now.tzinfo)
    return min(morning.astimezone(UTC), now.astimezone(UTC) - _HOUR)


def _request(
    session: Session, form: _Form, staff: Mapping[str, Account], made: datetime, now: datetime
) -> None:
    account = staff[form.by]
    lesson = form.kind == "curriculum"
    prefix = form.url.removeprefix("https://")
    request = requests.add(
        session,
        Request(
            kind=form.kind, made=made, account=account.id, staff_name=account.name,
            day=made.date(), url=form.url, content=form.content, reasons=form.reasons,
            risks="Comments below it. I show it on the board and do not scroll down.",
            subject=Subject(SubjectKind.GROUP, form.group),
            target=Target(TargetKind.URL, prefix), until="lesson" if lesson else "date",
            starts=made, ends=made + _HOUR if lesson else now + form.ends * _DAY, due=made + _DAY,
        ),
    )  # fmt: skip
    requests.tell(session, request.id, at=made, by=account.name, what="submitted",
                  text=form.reasons)  # fmt: skip
    for place, step in enumerate(form.path, 1):
        request = _moved(
            session, request, step, staff, made + (0.2 if lesson else 1.5 * place) * _HOUR
        )


def _moved(
    session: Session, request: Request, step: str, staff: Mapping[str, Account], at: datetime
) -> Request:
    who = staff["head" if step in ("authorised", "refused") else "technician"]
    if step == "withdrawn":
        who = next(one for one in staff.values() if one.id == request.account)
    changed: dict[str, Any] = {"state": step}
    if step == "reviewed":
        changed |= {"reviewed_by": who.name, "reviewed_at": at, "review": {
            "done": 1, "risks_confirmed": True, "controls": "Shown on the board by the teacher",
            "note": _WORDS[step]}}  # fmt: skip
    if step in ("authorised", "refused"):
        changed |= {
            "approved": step == "authorised", "decided_by": who.login, "decided_at": at,
            "authoriser_name": who.name, "decision_reasons": _WORDS[step],
        }  # fmt: skip
    if step == "authorised":
        changed["grant"] = _grant(session, request, who, at).id
    if step == "revoked":
        assert request.grant is not None
        grants.revoke(session, request.grant, by=who.login, at=at)
    what = {"question_asked": "asked"}.get(step, step)
    requests.tell(session, request.id, at=at, by=who.name, what=what, text=_WORDS[step])
    return requests.change(session, request.id, request.version, **changed)


def _grant(session: Session, request: Request, who: Account, at: datetime) -> Grant:
    grant = Grant(
        id="", subject=request.subject, target=request.target, start=at,
        end=max(request.ends, at + _HOUR / 2), clause="7.5",
        text=f"Opened by request {request.id}",
    )  # fmt: skip
    return grants.add(session, grant, author=who.login, reason=_WORDS["authorised"], at=at)


def _reports(session: Session, staff: Mapping[str, Account], now: datetime) -> None:
    def draft(login: str, ago: float, url: str, nature: str, who: str = "") -> Draft:
        day = (now - ago * _DAY).date()
        return Draft(
            account=staff[login].id, staff_name=staff[login].name, accessed_by=who, day=day,
            nature=nature, urls=(url,),
        )  # fmt: skip

    first = draft("teacher", 5, "https://chatter.example/rooms/7", "Strangers asked for names "
                  "and ages in an open chat room", "A group of class 6")  # fmt: skip
    done = content_reports.submit(session, first, at=now - 5 * _DAY, due=now - 4 * _DAY)
    block = Target(TargetKind.HOST, "chatter.example")
    at, officer = now - 4.8 * _DAY, staff["esafety"]
    report_blocks.make(session, done.id, block, by=officer.login, start=at, made=at, veiled=False)
    content_reports.act(
        session, done.id, version=done.version, officer_name=officer.name, by=officer.login, at=at,
        action_taken="Blocked the whole site for everyone. Told the parents and the DSL.",
        signature={},
    )  # fmt: skip
    waiting = draft("teacher2", 2, "https://quiz.example/scary", "A quiz that shows frightening "
                    "pictures between the questions")  # fmt: skip
    content_reports.submit(session, waiting, at=now - 2 * _DAY, due=now - _DAY)
    fresh = replace(waiting, account=staff["manager"].id, staff_name=staff["manager"].name,
                    day=now.date(), urls=("https://prank.example/call",),
                    nature="A page that lets pupils make prank calls")  # fmt: skip
    content_reports.submit(session, fresh, at=now - _HOUR, due=now + _DAY)
