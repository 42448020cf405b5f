"""The technician's narrowing of a request: what may be chosen, and what was."""

from __future__ import annotations

from dataclasses import replace

from admin_ui.gate import View
from admin_ui.requests.forms import ReviewForm
from admin_ui.requests.scope import (
    Scope,
    ScopeError,
    day_of,
    periods_of,
    subject_within,
    target_of,
    target_within,
)
from admin_ui.requests.signing import scope_of
from admin_ui.requests.wording import KIND_NAMES, subject_words
from appliance.policy import spans
from appliance.policy.model import Subject, SubjectKind, TargetKind
from appliance.policy.snapshot import Contents
from appliance.store.requests import Request


def offer(form: ReviewForm, request: Request, contents: Contents) -> None:
    """Put into a form what a request can be narrowed to."""
    form.subject.choices = {"": "As asked for"} | _narrower(request.subject, contents)
    form.periods.choices = {
        kind: name for kind, name in KIND_NAMES.items() if not request.when or kind in request.when
    }


def fill(form: ReviewForm, request: Request) -> None:
    """Fill in how wide a request is now."""
    if request.target.kind is TargetKind.URL:
        form.url.data = f"https://{request.target.id}"
    form.controls.data = str(request.review.get("controls", ""))


def narrowed(form: ReviewForm, request: Request, view: View) -> Scope | None:
    """Return the scope that a review leaves, or None with a mistake beside each field."""
    scope, good = scope_of(request), True
    for field, change in (
        ("url", _url), ("subject", _subject), ("periods", _periods), ("until_date", _until),
    ):  # fmt: skip
        try:
            scope = change(form, scope, view)
        except ScopeError as error:
            form[field].errors = [*form[field].errors, error.message]
            good = False
    return scope if good else None


def _url(form: ReviewForm, scope: Scope, view: View) -> Scope:
    text = (form.url.data or "").strip()
    if not text or text == f"https://{scope.target.id}":
        return scope
    target = target_of(text, "page", view.snapshot)
    if not target_within(target, scope.target, view.snapshot):
        raise ScopeError("url", "The address must lie within what was asked for")
    return replace(scope, target=target)


def _subject(form: ReviewForm, scope: Scope, view: View) -> Scope:
    text = form.subject.data or ""
    if not text:
        return scope
    kind, _, id_ = text.partition(":")
    chosen = Subject(SubjectKind(kind), id_) if kind in ("person", "device") else None
    if chosen is None or not subject_within(chosen, scope.subject, view.snapshot.contents):
        raise ScopeError("subject", "Choose somebody whom the request was for already")
    return replace(scope, subject=chosen)


def _periods(form: ReviewForm, scope: Scope, _: View) -> Scope:
    chosen = periods_of(form.periods.data or ())
    if not chosen:
        return scope
    if scope.when and not chosen <= scope.when:
        raise ScopeError("periods", "Choose from the periods that were asked for")
    return replace(scope, when=chosen)


def _until(form: ReviewForm, scope: Scope, view: View) -> Scope:
    text = (form.until_date.data or "").strip()
    if not text:
        return scope
    day = day_of(text)
    ends = spans.end_of_day(day, view.snapshot.contents.calendar.zone)
    if day < view.at.date():
        raise ScopeError("until_date", "The date must be today or later")
    if ends > scope.ends:
        raise ScopeError("until_date", "The date must not be later than what was asked for")
    return replace(scope, until="date", ends=ends) if ends < scope.ends else scope


def _narrower(subject: Subject, contents: Contents) -> dict[str, str]:
    people = [Subject(SubjectKind.PERSON, person.id) for person in contents.people]
    devices = [Subject(SubjectKind.DEVICE, device.id) for device in contents.devices]
    return {
        f"{one.kind.value}:{one.id}": subject_words(one, contents)
        for one in (*people, *devices)
        if one != subject and subject_within(one, subject, contents)
    }
