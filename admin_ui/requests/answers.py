"""What people do to a request: each in one transaction, with its audit entry and its event.

Who may do it is asked of ``states``; what it would open of ``effect``, on the store as it is
in that very transaction, so that nothing which became closed in between is opened.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from admin_ui import school_policy, who
from admin_ui.gate import View, gate
from admin_ui.record import record
from admin_ui.requests import states
from admin_ui.requests.effect import Effect, effect_of
from admin_ui.requests.scope import Scope, ScopeError, end_of, wider
from admin_ui.requests.signing import (
    NotAllowedError,
    NotPossibleError,
    digest_of,
    plain,
    scope_of,
    signed,
)
from admin_ui.requests.states import Action, Standing, State, Step
from appliance.policy.model import Grant, SubjectKind
from appliance.policy.snapshot import Contents, Snapshot
from appliance.policy_file import PolicyFileError
from appliance.policy_file.schema_workflow import RequestsEntry
from appliance.publish.compile import NoPolicyError, compile_contents
from appliance.store import accounts, grants, requests
from appliance.store.accounts import Account
from appliance.store.requests import ChangedMeanwhileError, Request


@dataclass(frozen=True, slots=True)
class Case:
    """A request as one person finds it. steps: those of the policy now."""

    request: Request
    standing: Standing
    steps: tuple[Step, ...]

    def may(self, action: Action) -> bool:
        """Whether this person may take an action now."""
        return not self.why_not(action)

    def why_not(self, action: Action) -> str:
        """Return why not, in a sentence; empty: they may."""
        request = self.request
        return states.why_not(
            action, State(request.state), self.standing, reviews=request.reviews, steps=self.steps
        )

    @property
    def step(self) -> Step:
        """The step that the request waits for."""
        return states.next_step(self.steps, self.request.reviews)


def steps_of(rule: RequestsEntry) -> tuple[Step, ...]:
    """Return the policy's steps. The last authorises, whatever a file calls it."""
    found = [Step(step.does, frozenset(step.posts)) for step in rule.steps]
    return (*found[:-1], Step("authorise", found[-1].posts))


def case_of(session: Session, request: Request, account: Account, contents: Contents) -> Case:
    """Return a request as an account finds it."""
    steps = steps_of(school_policy.requests_rule(session))
    return Case(request, standing(session, request, account, contents), steps)


def standing(session: Session, request: Request, account: Account, contents: Contents) -> Standing:
    """Return who somebody is to a request. Fails closed: a request about oneself, or one that
    another account of the same person made, is one's own."""
    asker = accounts.get(session, request.account)
    asked_it = request.account == account.id
    same = account.person is not None and asker is not None and asker.person == account.person
    subject, about = request.subject, False
    if account.person is not None and subject.kind is SubjectKind.PERSON:
        about = subject.id == account.person
    if account.person is not None and subject.kind is SubjectKind.DEVICE:
        about = any(d.id == subject.id and d.person == account.person for d in contents.devices)
    return Standing(account.posts, asked_it=asked_it, own=asked_it or same or about)


def snapshot_now(session: Session, view: View) -> Snapshot:
    """Return what the store holds at this moment, whatever the gate has got round to.

    Raises:
        NotPossibleError: there is no policy that can be asked.
    """
    version = view.snapshot.contents.version
    try:
        contents = compile_contents(session, version, gate().real())
    except (NoPolicyError, PolicyFileError):
        raise NotPossibleError("No policy is in force, so nothing can be asked for yet.") from None
    return Snapshot(contents, view.snapshot.lists)


def ask(session: Session, id_: str, version: int, text: str, view: View) -> Request:
    """Ask the requester a question.

    Raises:
        KeyError, ChangedMeanwhileError, NotPossibleError: see ``_open``.
    """
    case = _open(session, id_, version, Action.ASK, view)
    return _move(session, case, Action.ASK, view, text, {})


def answer(session: Session, id_: str, version: int, text: str, view: View) -> Request:
    """Answer the question.

    Raises:
        KeyError, ChangedMeanwhileError, NotPossibleError: see ``_open``.
    """
    case = _open(session, id_, version, Action.ANSWER, view)
    return _move(session, case, Action.ANSWER, view, text, {})


def withdraw(session: Session, id_: str, version: int, text: str, view: View) -> Request:
    """Take a request back that nobody has decided.

    Raises:
        KeyError, ChangedMeanwhileError, NotPossibleError: see ``_open``.
    """
    case = _open(session, id_, version, Action.WITHDRAW, view)
    return _move(session, case, Action.WITHDRAW, view, text, {})


def review(
    session: Session, id_: str, version: int, *,
    controls: str, note: str, narrowed: Scope | None, view: View,
) -> Request:  # fmt: skip
    """The technician has confirmed risks and controls; the scope may be narrowed, never widened.

    Raises:
        KeyError, ChangedMeanwhileError, NotPossibleError: see ``_open``.
    """
    case = _open(session, id_, version, Action.REVIEW, view)
    request, before = case.request, scope_of(case.request)
    done = request.reviews + 1
    kept: dict[str, Any] = {
        **request.review, "done": done, "risks_confirmed": True, "controls": controls, "note": note,
    }  # fmt: skip
    changed: dict[str, Any] = {"reviewed_by": who.me().name, "reviewed_at": view.at}
    if narrowed is not None and narrowed != before:
        snapshot = snapshot_now(session, view)
        if wider(narrowed, before, snapshot):
            raise NotPossibleError("A review may narrow what was asked for, and never widen it.")
        kept.setdefault("asked", plain(before))
        changed |= {
            "subject": narrowed.subject, "target": narrowed.target, "when": narrowed.when,
            "until": narrowed.until, "ends": narrowed.ends,
        }  # fmt: skip
    changed["review"] = kept
    return _move(session, case, Action.REVIEW, view, note or controls, changed, reviews=done)


