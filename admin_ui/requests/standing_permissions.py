"""Standing permissions: permitted by one, their controls applied by another (DM 5.10).

Which there are, and whose post each half is, the policy says. Neither half opens anything.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from flask import abort, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session

from admin_ui import access, school_policy, who
from admin_ui.gate import View, gate
from admin_ui.record import record
from admin_ui.requests import wording
from admin_ui.requests.blueprint import blueprint
from admin_ui.requests.deciding import Answer
from admin_ui.requests.forms import ControlsForm, PermitForm, WithdrawForm
from admin_ui.requests.scope import ScopeError, day_of
from appliance.policy import spans
from appliance.policy.model import StandingPermission, Subject, SubjectKind
from appliance.policy.snapshot import Contents
from appliance.policy_file.schema_workflow import StandingPermissionEntry
from appliance.store import permissions
from appliance.store.permissions import KeptPermission

# What the technician looks at before a personal device may reach social media (DM 5.10).
CONTROLS: Final = {
    "named": "The devices are in the register, each under its person’s name",
    "certificate": "The school’s certificate is on them, or the person knows what stays closed",
    "network": "They are on the staff network, apart from pupils’ devices",
    "told": "The person knows that use is recorded",
}
Entries = dict[str, StandingPermissionEntry]


@blueprint.get("/permissions")
def permissions_index() -> str:
    """Which permissions are held, by whom, and which half is still missing."""
    return _page()


@blueprint.post("/permissions")
def permit() -> Answer:
    """The headteacher's half."""
    view, me = gate().view(), who.me()
    with gate().reading() as session:
        entries = _entries(session)
    form = _permit_form(entries, view)
    good = form.validate_on_submit()
    entry = entries.get(form.permission.data or "")
    subject = _subject(form.subject.data or "", view.snapshot.contents)
    if entry is None:
        form.permission.errors, good = ["Choose the permission"], False
    if subject is None:
        form.subject.errors, good = ["Choose a person, a group or a role"], False
    try:
        end = _end(form.until_date.data or "", view)
    except ScopeError as error:
        form.until_date.errors, good = [error.message], False
    if not good or entry is None or subject is None:
        return _page(form), 400
    if entry.permitted_by not in me.posts:
        abort(403)
    if _about_me(subject):
        form.subject.errors = ["Nobody permits this to themselves: ask another headteacher"]
        return _page(form), 403
    with gate().writing() as session:
        kept = permissions.permit(
            session, form.permission.data, subject, by=me.login, start=view.at, end=end,
            reason=form.reason.data.strip(),
        )  # fmt: skip
        record(
            session, "permission.permitted", f"permission {kept.id}", reason=kept.reason,
            permission=kept.permission.name, who=f"{subject.kind.value}:{subject.id}",
            until=end and end.isoformat(),
        )  # fmt: skip
    said = "Permitted. It opens nothing until the technician marks the controls as applied."
    flash(said, "success")
    return redirect(url_for("requests.permissions_index"), 303)


@blueprint.route("/permissions/<int:id_>/controls", methods=["GET", "POST"])
def apply_controls(id_: int) -> Answer:
    """The technician's half: every control ticked."""
    view, form = gate().view(), ControlsForm()
    form.controls.choices = dict(CONTROLS)
    kept, entry = _one(id_)
    _may(entry.controls_by if entry else "it_technician", kept)
    if not form.is_submitted():
        return _half("requests/controls.html", kept, form)
    good = form.validate_on_submit()
    if missing := sorted(set(CONTROLS) - set(form.controls.data or ())):
        form.controls.errors, good = [f"Tick every control; {len(missing)} not ticked"], False
    if not good:
        return _half("requests/controls.html", kept, form), 400
    with gate().writing() as session:
        if not permissions.apply_controls(session, id_, by=who.me().login, at=view.at):
            flash("This permission has ended: it has to be permitted anew.", "error")
            return redirect(url_for("requests.permissions_index"), 303)
        record(session, "permission.controls_applied", f"permission {id_}",
               reason=form.reason.data.strip(), controls=list(CONTROLS))  # fmt: skip
    _say("The controls are marked as applied: the permission holds.")
    return redirect(url_for("requests.permissions_index"), 303)


