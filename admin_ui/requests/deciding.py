"""Reviewing and deciding one request: first what it opens, then the two buttons."""

from __future__ import annotations

from typing import Final

from flask import abort, flash, redirect, render_template, url_for
from flask import session as browser
from werkzeug.wrappers import Response as AnyResponse

from admin_ui import dates, who
from admin_ui.gate import View, gate
from admin_ui.requests import answers, narrowing, wording
from admin_ui.requests.answers import Case, case_of
from admin_ui.requests.blueprint import blueprint
from admin_ui.requests.cards import card
from admin_ui.requests.effect import effect_of
from admin_ui.requests.forms import DecisionForm, ReviewForm, VersionForm
from admin_ui.requests.handling import MEANWHILE, missing
from admin_ui.requests.readers import readable
from admin_ui.requests.showing import page
from admin_ui.requests.signing import NotAllowedError, NotPossibleError, scope_of
from admin_ui.requests.states import AFTER, Action, State
from admin_ui.signin.again import signed_again
from appliance.store import requests
from appliance.store.requests import ChangedMeanwhileError, Request

Answer = str | AnyResponse | tuple[str, int]
LONGEST_DRAFT: Final = 1200  # characters of a decision kept in the browser while it signs in again


@blueprint.get("/requests/<id_>/review")
def review(id_: str) -> Answer:
    """The technician's review: risks and controls, and the scope made narrower if wanted."""
    view = gate().view()
    case = _case(id_, view)
    if (away := _barred(case, Action.REVIEW)) is not None:
        return away
    form = ReviewForm(formdata=None, version=str(case.request.version))
    narrowing.offer(form, case.request, view.snapshot.contents)
    if not card(case.request, view.at, view.snapshot).hidden:
        narrowing.fill(form, case.request)
    return _page("requests/review.html", case, form, view)


@blueprint.post("/requests/<id_>/review")
def send_review(id_: str) -> Answer:
    """Take a review."""
    view, form = gate().view(), ReviewForm()
    case = _case(id_, view)
    narrowing.offer(form, case.request, view.snapshot.contents)
    good = form.validate_on_submit()
    scope = narrowing.narrowed(form, case.request, view)
    if not good or scope is None:
        return _page("requests/review.html", case, form, view), 400
    try:
        with gate().writing() as session:
            answers.review(
                session, id_, form.seen(), controls=form.controls.data.strip(),
                note=(form.note.data or "").strip(), narrowed=scope, view=view,
            )  # fmt: skip
    except (KeyError, ChangedMeanwhileError, NotPossibleError) as error:
        return _not_done("requests/review.html", id_, form, error)
    flash(f"Request {id_} is reviewed.", "success")
    return redirect(url_for("requests.show", id_=id_), 303)


@blueprint.get("/requests/<id_>/decide")
def decide(id_: str) -> Answer:
    """What the request opens, and the authoriser's part of the form."""
    view = gate().view()
    case = _case(id_, view)
    if (away := _barred(case, Action.REFUSE)) is not None:
        return away
    form = DecisionForm(formdata=None, version=str(case.request.version))
    draft = browser.pop(f"decision {id_}", None)
    if isinstance(draft, dict):  # typed before the second factor was asked for again
        form.reasons.data, form.name.data = draft.get("reasons", ""), draft.get("name", "")
    return _page("requests/decide.html", case, form, view)


@blueprint.post("/requests/<id_>/decide")
def send_decision(id_: str) -> Answer:
    """Take the decision, signed. What is authorised is enforced within a second."""
    view, form = gate().view(), DecisionForm()
    if not who.proved_just_now():
        return _sign_first(id_, form)
    case = _case(id_, view)
    good = form.validate_on_submit()
    if form.decision.data not in ("yes", "no"):
        good, form.reasons.errors = False, [*form.reasons.errors, "Authorise it or refuse it"]
    if not good:
        return _page("requests/decide.html", case, form, view), 400
    signed = {"reasons": form.reasons.data.strip(), "name": form.name.data.strip(), "view": view}
    try:
        with gate().writing() as session:
            if form.decision.data == "yes":
                done, _ = answers.authorise(session, id_, form.seen(), **signed)
            else:
                done = answers.refuse(session, id_, form.seen(), **signed)
    except (KeyError, ChangedMeanwhileError, NotPossibleError) as error:
        return _not_done("requests/decide.html", id_, form, error)
    flash(decided_words(done, view), "success")
    return redirect(url_for("requests.show", id_=id_), 303)


def decided_words(done: Request, view: View) -> str:
    """Return what was done; for what is opened, whether the gate enforces it by now."""
    if not done.approved or done.opened is None:
        return f"Request {done.id} is refused."
    until = wording.until_words(done.opened[1], view.zone)
    if done.opened[0] > view.at:
        return f"Request {done.id} is authorised as grant {done.grant}. It opens by itself at " \
               f"{dates.moment(done.opened[0], view.zone)} and closes at {until}."  # fmt: skip
    enforced = (
        "It is open now" if gate().in_force()
        else "The gate has not confirmed it yet; it opens as soon as the gate has it"
    )  # fmt: skip
    return f"Request {done.id} is authorised as grant {done.grant}. {enforced}, until {until}."


def _sign_first(id_: str, form: DecisionForm) -> AnyResponse:
    """Send somebody to the second factor and back; what they typed waits in their browser."""
    browser[f"decision {id_}"] = {
        "reasons": (form.reasons.data or "")[:LONGEST_DRAFT], "name": (form.name.data or "")[:120],
    }  # fmt: skip
    away = signed_again(url_for("requests.decide", id_=id_))
    assert away is not None, "asked only where the second factor was not shown just now"
    return away


def _case(id_: str, view: View) -> Case:
    with gate().reading() as session:
        request = readable(session, id_, who.me())
        return case_of(session, request, who.me(), view.snapshot.contents)


def _barred(case: Case, action: Action) -> AnyResponse | tuple[str, int] | None:
    """Send back whoever comes too late, by an old tab or link; refuse whoever may not, and say why.

    None: go on. Fails closed: without a reason to go back it is a refusal.
    """
    if case.may(action):
        return None
    if (State(case.request.state), action) in AFTER:
        return page(case.request.id, None, case.why_not(action)), 403
    flash(case.why_not(action), "error")
    return redirect(url_for("requests.show", id_=case.request.id), 303)


def _not_done(template: str, id_: str, form: VersionForm, error: Exception) -> Answer:
    if isinstance(error, KeyError):
        return missing()
    if isinstance(error, NotAllowedError):
        abort(403)
    with gate().reading() as session:
        request = requests.get(session, id_)
        if request is None:
            return missing()
        case = case_of(session, request, who.me(), gate().view().snapshot.contents)
    said = str(error)
    if isinstance(error, ChangedMeanwhileError):
        said = MEANWHILE
        form.version.data = form.version.raw_data = str(request.version)
    return _page(template, case, form, gate().view(), said), 409


def _page(template: str, case: Case, form: VersionForm, view: View, problem: str = "") -> str:
    request = case.request
    try:
        answers.ends_now(request, view.at, view.snapshot)
        over = ""
    except NotPossibleError as error:
        over = str(error)
    if isinstance(form, ReviewForm):
        narrowing.offer(form, request, view.snapshot.contents)
    return render_template(
        template, card=card(request, view.at, view.snapshot), request_=request, form=form,
        effect=effect_of(scope_of(request), request.url, view.at, view.snapshot),
        over=over, problem=problem,
        proved=who.proved_just_now(), step=case.step, may=case.may, Action=Action,
    )  # fmt: skip
