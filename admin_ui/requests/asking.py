"""Asking for something that is blocked: the form of appendix A, from the block page or the menu."""

from __future__ import annotations

from datetime import UTC
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from admin_ui import access, client, dates, due, school_policy, who
from admin_ui.gate import View, gate
from admin_ui.record import record
from admin_ui.requests import wording
from admin_ui.requests.answers import snapshot_now, steps_of
from admin_ui.requests.blueprint import blueprint
from admin_ui.requests.cards import card
from admin_ui.requests.effect import Effect, effect_of
from admin_ui.requests.forms import RequestForm
from admin_ui.requests.readers import reads_all
from admin_ui.requests.scope import (
    Scope,
    ScopeError,
    address,
    end_of,
    periods_of,
    service_of,
    subject_of,
    target_of,
)
from admin_ui.requests.signing import NotPossibleError, plain
from admin_ui.words import role_name
from appliance.accounts.posts import NAMES, Post
from appliance.policy.subjects import Client
from appliance.store import requests
from appliance.store.accounts import Account
from appliance.store.requests import Request

LONGEST_REF: Final = 64


@blueprint.get("/requests/new")
def new() -> str:
    """The form for staff; for everybody else what to tell a teacher, filled in."""
    view, account = gate().view(), who.account()
    url, ref = shown_url(request.args.get("url", "")), _reference(request.args.get("ref", ""))
    if account is None or not access.allowed("requests.create", account.posts):
        return _tell(view, url, ref)
    form = RequestForm(formdata=None, url=url, ref=ref)
    _prefill(form, account, client.in_use(view))
    if request.args.get("again"):
        _again(form, account, request.args["again"], view)
    return _form(form, view, account)


@blueprint.post("/requests/new")
def create() -> str | AnyResponse | tuple[str, int]:
    """Take a filled-in form."""
    view, account, form = gate().view(), who.me(), RequestForm()
    form.offer(view.snapshot.contents)
    good = form.validate_on_submit()
    scope = read_scope(form, account, view)
    if scope is None or not good:
        return _form(form, view, account), 400
    try:
        with gate().writing() as session:
            effect = effect_of(scope, form.url.data, view.at, snapshot_now(session, view))
            if effect.refused:
                _not_taken(session, form, effect)
                made = None
            else:
                made = submit(session, form, scope, account, view)
    except (NotPossibleError, ValueError) as error:
        form.url.errors = [*form.url.errors, str(error)]
        return _form(form, view, account), 409
    if made is None:
        return _form(form, view, account), 409
    flash(_sent(made, view), "success")
    return redirect(url_for("requests.show", id_=made.id), 303)


def submit(
    session: Session, form: RequestForm, scope: Scope, account: Account, view: View
) -> Request:
    """Keep a form with its first event and audit entry."""
    return add(
        session, view, account, kind="blocked_content", url=address(form.url.data)[0],
        content=form.content.data.strip(), reasons=form.reasons.data.strip(),
        risks=form.risks.data.strip(), block_reference=_reference(form.ref.data or ""), scope=scope,
    )  # fmt: skip


def add(
    session: Session, view: View, account: Account, *,
    kind: str, url: str, content: str, reasons: str, risks: str, scope: Scope,
    block_reference: str = "",
) -> Request:  # fmt: skip
    """Keep a new request of any kind. Its due time is the policy's of today."""
    rule = school_policy.requests_rule(session)
    made = requests.add(
        session,
        Request(
            kind=kind, made=view.at, account=account.id, staff_name=account.name,
            day=view.at.date(), url=url, content=content, reasons=reasons, risks=risks,
            block_reference=block_reference, subject=scope.subject, target=scope.target,
            when=scope.when, until=scope.until, starts=scope.starts, ends=scope.ends,
            due=due.due_at(view.at, rule, view.snapshot.contents),
        ),
    )  # fmt: skip
    requests.tell(session, made.id, at=view.at, by=account.name, what="submitted", text=reasons)
    record(session, "request.submitted", made.id, reason=reasons, kind=kind, scope=plain(scope))
    return made


