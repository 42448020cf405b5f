"""Curriculum activities: a class, a service or address, one lesson (reference policy 6.1).

An activity is a request like any other and takes the policy's steps. Where the technician
has written down that the headteacher agreed once for all, it opens without them: off unless
somebody says so, for one class and one lesson at a time, and never for what cannot be opened.
"""

from __future__ import annotations

from datetime import UTC
from typing import Any, Final

from flask import flash, redirect, render_template, url_for
from sqlalchemy.orm import Session

from admin_ui import dates, who
from admin_ui.gate import View, gate
from admin_ui.record import record
from admin_ui.requests import asking
from admin_ui.requests.answers import clause_of, snapshot_now
from admin_ui.requests.blueprint import blueprint
from admin_ui.requests.cards import card
from admin_ui.requests.deciding import Answer, decided_words
from admin_ui.requests.effect import Effect, effect_of
from admin_ui.requests.forms import ActivityForm, WithdrawForm
from admin_ui.requests.lessons import Lesson, lessons
from admin_ui.requests.readers import reads_all
from admin_ui.requests.scope import Scope, ScopeError, subject_of, target_of
from admin_ui.requests.signing import NotPossibleError
from appliance.accounts.posts import Post
from appliance.policy.model import Grant, PeriodKind, Subject, SubjectKind, Target, TargetKind
from appliance.policy.subjects import Client
from appliance.store import grants, requests, web_settings
from appliance.store.requests import Request, Wanted

SETTING: Final = "activities"
LISTED: Final = 30
NOBODY: Final = Client(address="::", role="")  # a class is asked for, whatever the device in use


@blueprint.get("/activities")
def activities() -> str:
    """The activities, newest first, and whether they open by themselves."""
    view, me = gate().view(), who.me()
    with gate().reading() as session:
        own = None if reads_all(session, me) else me.id
        found, _ = requests.find(
            session, Wanted(kind="curriculum", account=own), view.at, limit=LISTED
        )
        standing = _standing(session)
    return render_template(
        "requests/activities.html", cards=[card(r, view.at, view.snapshot) for r in found],
        standing=standing, form=WithdrawForm(formdata=None),
        may_switch=Post.IT_TECHNICIAN in me.posts, me=me,
    )  # fmt: skip


@blueprint.post("/activities/standing")
def switch_standing() -> Answer:
    """The technician writes down, or takes back, that activities open by themselves."""
    form = WithdrawForm()
    if not form.validate_on_submit():
        flash("Say who agreed to it, and when.", "error")
        return redirect(url_for("requests.activities"), 303)
    reason = form.reason.data.strip()
    with gate().writing() as session:
        on = not _standing(session)
        web_settings.put(session, SETTING, {"standing": on, "reason": reason, "by": who.me().name})
        record(session, "activity.standing_changed", "activities", reason=reason, on=on)
    flash(
        f"Activities {'open by themselves' if on else 'wait for approval'} from now on.", "success"
    )
    return redirect(url_for("requests.activities"), 303)


@blueprint.route("/activities/new", methods=["GET", "POST"])
def new_activity() -> Answer:
    """A class, a service or address, this lesson or a later one."""
    view = gate().view()
    form = _offered(ActivityForm(), view)
    if not form.is_submitted():
        return _page(form, view)
    good = form.validate_on_submit()
    scope = _scope(form, view)
    if not good or scope is None:
        return _page(form, view), 400
    try:
        made, effect = _send(form, scope, view)
    except (NotPossibleError, ValueError) as error:
        form.what.errors = [str(error)]
        return _page(form, view), 409
    if made is None:
        form.what.errors = list(effect.refused)
        form.url.data = "" if effect.illegal else form.url.data
        return _page(form, view), 409
    said = decided_words(made, view) if made.grant else f"Activity {made.id} has been sent."
    flash(said, "success")
    return redirect(url_for("requests.show", id_=made.id), 303)


def _send(form: ActivityForm, scope: Scope, view: View) -> tuple[Request | None, Effect]:
    """Keep an activity, and open it where there is a standing agreement; None: it cannot be."""
    with gate().writing() as session:
        effect = effect_of(scope, form.url.data or "", view.at, snapshot_now(session, view))
        if effect.refused:
            why = "illegal" if effect.illegal else " ".join(effect.refused)
            record(session, "activity.not_taken", reason=why)
            return None, effect
        made = asking.add(
            session, view, who.me(), kind="curriculum", url=_url(scope, form, view),
            content=form.content.data.strip(), reasons=form.reasons.data.strip(),
            risks=form.risks.data.strip(), scope=scope,
        )  # fmt: skip
        standing = _standing(session)
        return (_opened(session, made, effect, standing, view) if standing else made), effect


