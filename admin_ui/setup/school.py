"""Step 2: what the school is called, and whom people ask."""

from __future__ import annotations

import re
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextArea, GovTextInput
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from admin_ui.gate import gate
from admin_ui.record import record
from admin_ui.setup import door, progress
from admin_ui.setup.blueprint import blueprint
from appliance.store import settings

DOMAINS = 20  # at most


class SchoolForm(FlaskForm):
    """What pages say of the school."""

    name = StringField(
        "Name of the school", widget=GovTextInput(),
        validators=[DataRequired("Enter the school’s name"), Length(max=120)],
    )  # fmt: skip
    ask = StringField(
        "Whom pupils ask when a page is closed", widget=GovTextInput(),
        validators=[DataRequired("Enter whom pupils ask"), Length(max=120)],
        description="The block page says “Ask …”. For example: your teacher",
    )  # fmt: skip
    contact = StringField(
        "How to reach the IT technician", widget=GovTextInput(), validators=[Length(max=200)],
        description="For grown-ups, on the block page. For example: the IT room, extension 204",
    )  # fmt: skip
    monitoring_notice = TextAreaField(
        "Notice that use is monitored", widget=GovTextArea(), validators=[Length(max=500)],
        description="Shown at the foot of pages. Leave it empty to use the policy’s own words.",
    )  # fmt: skip
    local_domains = StringField(
        "The school’s own domains", widget=GovTextInput(), validators=[Length(max=1000)],
        description="Names inside the school, with blanks between, such as hazelbrook.internal. "
        "Leave it empty if there are none.",
    )  # fmt: skip


@blueprint.route("/setup/school", methods=["GET", "POST"])
@door.step("school")
def school() -> str | Response:
    """Ask for the school's name and texts."""
    form = SchoolForm(data=known())
    if form.validate_on_submit() and kept(form, "setup.school_named"):
        with gate().writing() as session:
            progress.mark(session, "school")
        return door.onwards("school")
    return door.page("school", form=form)


def known() -> dict[str, Any]:
    """Return what the form shows at first: what was kept before, nothing made up."""
    with gate().reading() as session:
        own = settings.get(session, "school", {})
        domains = settings.get(session, "local_domains", [])
    return {**own, "local_domains": " ".join(domains)}


def kept(form: SchoolForm, action: str) -> bool:
    """Keep what was given; False: a field is wrong, and says so."""
    try:
        with gate().writing() as session:
            _put(session, form)
            record(session, action, form.name.data.strip())
    except ValueError as error:
        form.local_domains.errors = [f"{str(error).partition(': ')[2]}. Enter names such as "
                                     "hazelbrook.internal"]  # fmt: skip
        return False
    return True


def _put(session: Session, form: SchoolForm) -> None:
    fields = ("name", "ask", "contact", "monitoring_notice")
    own = {**settings.get(session, "school", {})}
    own |= {field: " ".join((form[field].data or "").split()) for field in fields}
    settings.put(session, "school", own)
    domains = [word for word in re.split(r"[\s,;]+", form.local_domains.data or "") if word]
    if len(domains) > DOMAINS:
        raise ValueError(f"local_domains: At most {DOMAINS} domains")
    settings.put(session, "local_domains", domains)
