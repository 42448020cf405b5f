"""Answering several requests at once: each is still shown with what it would open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import abort, flash, redirect, render_template, request, url_for
from flask import session as browser
from sqlalchemy.orm import Session

from admin_ui import who
from admin_ui.gate import View, gate
from admin_ui.requests import answers
from admin_ui.requests.answers import Case, case_of
from admin_ui.requests.blueprint import blueprint
from admin_ui.requests.cards import Card, card
from admin_ui.requests.deciding import LONGEST_DRAFT, Answer
from admin_ui.requests.effect import Effect, effect_of
from admin_ui.requests.forms import BulkForm
from admin_ui.requests.handling import MEANWHILE
from admin_ui.requests.readers import readable
from admin_ui.requests.signing import NotPossibleError, scope_of
from admin_ui.requests.states import Action
from admin_ui.signin.again import signed_again
from appliance.store.requests import ChangedMeanwhileError

MOST: Final = 20  # at once: more than that nobody reads
ACTIONS: Final = {"review": Action.REVIEW, "yes": Action.AUTHORISE, "no": Action.REFUSE}


@dataclass(frozen=True, slots=True)
class Item:
    """One of several requests, with what it would open and what its reader may do."""

    card: Card
    case: Case
    effect: Effect

    def may(self, name: str) -> bool:
        """Whether an action can be taken: review, yes or no."""
        return self.case.may(ACTIONS[name])


@blueprint.get("/requests/bulk")
def bulk() -> Answer:
    """The requests that were ticked, with one form for all of them."""
    view = gate().view()
    items = _items(_ids(request.args.getlist("id")), view)
    if not items:
        flash("Tick the requests that you want to answer together.", "error")
        return redirect(url_for("requests.index"), 303)
    form = BulkForm(formdata=None)
    draft = browser.pop("decisions", None)
    if isinstance(draft, dict):
        form.reasons.data, form.name.data = draft.get("reasons", ""), draft.get("name", "")
    return _page(items, form)


@blueprint.post("/requests/bulk")
def send_bulk() -> Answer:
    """Answer them, one transaction for each: what fails stops none of the others."""
    view, form = gate().view(), BulkForm()
    ids = _ids(request.form.getlist("id"))
    action = request.form.get("decision", "")
    if action not in ACTIONS or not ids:
        abort(400)
    if action != "review" and not who.proved_just_now():
        browser["decisions"] = {
            "reasons": (form.reasons.data or "")[:LONGEST_DRAFT],
            "name": (form.name.data or "")[:120],
        }
        away = signed_again(url_for("requests.bulk", id=ids))
        assert away is not None, "asked only where the second factor was not shown just now"
        return away
    items = _items(ids, view)
    if not form.validate_on_submit() or not _complete(form, action):
        return _page(items, form), 400
    versions = {id_: request.form.get(f"version-{id_}", "0") for id_ in ids}
    done, failed = [], []
    for item in items:
        id_ = item.card.request.id
        why = _answer(item, action, versions[id_], form, view)
        (failed.append(f"{id_}: {why}") if why else done.append(id_))
    if done:
        word = {"review": "reviewed", "yes": "authorised", "no": "refused"}[action]
        enforced = "" if action != "yes" or gate().in_force() else " The gate has not confirmed it."
        flash(f"{', '.join(done)}: {word}.{enforced}", "success")
    if failed:
        flash(" ".join(failed), "error")
    return redirect(url_for("requests.index"), 303)


def _answer(item: Item, action: str, version: str, form: BulkForm, view: View) -> str:
    """Answer one of them; return why it could not be done, empty when it was."""
    id_ = item.card.request.id
    number = int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else 0
    reasons, name = (form.reasons.data or "").strip(), (form.name.data or "").strip()
    try:
        with gate().writing() as session:
            _act(session, id_, number, action, reasons, name, view)
    except ChangedMeanwhileError:
        return MEANWHILE
    except NotPossibleError as error:
        return str(error)
    return ""


def _act(
    session: Session, id_: str, version: int, action: str, reasons: str, name: str, view: View
) -> None:
    if action == "review":
        answers.review(session, id_, version, controls=reasons, note="", narrowed=None, view=view)
    elif action == "yes":
        answers.authorise(session, id_, version, reasons=reasons, name=name, view=view)
    else:
        answers.refuse(session, id_, version, reasons=reasons, name=name, view=view)


def _complete(form: BulkForm, action: str) -> bool:
    """Whether the fields that the action asks for are filled in."""
    if action == "review":
        if not form.risks_confirmed.data:
            form.risks_confirmed.errors = ["Confirm that risks and controls have been checked"]
        return bool(form.risks_confirmed.data)
    if not (form.name.data or "").strip():
        form.name.errors = ["Sign with your full name"]
        return False
    return True


def _items(ids: list[str], view: View) -> list[Item]:
    found = []
    with gate().reading() as session:
        for id_ in ids:
            kept = readable(session, id_, who.me())
            case = case_of(session, kept, who.me(), view.snapshot.contents)
            effect = effect_of(scope_of(kept), kept.url, view.at, view.snapshot)
            found.append(Item(card(kept, view.at, view.snapshot), case, effect))
    return found


def _page(items: list[Item], form: BulkForm) -> str:
    may = {name: [i for i in items if i.may(name)] for name in ACTIONS}
    return render_template(
        "requests/bulk.html", items=items, form=form, may=may, proved=who.proved_just_now()
    )


def _ids(texts: list[str]) -> list[str]:
    return [text for text in dict.fromkeys(texts) if len(text) <= 20][:MOST]