def refuse(
    session: Session, id_: str, version: int, *, reasons: str, name: str, view: View
) -> Request:
    """Refuse a request, signed.

    Raises:
        KeyError, ChangedMeanwhileError, NotPossibleError: see ``_open``.
    """
    case = _open(session, id_, version, Action.REFUSE, view)
    changed = signed(case.request, approved=False, reasons=reasons, name=name, at=view.at)
    return _move(session, case, Action.REFUSE, view, reasons, changed)


def authorise(
    session: Session, id_: str, version: int, *, reasons: str, name: str, view: View
) -> tuple[Request, Effect]:
    """Authorise a request, signed: it becomes a grant, no wider than was shown.

    Raises:
        KeyError, ChangedMeanwhileError: see ``_open``.
        NotPossibleError: as there; or the time asked for is over, or it cannot be opened.
    """
    case = _open(session, id_, version, Action.AUTHORISE, view)
    snapshot = snapshot_now(session, view)
    ends = ends_now(case.request, view.at, snapshot)
    scope = scope_of(case.request)
    effect = effect_of(scope, case.request.url, view.at, snapshot)
    if effect.refused:
        raise NotPossibleError(" ".join(effect.refused))
    grant = grants.add(
        session,
        Grant(
            id="", subject=scope.subject, target=scope.target, when=scope.when,
            start=max(view.at, scope.starts).astimezone(UTC), end=ends,
            clause=clause_of(session, case.request, effect),
            text=f"Opened by request {case.request.id}",
        ),
        author=who.me().login, reason=reasons, at=gate().real(),
    )  # fmt: skip
    changed = signed(case.request, approved=True, reasons=reasons, name=name, at=view.at)
    changed["grant"] = grant.id
    return _move(session, case, Action.AUTHORISE, view, reasons, changed), effect


def revoke(session: Session, id_: str, version: int, text: str, view: View) -> Request:
    """End what an authorised request opened.

    Raises:
        KeyError, ChangedMeanwhileError: see ``_open``.
        NotPossibleError: as there; or it has ended already.
    """
    case = _open(session, id_, version, Action.REVOKE, view)
    grant = case.request.grant or ""
    if not grants.revoke(session, grant, by=who.me().login, at=view.at):
        raise NotPossibleError("It has ended already.")
    return _move(session, case, Action.REVOKE, view, text, {})


def ends_now(request: Request, at: datetime, snapshot: Snapshot) -> datetime:
    """Return when a grant made at ``at`` would end: never later than was asked for.

    "The end of this lesson" is that of the subject's own bells, which may have been moved.

    Raises:
        NotPossibleError: the time asked for is over.
    """
    if request.ends <= at:
        raise NotPossibleError(
            "The time that was asked for is over, so nothing can be opened by this request any "
            "more. Refuse it, or have it asked anew."
        )
    if request.until != "lesson" or at < request.starts:
        return request.ends
    try:
        ends = end_of("lesson", "", request.subject, at, snapshot)
    except ScopeError:
        raise NotPossibleError(
            "The lesson that was asked for is over: have it asked anew."
        ) from None
    return min(ends, request.ends)


def clause_of(session: Session, request: Request, effect: Effect) -> str:
    """Return the clause a grant rests on: a curriculum activity on that of the rule it opens."""
    clause = school_policy.requests_rule(session).clause or ""
    if request.kind != "curriculum":
        return clause
    blocked = [c.before.verdict.clause for line in effect.lines for c in line.page
               if not c.before.open]  # fmt: skip
    return next(filter(None, blocked), clause)


def _open(session: Session, id_: str, version: int, action: Action, view: View) -> Case:
    """Return a request for an action of whoever is signed in.

    Raises:
        KeyError: there is no such request.
        ChangedMeanwhileError: somebody moved it on since this person looked.
        NotPossibleError: they may not, or not now.
    """
    request = requests.get(session, id_)
    if request is None:
        raise KeyError(id_)
    if request.version != version:
        raise ChangedMeanwhileError(id_)
    case = case_of(session, request, who.me(), view.snapshot.contents)
    if reason := case.why_not(action):
        known = (State(request.state), action) in states.AFTER
        raise (NotAllowedError if known else NotPossibleError)(reason)
    return case


def _move(
    session: Session, case: Case, action: Action, view: View, text: str, changed: dict[str, Any],
    *, reviews: int | None = None,
) -> Request:  # fmt: skip
    request = case.request
    done = request.reviews if reviews is None else reviews
    state = states.after(State(request.state), action, reviews=done, steps=case.steps)
    moved = requests.change(session, request.id, request.version, **changed, state=state.value)
    if moved.approved is not None and "signature" in changed:  # over what is kept, as it is kept
        signature = {**moved.signature, "digest": digest_of(moved)}
        moved = requests.change(session, moved.id, moved.version, signature=signature)
    name = PAST[action]
    requests.tell(session, moved.id, at=view.at, by=who.me().name, what=name, text=text)
    record(
        session, f"request.{name}", moved.id, reason=text, state=state.value, grant=moved.grant,
        digest=moved.signature.get("digest"),
    )  # fmt: skip
    return moved


PAST: Final = {
    Action.ASK: "asked", Action.ANSWER: "answered", Action.REVIEW: "reviewed",
    Action.AUTHORISE: "authorised", Action.REFUSE: "refused", Action.WITHDRAW: "withdrawn",
    Action.REVOKE: "revoked",
}  # fmt: skip
