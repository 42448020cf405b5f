"""Step 7: whom the gate serves, and which accredited filter it stands behind."""

from __future__ import annotations

import re
from typing import Any

from flask import flash, redirect, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxInput,
    GovRadioInput,
    GovSelect,
    GovTextInput,
)
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, Length

from admin_ui.gate import gate
from admin_ui.record import record
from admin_ui.setup import door, progress
from admin_ui.setup.blueprint import blueprint
from appliance.policy import prefixes
from appliance.policy.ids import id_of
from appliance.policy.model import Ownership
from appliance.policy.subjects import Network, Role
from appliance.store import networks as kept
from appliance.store import settings, web_settings
from appliance.store.known import vocabulary

UPSTREAM = "upstream_filter"  # of web_settings: name, and that we know where we stand
MOST = 20  # prefixes in one form


class NetworkForm(FlaskForm):
    """One subnet or VLAN."""

    name = StringField(
        "Name", widget=GovTextInput(), description="For example: Classrooms",
        validators=[DataRequired("Enter a name"), Length(max=120)],
    )  # fmt: skip
    prefixes = StringField(
        "Addresses", widget=GovTextInput(), description="For example: 10.1.0.0/16. Several with "
        "blanks between, IPv6 too.",
        validators=[DataRequired("Enter the addresses"), Length(max=1000)],
    )  # fmt: skip
    role = SelectField("Who is on it, if nothing else is known", widget=GovSelect())
    ownership = RadioField(
        "Whose devices are on it?", widget=GovRadioInput(), default="school",
        choices={"school": "The school’s", "personal": "People’s own"},
        validators=[DataRequired("Say whose devices they are")],
    )  # fmt: skip
    trusts_ca = RadioField(
        "Do they have the school’s certificate?", widget=GovRadioInput(), default="no",
        choices={"yes": "Yes", "no": "No, or not yet"},
        validators=[DataRequired("Say whether they have the certificate")],
    )  # fmt: skip
    mixed = BooleanField(
        "Devices of several roles belong on it: a registered device keeps its own role",
        widget=GovCheckboxInput(),
        description="Tick this where the school has one network for everybody. Otherwise a "
        "registered device counts as the stricter of its own role and the network’s, so that "
        "nobody copies a teacher’s device onto the pupils’ network.",
    )


class ServedForm(FlaskForm):
    """The demonstration networks, and the filter before us."""

    demo = RadioField(
        "The demonstration networks on this computer", widget=GovRadioInput(),
        choices={"keep": "Keep them, to try everything out",
                 "drop": "Take them away: only the school’s networks are served"},
        validators=[DataRequired("Say whether they stay")],
        description="127.0.10.x are pupils, 127.0.20.x staff, 127.0.30.x visitors. Nobody outside "
        "this computer can reach them.",
    )  # fmt: skip
    upstream = StringField(
        "Name of the school’s accredited filter", widget=GovTextInput(),
        validators=[DataRequired("Enter the name of the filter"), Length(max=120)],
        description="The internet filter the school has already: of its provider, or of its own.",
    )  # fmt: skip
    behind = BooleanField(
        "I know that Bellgate stands behind this filter and never instead of it",
        widget=GovCheckboxInput(),
        validators=[DataRequired("Bellgate stands behind an accredited filter: say you know")],
    )  # fmt: skip


@blueprint.route("/setup/networks", methods=["GET", "POST"])
@door.step("networks")
def networks() -> str | Response:
    """Show the networks, and ask for the filter before us."""
    with gate().reading() as session:
        demo = settings.get(session, "demo", False) is True
        filter_ = web_settings.get(session, UPSTREAM)
        own = kept.list_(session)
    form = ServedForm(data=_known(demo, filter_))
    if form.validate_on_submit() and _served(form, own):
        return door.onwards("networks")
    return _page(form, _empty())


@blueprint.post("/setup/networks/add")
@door.step("networks")
def add_network() -> str | Response:
    """Add one of the school's networks."""
    form = _empty(fill=True)
    if form.validate_on_submit() and _added(form):
        return redirect(url_for("setup.networks"), 303)
    return _page(None, form)


@blueprint.post("/setup/networks/<id_>/remove")
@door.step("networks")
def remove_network(id_: str) -> Response:
    """Take one of them away again."""
    if FlaskForm().validate_on_submit():
        with gate().writing() as session:
            if kept.remove(session, id_):
                record(session, "network.removed", id_)
                flash("The network is taken away.", "success")
    return redirect(url_for("setup.networks"), 303)


