"""One request: its form, what happened to it, and what whoever looks at it may do."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from flask import Response, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from admin_ui import who
from admin_ui.gate import View, gate
from admin_ui.record import record
from admin_ui.requests import answers, form_pdf, wording
from admin_ui.requests.answers import Case, case_of
from admin_ui.requests.blueprint import blueprint
from admin_ui.requests.cards import card
from admin_ui.requests.effect import effect_of
from admin_ui.requests.forms import RevokeForm, TextForm, VersionForm
from admin_ui.requests.handling import MEANWHILE, WORDS_OF, missing
from admin_ui.requests.readers import readable
from admin_ui.requests.signing import NotAllowedError, NotPossibleError, digest_of, scope_of
from admin_ui.requests.states import Action, Shown
from appliance.policy.model import Subject, SubjectKind, Target, TargetKind
from appliance.store import requests
from appliance.store.requests import ChangedMeanwhileError, Request

FORMS: Final = ("ask", "answer", "withdraw", "revoke")


@blueprint.app_template_filter("until_end")
def until_end(ends: datetime, long: bool = False) -> str:
    """Say when something closes: ``the end of Monday 23 November``, ``Monday 23 ..., 10:30am``."""
    return wording.until_words(ends, gate().view().zone, long=long)


@blueprint.get("/requests/<id_>")
def show(id_: str) -> str:
    """A request, its history, and what may be done with it."""
    return page(id_)


@blueprint.get("/requests/<id_>/form.pdf")
def form(id_: str) -> Response:
    """The form as the paper one has it."""
    view = gate().view()
    with gate().writing() as session:  # printing is written down too
        request = readable(session, id_, who.me())
        events = requests.events(session, id_)
        record(session, "request.printed", id_)
    data = form_pdf.form(card(request, view.at, view.snapshot), events, view, who.me().name)
    answer = Response(data, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="request-{request.id}.pdf"'
    return answer


@blueprint.post("/requests/<id_>/question")
def ask(id_: str) -> str | AnyResponse | tuple[str, int]:
    """Ask the requester a question."""
    return _do(id_, Action.ASK, TextForm(prefix="ask"), "The question has been sent.")


@blueprint.post("/requests/<id_>/answer")
def answer(id_: str) -> str | AnyResponse | tuple[str, int]:
    """Answer it."""
    return _do(id_, Action.ANSWER, TextForm(prefix="answer"), "The answer has been sent.")


@blueprint.post("/requests/<id_>/withdraw")
def withdraw(id_: str) -> str | AnyResponse | tuple[str, int]:
    """Take one's own request back."""
    return _do(id_, Action.WITHDRAW, TextForm(prefix="withdraw"), "The request is withdrawn.")


@blueprint.post("/requests/<id_>/revoke")
def revoke(id_: str) -> str | AnyResponse | tuple[str, int]:
    """End what it opened, now."""
    return _do(id_, Action.REVOKE, RevokeForm(prefix="revoke"), "It is ended")


def page(id_: str, bound: dict[str, VersionForm] | None = None, problem: str = "") -> str:
    """Return the page of a request. bound: forms that were sent and could not be taken."""
    view, account = gate().view(), who.me()
    with gate().reading() as session:
        request = readable(session, id_, account)
        events = requests.events(session, id_)
        case = case_of(session, request, account, view.snapshot.contents)
    shown = card(request, view.at, view.snapshot)
    forms = {name: _form(name, request) for name in FORMS} | (bound or {})
    may = {action.value: _may(case, action, shown.state) for action in Action}
    signed = request.signature.get("digest")
    return render_template(
        "requests/show.html", card=shown, request_=request, events=events, words_of=WORDS_OF,
        forms=forms, may=may, problem=problem, step=case.step, steps=case.steps,
        asked=_asked(request, view), why_not=_why_not(case),
        effect=_effect(request, view) if shown.waits and shown.state is not Shown.LAPSED else None,
        digest_holds=None if signed is None else signed == digest_of(request),
    )  # fmt: skip


def _do(id_: str, action: Action, sent: TextForm | RevokeForm, said: str) -> (
    str | AnyResponse | tuple[str, int]
):  # fmt: skip
    """Take one of the small actions; on a mistake the page comes back with what was typed."""
    with gate().reading() as session:
        readable(session, id_, who.me())
    bound: dict[str, VersionForm] = {action.value: sent}
    if not sent.validate_on_submit():
        return page(id_, bound), 400
    act = {
        Action.ASK: answers.ask, Action.ANSWER: answers.answer, Action.WITHDRAW: answers.withdraw,
        Action.REVOKE: answers.revoke,
    }[action]  # fmt: skip
    try:
        with gate().writing() as session:
            act(session, id_, sent.seen(), sent.text.data.strip(), gate().view())
    except KeyError:
        return missing()
    except ChangedMeanwhileError:
        return page(id_, _fresh(id_, bound), MEANWHILE), 409
    except NotAllowedError as error:
        return page(id_, None, str(error)), 403
    except NotPossibleError as error:
        return page(id_, bound, str(error)), 409
    if action is Action.REVOKE:
        said += ", and enforced." if gate().in_force() else ". The gate has not confirmed it yet."
    flash(said, "success")
    return redirect(url_for("requests.show", id_=id_), 303)


def _form(name: str, request: Request) -> VersionForm:
    kind = RevokeForm if name == "revoke" else TextForm
    return kind(formdata=None, prefix=name, version=str(request.version))


def _fresh(id_: str, bound: dict[str, VersionForm]) -> dict[str, VersionForm]:
    """What was typed stays; sending it again means the request as it is now."""
    with gate().reading() as session:
        request = requests.get(session, id_)
    for sent in bound.values():
        sent.version.data = sent.version.raw_data = str(request.version if request else 0)
    return bound


def _may(case: Case, action: Action, state: Shown) -> bool:
    if state is Shown.LAPSED and action in (Action.AUTHORISE, Action.REVIEW, Action.ASK):
        return False
    if action is Action.REVOKE and state not in (Shown.ACTIVE, Shown.AUTHORISED):
        return False
    return case.may(action)


def _why_not(case: Case) -> str:
    """Said to somebody whose post takes this step, and who may not because it is their own."""
    if case.standing.own and case.standing.posts & case.step.posts:
        action = Action.REVIEW if case.step.does == "review" else Action.AUTHORISE
        return case.why_not(action)
    return ""


def _effect(request: Request, view: View) -> object:
    return effect_of(scope_of(request), request.url, view.at, view.snapshot)


def _asked(request: Request, view: View) -> list[tuple[str, str]]:
    """What was asked for before the review narrowed it."""
    asked = request.review.get("asked")
    if not asked:
        return []
    subject, target = asked["subject"], asked["target"]
    return [
        ("What", wording.target_words(Target(TargetKind(target[0]), target[1]), view.snapshot)),
        ("For", wording.subject_words(
            Subject(SubjectKind(subject[0]), subject[1]), view.snapshot.contents)),
        ("When", wording.when_words(frozenset(asked["when"]))),
    ]  # fmt: skip