@blueprint.route("/permissions/<int:id_>/withdraw", methods=["GET", "POST"])
def withdraw_permission(id_: int) -> Answer:
    """End a permission now."""
    view, form = gate().view(), WithdrawForm()
    kept, entry = _one(id_)
    posts = {entry.permitted_by, entry.controls_by} if entry else set()
    if not who.me().posts & (posts | access.HEADS | access.TECHNICIAN):
        abort(403)
    if not form.is_submitted():
        return _half("requests/withdraw_permission.html", kept, form)
    if not form.validate_on_submit():
        return _half("requests/withdraw_permission.html", kept, form), 400
    with gate().writing() as session:
        ended = permissions.withdraw(session, id_, at=view.at)
        if ended:
            reason = form.reason.data.strip()
            record(session, "permission.withdrawn", f"permission {id_}", reason=reason)
    if ended:
        _say("The permission is withdrawn.")
    else:
        flash("This permission had ended already.", "error")
    return redirect(url_for("requests.permissions_index"), 303)


def _page(form: PermitForm | None = None) -> str:
    view, me = gate().view(), who.me()
    with gate().reading() as session:
        entries = _entries(session)
        held = permissions.list_(session)
    rows = [(kept, entries.get(kept.permission.name), _state(kept, view),
             wording.subject_words(kept.permission.subject, view.snapshot.contents))
            for kept in reversed(held)]  # fmt: skip
    permits = {name: e for name, e in entries.items() if e.permitted_by in me.posts}
    return render_template(
        "requests/permissions.html", rows=rows, entries=entries, posts=me.posts,
        form=form or (_permit_form(permits, view, bound=False) if permits else None),
    )  # fmt: skip


def _half(template: str, kept: KeptPermission, form: ControlsForm | WithdrawForm) -> str:
    words = wording.subject_words(kept.permission.subject, gate().view().snapshot.contents)
    with gate().reading() as session:
        entry = _entries(session).get(kept.permission.name)
    return render_template(
        template, kept=kept, form=form, subject=words, name=entry.name if entry else
        kept.permission.name,
    )  # fmt: skip


def _state(kept: KeptPermission, view: View) -> str:
    permission: StandingPermission = kept.permission
    if permission.end is not None and permission.end <= view.at:
        return "Ended"
    return "In force" if permission.controls_applied else "Waiting"


def _one(id_: int) -> tuple[KeptPermission, StandingPermissionEntry | None]:
    with gate().reading() as session:
        kept = next((one for one in permissions.list_(session) if one.id == id_), None)
        if kept is None:
            abort(404)
        return kept, _entries(session).get(kept.permission.name)


def _may(post: str, kept: KeptPermission) -> None:
    """Fails closed: only the policy's post, and nobody for themselves."""
    if post not in who.me().posts or _about_me(kept.permission.subject):
        abort(403)


def _about_me(subject: Subject) -> bool:
    return subject.kind is SubjectKind.PERSON and subject.id == who.me().person


def _entries(session: Session) -> Entries:
    found = school_policy.document(session)
    return dict(found.permissions) if found else {}


def _permit_form(entries: Entries, view: View, *, bound: bool = True) -> PermitForm:
    form = PermitForm() if bound else PermitForm(formdata=None)
    contents = view.snapshot.contents
    form.permission.choices = {name: entry.name for name, entry in entries.items()}
    form.subject.choices = {
        "": "Choose",
        **{f"person:{p.id}": p.name for p in contents.people},
        **{f"group:{g.id}": f"Group: {g.name}" for g in contents.groups},
        **{f"role:{r.id}": f"Everybody of the role: {r.name}" for r in contents.roles},
    }
    return form


def _subject(text: str, contents: Contents) -> Subject | None:
    kind, _, id_ = text.partition(":")
    known = {
        "person": {p.id for p in contents.people}, "group": {g.id for g in contents.groups},
        "role": {r.id for r in contents.roles},
    }  # fmt: skip
    return Subject(SubjectKind(kind), id_) if id_ in known.get(kind, ()) else None


def _end(text: str, view: View) -> datetime | None:
    if not text.strip():
        return None
    day = day_of(text)
    if day < view.at.date():
        raise ScopeError("until_date", "The date must be today or later")
    return spans.end_of_day(day, view.snapshot.contents.calendar.zone)


def _say(said: str) -> None:
    enforced = "It is enforced." if gate().in_force() else "The gate has not confirmed it yet."
    flash(f"{said} {enforced}", "success")
