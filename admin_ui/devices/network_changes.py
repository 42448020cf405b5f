"""Adding, changing and removing networks."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin_ui.devices import changing
from admin_ui.devices.blueprint import blueprint
from admin_ui.devices.forms import NetworkForm, ReasonForm, lines
from admin_ui.devices.known import known
from admin_ui.gate import gate
from admin_ui.record import record
from appliance.policy.ids import id_of
from appliance.policy.model import Ownership
from appliance.policy.prefixes import overlapping, too_wide
from appliance.policy.subjects import Network
from appliance.store import networks as register


@blueprint.route("/networks/add", methods=["GET", "POST"])
def add_network() -> str | Response:
    """Add a network."""
    form = NetworkForm()
    with gate().reading() as session:
        form.offer(known(session))
    if form.validate_on_submit() and _fits(form, ""):
        try:
            with gate().writing() as session:
                kept = register.add(session, _read(form, session, ""))
                record(session, "network.added", kept.id, reason=form.reason.data or "",
                       after=changing.facts(kept))  # fmt: skip
        except ValueError as error:
            changing.blame(form, error)
        else:
            changing.tell(f"{kept.name} is added: its devices are served.")
            return redirect(url_for("devices.networks"), 303)
    return render_template("devices/edit_network.html", form=form, network=None)


@blueprint.route("/networks/id/<id_>", methods=["GET", "POST"])
def edit_network(id_: str) -> str | Response:
    """Change a network."""
    form = NetworkForm()
    with gate().reading() as session:
        before = _network(session, id_)
        form.offer(known(session))
    if before is None:
        abort(404)
    if request.method == "GET":
        _fill(form, before)
    elif form.validate() and not changing.changed_meanwhile(form, before) and _fits(form, id_):
        try:
            with gate().writing() as session:
                kept = register.add(session, _read(form, session, id_))
                record(session, "network.changed", id_, reason=form.reason.data or "",
                       before=changing.facts(before), after=changing.facts(kept))  # fmt: skip
        except ValueError as error:
            changing.blame(form, error)
        else:
            changing.tell(f"{kept.name} is changed.")
            return redirect(url_for("devices.networks"), 303)
    return render_template("devices/edit_network.html", form=form, network=before)


@blueprint.route("/networks/id/<id_>/remove", methods=["GET", "POST"])
def remove_network(id_: str) -> str | Response:
    """Remove a network: its clients are no longer served."""
    with gate().reading() as session:
        network = _network(session, id_)
    if network is None:
        abort(404)
    form = ReasonForm()
    if form.validate_on_submit():
        with gate().writing() as session:
            register.remove(session, id_)
            record(session, "network.removed", id_, reason=form.reason.data or "",
                   before=changing.facts(network))  # fmt: skip
        changing.tell(f"{network.name} is removed: its devices are no longer served.")
        return redirect(url_for("devices.networks"), 303)
    return render_template(
        "devices/remove.html", form=form, name=network.name, what="network",
        leave=url_for("devices.networks"),
        words="Its devices are no longer served: they find no names by this gate, so for them "
        "the internet stops until they are given another DNS server or the network is added "
        "again.",
    )  # fmt: skip


def _network(session: Session, id_: str) -> Network | None:
    return next((network for network in register.list_(session) if network.id == id_), None)


def _fits(form: NetworkForm, id_: str) -> bool:
    """Whether the ranges are the school's own and nobody else's. Fails closed: it is refused."""
    others = [one for one in gate().view().snapshot.contents.networks if one.id != id_]
    with gate().reading() as session:  # newer than any snapshot
        own = [one for one in register.list_(session) if one.id != id_]
    others += [one for one in own if one.id not in {other.id for other in others}]
    problems = []
    for prefix in lines(form.prefixes.data):
        if refused := too_wide(prefix):
            problems.append(f"{refused[:1].upper()}{refused[1:]}")
        elif not form.nested.data and (same := overlapping(prefix, others)):
            names = " and ".join(f"“{network.name}”" for network in same)
            problems.append(
                f"{prefix} overlaps with {names}. Correct the range, or tick that this is meant"
            )
            form.overlaps = True
    form.prefixes.errors = [*form.prefixes.errors, *problems]
    return not problems


def _fill(form: NetworkForm, network: Network) -> None:
    form.seen.data = changing.mark(network)
    form.name.data, form.prefixes.data = network.name, "\n".join(network.prefixes)
    form.role.data, form.groups.data = network.role, list(network.groups)
    form.ownership.data = network.ownership.value
    form.trusts_ca.data = "yes" if network.trusts_ca else "no"
    form.mixed.data = network.mixed


def _read(form: NetworkForm, session: Session, id_: str) -> Network:
    made = id_ or id_of(str(form.name.data))
    if not made:
        raise ValueError("name: it needs a letter or a digit")
    taken = {network.id for network in gate().view().snapshot.contents.networks}
    if not id_ and (made in taken or _network(session, made) is not None):
        raise ValueError(f"name: there is a network {made!r} already: choose another name")
    return Network(
        id=made, name=str(form.name.data), prefixes=lines(form.prefixes.data),
        role=str(form.role.data), groups=tuple(form.groups.data or ()),
        ownership=Ownership(form.ownership.data), trusts_ca=form.trusts_ca.data == "yes",
        mixed=bool(form.mixed.data),
    )  # fmt: skip
