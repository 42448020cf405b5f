"""The school's networks and what a role means on them, in plain English."""

from __future__ import annotations

from flask import render_template
from sqlalchemy.orm import Session

from admin_ui import school_policy
from admin_ui.devices.blueprint import blueprint
from admin_ui.devices.known import known
from admin_ui.gate import gate
from appliance.policy_file import PolicyFileError, prose
from appliance.publish.compile import Misfit, NoPolicyError, misfits
from appliance.store import networks as register


@blueprint.get("/networks")
def networks() -> str:
    """List the networks that are served, and say what each role may do."""
    with gate().reading() as session:
        choices = known(session)
        own = register.list_(session)
        strange = _misfits(session)
        meanings = {role.id: meaning(session, role.id) for role in choices.roles}
    mine = {network.id for network in own}
    contents = gate().view().snapshot.contents
    others = [network for network in contents.networks if network.id not in mine]
    return render_template(
        "devices/networks.html", own=own, others=others, choices=choices, meanings=meanings,
        misfits=strange,
    )  # fmt: skip


def meaning(session: Session, role: str) -> tuple[tuple[str, str], ...]:
    """Return clause and sentence of each rule that speaks of a role, or of everyone."""
    try:
        document = school_policy.document(session)
    except PolicyFileError:
        return ()
    if document is None:
        return ()
    return tuple(
        (rule.clause, prose.sentence(rule, document))
        for rule in document.rules
        if {"everyone", f"role:{role}"} & {str(who) for who in rule.who}
    )


def _misfits(session: Session) -> tuple[Misfit, ...]:
    try:
        return misfits(session)
    except (NoPolicyError, PolicyFileError):
        return ()  # the page of the policy speaks of that
