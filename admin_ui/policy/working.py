"""The change that somebody is making: kept in the store between one page and the next."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, flash, redirect, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from admin_ui import who
from admin_ui.gate import gate
from admin_ui.policy.held import Held, document_of, held, in_force
from admin_ui.record import record
from appliance.policy_file import PolicyDocument
from appliance.store import policy_drafts
from appliance.store.policy_drafts import Draft


@dataclass(frozen=True, slots=True)
class Working:
    """The text that a form changes: the account's own change, or what is in force.

    fresh: nothing is being changed yet.
    """

    text: str
    source: str
    fresh: bool

    @property
    def document(self) -> PolicyDocument:
        """The text as a document; a change that is kept was accepted before."""
        return document_of(self.text, self.source)


def working(session: Session) -> Working:
    """Return what the account that is signed in changes, or would begin to change."""
    current = in_force(session)
    draft = mine(session)
    if draft is None:
        return Working(current.text, current.source, True)
    return Working(draft.text, draft.source, False)


def mine(session: Session) -> Draft | None:
    """Return the account's own change; None where there is none, or it was overtaken."""
    draft = policy_drafts.editing(session, who.me().id)
    if draft is None or policy_drafts.overtaken(session, draft):
        return None
    return draft


def keep(text: str, source: str = "") -> AnyResponse:
    """Keep a changed text and go on to what it would change.

    Raises:
        policy_file.PolicyFileError: it has mistakes; nothing was kept then.
    """
    with gate().writing() as session:
        current = in_force(session)
        held(session, text, source or current.source, gate().view().at)
        draft = mine(session)
        stale = policy_drafts.editing(session, who.me().id)
        if stale is not None and draft is None:
            policy_drafts.withdraw(session, stale.id)
        if draft is None and text == current.text:
            flash("Nothing was changed: the policy says this already.")
            return redirect(url_for("policy.index"), 303)
        kept = policy_drafts.edit(
            session, account=who.me().id, author=who.me().login, text=text,
            source=source or (draft.source if draft else current.source), at=gate().real(),
        )  # fmt: skip
        if draft is None:
            record(session, "policy.drafted", f"change {kept.id}")
    return redirect(url_for("policy.draft", id_=kept.id), 303)


def fetch(session: Session, id_: int) -> Draft:
    """Return a change by its number, or 404."""
    found = policy_drafts.find(session, id_)
    if found is None:
        abort(404)
    return found


def both(session: Session, draft: Draft) -> tuple[Held, Held]:
    """Return the policy in force and the change, read.

    Raises:
        policy_file.PolicyFileError: the change has mistakes that it had not when it was kept.
    """
    at, current = gate().view().at, in_force(session)
    return (
        held(session, current.text, current.source, at),
        held(session, draft.text, draft.source, at),
    )
