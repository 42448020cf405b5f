"""The settings after the set-up: the school's texts, who is responsible, what we stand behind."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovTextInput
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length

from admin_ui import who
from admin_ui.gate import gate
from admin_ui.record import record
from admin_ui.setup import progress
from admin_ui.setup.blueprint import blueprint
from admin_ui.setup.door import tell
from admin_ui.setup.networks import UPSTREAM
from admin_ui.setup.school import SchoolForm, kept, known
from appliance.accounts import responsible
from appliance.accounts.posts import Post
from appliance.accounts.responsible import MANDATORY, NAMES, POSTS, WHAT, Duty
from appliance.store import accounts, web_settings

NOBODY = ""


class UpstreamForm(FlaskForm):
    """The accredited filter."""

    name = StringField(
        "Name of the school’s accredited filter", widget=GovTextInput(),
        validators=[DataRequired("Enter the name of the filter"), Length(max=120)],
    )  # fmt: skip


class DutiesForm(FlaskForm):
    """One of those who hold the post, for each duty; the fields are added below."""


for _duty in Duty:
    setattr(DutiesForm, _duty.value, SelectField(NAMES[_duty], widget=GovSelect(),
                                                 description=WHAT[_duty]))  # fmt: skip


@blueprint.get("/settings")
def settings() -> str:
    """Everything that is set, and links to change it."""
    with gate().reading() as session:
        upstream = web_settings.get(session, UPSTREAM)
        held, missing = responsible.every(session), responsible.missing(session)
        reached = progress.load(session)
    return render_template(
        "setup/settings.html", known=known(), upstream=upstream.get("name", ""), held=held,
        duties=[(duty, NAMES[duty]) for duty in Duty], missing=[NAMES[d] for d in missing],
        reached=reached, may_change=Post.IT_TECHNICIAN in who.me().posts,
    )  # fmt: skip


@blueprint.route("/settings/school", methods=["GET", "POST"])
def settings_school() -> str | Response:
    """Change the school's name and texts."""
    form = SchoolForm(data=known())
    if form.validate_on_submit() and kept(form, "settings.school_changed"):
        tell("The school’s texts are changed.")
        return redirect(url_for("setup.settings"), 303)
    return _form("The school’s name and texts", form)


@blueprint.route("/settings/filter", methods=["GET", "POST"])
def settings_filter() -> str | Response:
    """Change the name of the accredited filter."""
    with gate().reading() as session:
        before = web_settings.get(session, UPSTREAM)
    form = UpstreamForm(data={"name": before.get("name", "")})
    if form.validate_on_submit():
        name = " ".join(form.name.data.split())
        with gate().writing() as session:
            web_settings.put(session, UPSTREAM, {"name": name, "behind": True})
            record(session, "settings.filter_changed", name, before=before.get("name", ""))
        flash("The name of the filter is changed.", "success")
        return redirect(url_for("setup.settings"), 303)
    return _form("The accredited filter", form)


@blueprint.get("/settings/responsible")
def settings_responsible() -> str:
    """Who is responsible (FM-01), as a page to print and put into the folder."""
    with gate().reading() as session:
        held = responsible.every(session)
        technicians = accounts.holders(session, Post.IT_TECHNICIAN)
        upstream = web_settings.get(session, UPSTREAM).get("name", "")
    rows = [(NAMES[duty], held.get(duty), WHAT[duty]) for duty in Duty]
    return render_template(
        "setup/responsible.html", rows=rows, technicians=technicians, upstream=upstream,
        may_change=Post.IT_TECHNICIAN in who.me().posts,
    )  # fmt: skip


@blueprint.route("/settings/responsible/change", methods=["GET", "POST"])
def settings_duties() -> str | Response:
    """Choose who answers for what, among those who hold the post."""
    with gate().reading() as session:
        held = responsible.every(session)
    form = DutiesForm(data={d.value: str(account.id) for d, account in held.items()})
    _choices(form)
    if form.validate_on_submit():
        with gate().writing() as session:
            for duty in Duty:
                given = form[duty.value].data
                before = held.get(duty)
                if given == (str(before.id) if before else NOBODY):
                    continue
                responsible.appoint(session, duty, int(given) if given else None)
                now = accounts.get(session, int(given)) if given else None
                record(
                    session, "settings.duty_changed", NAMES[duty],
                    before=before.login if before else "", now=now.login if now else "",
                )  # fmt: skip
        flash("Who is responsible is changed.", "success")
        return redirect(url_for("setup.settings_responsible"), 303)
    return _form("Who is responsible", form)


def _choices(form: DutiesForm) -> None:
    with gate().reading() as session:
        for duty in Duty:
            holders = accounts.holders(session, POSTS[duty])
            found: list[Any] = [(str(one.id), one.name) for one in holders if not one.emergency]
            if duty not in MANDATORY or not found:
                found.insert(0, (NOBODY, "Nobody"))
            form[duty.value].choices = found


def _form(title: str, form: FlaskForm) -> str:
    return render_template("setup/settings_form.html", title=title, form=form)