def _opened(
    session: Session, made: Request, effect: Effect, standing: dict[str, Any], view: View
) -> Request:
    """Open an activity under the standing agreement: a grant for just that class and lesson."""
    me = who.me()
    grant = grants.add(
        session,
        Grant(
            id="", subject=made.subject, target=made.target, when=made.when, end=made.ends,
            start=max(made.starts, view.at.astimezone(UTC)),
            clause=clause_of(session, made, effect), text=f"Opened by activity {made.id}",
        ),
        author=me.login, reason=made.reasons, at=gate().real(),
    )  # fmt: skip
    words = f"Under the standing agreement: {standing.get('reason', '')}"
    opened = requests.change(
        session, made.id, made.version, state="authorised", grant=grant.id, approved=True,
        decided_by="standing agreement", decided_at=view.at, decision_reasons=words,
    )  # fmt: skip
    requests.tell(session, made.id, at=view.at, by=me.name, what="authorised", text=words)
    record(session, "request.authorised", made.id, reason=words, grant=grant.id, standing=True)
    return opened


def _scope(form: ActivityForm, view: View) -> Scope | None:
    """Return what is asked for, or None with a mistake beside each field."""
    snapshot, good, target, subject = view.snapshot, True, None, None
    try:
        subject = subject_of("group", form.group.data or "", None, NOBODY, snapshot.contents)
    except ScopeError as error:
        form.group.errors, good = [error.message], False
    try:
        target = _target(form, view)
    except ScopeError as error:
        form[error.field].errors, good = [error.message], False
    lesson = _lesson(form, subject, view) if subject else None
    if subject and lesson is None:
        form.lesson.errors, good = ["Choose a lesson that this class has"], False
    if not good or subject is None or target is None or lesson is None:
        return None
    return Scope(
        subject=subject, target=target, when=frozenset({PeriodKind.LESSON.value}), until="lesson",
        starts=lesson.starts, ends=lesson.ends,
    )  # fmt: skip


def _target(form: ActivityForm, view: View) -> Target:
    if form.what.data == "url":
        return target_of(form.url.data or "", "page", view.snapshot)
    id_ = form.service.data or ""
    if id_ not in view.snapshot.catalogue.services:
        raise ScopeError("service", "Choose the service")
    return Target(TargetKind.SERVICE, id_)


def _url(scope: Scope, form: ActivityForm, view: View) -> str:
    """Return the address that the form keeps; for a service the first of its own."""
    if scope.target.kind is TargetKind.URL:
        return asking.shown_url(form.url.data or "")
    service = view.snapshot.catalogue.services[scope.target.id]
    hosts = (*service.domains, *service.hosts, *(h for u in service.urls for h in u.hosts))
    return f"https://{hosts[0]}/" if hosts else ""


def _lesson(form: ActivityForm, subject: Subject, view: View) -> Lesson | None:
    every = lessons(subject, view.at, view.snapshot)
    return next((one for one in every if one.value == form.lesson.data), None)


def _offered(form: ActivityForm, view: View) -> ActivityForm:
    """Put the classes, services and lessons that there are into a form."""
    contents = view.snapshot.contents
    form.group.choices = {"": "Choose"} | {g.id: g.name for g in contents.groups}
    services = sorted(contents.services, key=lambda service: service.name.lower())
    form.service.choices = {"": "Choose"} | {s.id: s.name for s in services}
    subjects = [Subject(SubjectKind.GROUP, g.id) for g in contents.groups]
    found = {one.value: one for s in subjects for one in lessons(s, view.at, view.snapshot)}
    every = sorted(found.values(), key=lambda one: (one.starts, one.ends))
    form.lesson.choices = {one.value: _lesson_words(one, view) for one in every}
    return form


def _lesson_words(lesson: Lesson, view: View) -> str:
    start, end = lesson.starts.astimezone(view.zone), lesson.ends.astimezone(view.zone)
    if lesson.running:
        return f"This lesson: {lesson.name}, until {dates.clock_time(end)}"
    return (
        f"{dates.day(start)}, {lesson.name}, {dates.clock_time(start)} to {dates.clock_time(end)}"
    )


def _page(form: ActivityForm, view: View) -> str:
    with gate().reading() as session:
        standing = _standing(session)
    return render_template("requests/new_activity.html", form=form, standing=standing)


def _standing(session: Session) -> dict[str, Any]:
    """Return the standing agreement; empty: there is none. Fails closed: anything odd is none."""
    found = web_settings.get(session, SETTING)
    return found if found.get("standing") is True else {}