def _page(form: ServedForm | None, adding: NetworkForm) -> str:
    with gate().reading() as session:
        own, roles = kept.list_(session), _roles(session)
        demo = settings.get(session, "demo", False) is True
        filter_ = web_settings.get(session, UPSTREAM)
    if form is None:
        form = ServedForm(formdata=None, data=_known(demo, filter_))
    return door.page(
        "networks", form=form, adding=adding, own=own, names={r.id: r.name for r in roles},
        removing=FlaskForm(formdata=None),
    )  # fmt: skip


def _known(demo: bool, filter_: dict[str, Any]) -> dict[str, Any]:
    known = {"demo": "keep" if demo else "drop", "upstream": filter_.get("name", "")}
    return {**known, "behind": bool(filter_.get("behind"))}


def _empty(*, fill: bool = False) -> NetworkForm:
    with gate().reading() as session:
        roles = _roles(session)
    form = NetworkForm() if fill else NetworkForm(formdata=None)
    form.role.choices = [(role.id, role.name) for role in sorted(roles, key=lambda r: -r.rank)]
    return form


def _roles(session: Session) -> tuple[Role, ...]:
    known = vocabulary(session)
    return known.roles if known is not None else ()


def _added(form: NetworkForm) -> bool:
    """Keep a network; False: the form says what is wrong with it."""
    wanted = tuple(word for word in re.split(r"[\s,;]+", form.prefixes.data) if word)
    with gate().reading() as session:
        own = kept.list_(session)
    id_ = id_of(form.name.data)
    if not id_ or any(one.id == id_ for one in own):
        words = "There is a network of this name already" if id_ else "Use letters or numbers"
        form.name.errors = [words]
        return False
    wrong = _wrong(wanted, own)
    if wrong:
        form.prefixes.errors = [wrong]
        return False
    network = Network(
        id=id_, name=form.name.data.strip(), prefixes=wanted, role=form.role.data,
        ownership=Ownership(form.ownership.data), trusts_ca=form.trusts_ca.data == "yes",
        mixed=bool(form.mixed.data),
    )  # fmt: skip
    try:
        with gate().writing() as session:
            made = kept.add(session, network)
            record(session, "network.added", made.id, prefixes=list(made.prefixes), role=made.role)
    except ValueError as error:
        field, _, words = str(error).partition(": ")
        blamed = form.name if field == "name" else form.prefixes
        blamed.errors = [words or str(error)]
        return False
    door.tell(f"{made.name} is added.")
    return True


def _wrong(wanted: tuple[str, ...], own: tuple[Network, ...]) -> str:
    """Return what speaks against some prefixes, empty where nothing does."""
    if not wanted or len(wanted) > MOST:
        return f"Enter from one to {MOST} prefixes"
    for number, prefix in enumerate(wanted):
        if wide := prefixes.too_wide(prefix):
            return f"{wide[0].upper()}{wide[1:]}"
        met = prefixes.overlapping(prefix, own)
        if met:
            return f"{prefix} overlaps with {met[0].name} ({', '.join(met[0].prefixes)})"
        for other in wanted[number + 1 :]:
            if _meet(prefix, other):
                return f"{prefix} overlaps with {other}"
    return ""


def _meet(prefix: str, other: str) -> bool:
    try:
        return bool(prefixes.overlapping(prefix, [Network(id="", name="", prefixes=(other,),
                                                          role="")]))  # fmt: skip
    except ValueError:
        return False  # the store says what is wrong with it


def _served(form: ServedForm, own: tuple[Network, ...]) -> bool:
    """Keep what the gate serves and stands behind. Fails to serving somebody."""
    if form.demo.data == "drop" and not own:
        form.demo.errors = ["Add at least one of the school’s networks first: without any, nobody "
                            "is served"]  # fmt: skip
        return False
    with gate().writing() as session:
        settings.put(session, "demo", form.demo.data == "keep")
        name = " ".join(form.upstream.data.split())
        web_settings.put(session, UPSTREAM, {"name": name, "behind": True})
        progress.mark(session, "networks")
        record(session, "setup.networks", name, demonstration=form.demo.data == "keep")
    return True
