"""Saying what the signs of a client are: seen to, or a false alarm for a while; and taking it back.

For readers by name: whoever sees a pseudonym cannot know what was done about it. Nobody rules on
their own signs. Fails closed: what was ruled meanwhile by somebody else is shown first.
"""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from admin_ui import access
from admin_ui.gate import gate
from admin_ui.log import looking
from admin_ui.log.reader import Reader, named_reader
from admin_ui.record import record
from admin_ui.signals.blueprint import blueprint
from admin_ui.signals.forms import SEEN, RulingForm
from admin_ui.signals.reading import Shown, one
from appliance.circumvention.rulings import State
from appliance.store import signals


def may(who: Reader, found: Shown) -> bool:
    """Whether a reader may say something of a client's signs."""
    allowed = access.allowed("signals.rule", who.account.posts)
    return allowed and who.seen.names and found.whom is not None and not found.own


@blueprint.route("/signals/<ref>/ruling", methods=["GET", "POST"])
def rule(ref: str) -> str | Response:
    """Say what it is."""
    form, at = RulingForm(), gate().view().at
    form.offer(at)
    found = _found(ref)
    mark = _mark(found)
    same = (form.mark.data or "") == mark
    if form.validate_on_submit() and same:
        state = State.SEEN if form.said.data == SEEN else State.FALSE_ALARM
        kinds = sorted({event.signal for event in found.sighting.events})
        with gate().writing() as session:
            signals.rule(
                session, found.sighting.client, state, by=named_reader(session).account.login,
                at=at, until=form.until(at), kinds=kinds, note=form.note.data or "",
            )  # fmt: skip
            until = form.until(at)
            record(
                session, f"signal.{state.value}", found.sighting.client,
                reason=form.note.data or "", until=until.isoformat() if until else "",
                kinds=[kind.value for kind in kinds],
            )  # fmt: skip
        flash(f"What you said of {found.name} is kept.", "success")
        return redirect(url_for("signals.index"), 303)
    if form.is_submitted() and not same:
        form.form_errors.append(
            "Somebody else has said something of it while the form was open. Look at what it says "
            "now, then send it again if you still want to."
        )
    form.mark.data = form.mark.raw_data = mark
    return render_template("signals/rule.html", one=found, form=form)


@blueprint.post("/signals/<ref>/ruling/withdraw")
def withdraw(ref: str) -> Response:
    """Take back what was said: every sign counts again."""
    found = _found(ref)
    with gate().writing() as session:
        if signals.withdraw(session, found.sighting.client):
            record(session, "signal.withdrawn", found.sighting.client)
            flash(f"Nothing is said of {found.name} any more: every sign counts.", "success")
        else:
            flash("Somebody has taken that back already.", "error")
    return redirect(url_for("signals.show", ref=ref), 303)


def _found(ref: str) -> Shown:
    """Return the client; the page ends here for whoever may not rule on it."""
    with gate().reading() as session:
        who = named_reader(session)
        found = one(session, who, gate().view().at, ref) or abort(404)
        # Who was not opened with a reason, where the policy asks for one, gets no ruling either.
        owed = found.whom is not None and looking.reason_owed(session, who, *found.whom)
    if owed or not may(who, found):
        abort(403)
    return found


def _mark(found: Shown) -> str:
    said = found.ruling
    return "" if said is None else f"{said.state}/{said.at.isoformat()}"