def read_scope(form: RequestForm, account: Account, view: View) -> Scope | None:
    """Return how wide a form asks, or None with a mistake beside each field that has one."""
    snapshot, at = view.snapshot, view.at.astimezone(UTC)
    seen, good = client.in_use(view), True
    target = subject = when = ends = None
    try:
        target = target_of(form.url.data or "", form.width.data or "page", snapshot)
    except ScopeError as error:
        good = _blame(form, error)
    try:
        subject = subject_of(
            form.who.data or "", form.chosen(), account.person, seen, snapshot.contents
        )
    except ScopeError as error:
        good = _blame(form, error)
    try:
        when = periods_of(form.periods.data or ())
        if subject is not None:
            last = form.until_date.data or ""
            ends = end_of(form.until.data or "", last, subject, view.at, snapshot)
    except ScopeError as error:
        good = _blame(form, error)
    if not good or target is None or subject is None or when is None or ends is None:
        return None
    return Scope(
        subject=subject, target=target, when=when, until=form.until.data, starts=at, ends=ends
    )


def shown_url(text: str) -> str:
    """Return a URL as it was asked for if it is one; its spelling is kept, servers may need it."""
    try:
        return address(text)[0]
    except ScopeError:
        return ""


def _blame(form: RequestForm, error: ScopeError) -> bool:
    field = form[error.field]
    if not field.errors:
        field.errors = [error.message]
    return False


def _not_taken(session: Session, form: RequestForm, effect: Effect) -> None:
    """Say why nothing can come of it; an address of the illegal class is not shown again."""
    form.url.errors = [*form.url.errors, *effect.refused]
    why = "illegal" if effect.illegal else " ".join(effect.refused)
    record(session, "request.not_taken", reason=why)
    if effect.illegal:
        form.url.data = ""


def _sent(made: Request, view: View) -> str:
    with gate().reading() as session:
        steps = steps_of(school_policy.requests_rule(session))
    next_post = " or ".join(NAMES[Post(post)] for post in sorted(steps[0].posts))
    text = f"Request {made.id} has been sent. It waits for: {next_post}."
    return text + (f" Due by {dates.moment(made.due, view.zone)}." if made.due else "")


def _prefill(form: RequestForm, account: Account, seen: Client) -> None:
    mine = account.person is not None and seen.person == account.person
    form.who.data = "me" if mine or seen.device is None else "here"


def _again(form: RequestForm, account: Account, id_: str, view: View) -> None:
    """Fill in what an earlier request of one's own said."""
    with gate().reading() as session:
        found = requests.get(session, id_)
        if found is None or not (found.account == account.id or reads_all(session, account)):
            return
    if not card(found, view.at, view.snapshot).hidden:
        form.url.data = found.url
    form.content.data = found.content
    form.reasons.data, form.risks.data = found.reasons, found.risks


def _form(form: RequestForm, view: View, account: Account) -> str:
    contents, seen = view.snapshot.contents, client.in_use(view)
    form.offer(contents)
    own = [d.name for d in contents.devices if account.person and d.person == account.person]
    return render_template(
        "requests/new.html", form=form, seen=seen, own=wording.listed(own),
        widths=_widths(form.url.data or "", view), covers=contents.calendar.covers,
        moment_now=view.snapshot.moment(view.at, seen),
    )  # fmt: skip


def _widths(url: str, view: View) -> dict[str, str]:
    """How wide each choice is for the address at hand, in words; none while there is none."""
    try:
        _, found = address(url)
    except ScopeError:
        return {}
    chosen = ["page", "host", *(["service"] if service_of(found, view.snapshot) else [])]
    return {
        width: wording.target_words(target_of(url, width, view.snapshot), view.snapshot)
        for width in chosen
    }


def _tell(view: View, url: str, ref: str) -> str:
    """What a pupil tells the teacher, and the paper form for whoever has no account."""
    seen = client.in_use(view)
    back = url_for("requests.new", url=url or None, ref=ref or None)
    return render_template(
        "requests/tell.html", url=url, client=seen, role=role_name(view, seen.role), reference=ref,
        back=back,
    )  # fmt: skip


def _reference(text: str) -> str:
    return "".join(c for c in text if c.isprintable())[:LONGEST_REF]
