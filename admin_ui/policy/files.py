"""The policy as a file: edited as text, brought in, taken out, begun anew from a template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Response, abort, render_template, request
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse
from wtforms import TextAreaField

from admin_ui.gate import gate
from admin_ui.limits import takes_files
from admin_ui.policy.blueprint import blueprint
from admin_ui.policy.held import in_force
from admin_ui.policy.working import keep, working
from admin_ui.record import record
from appliance import policy_file
from appliance.policy_file import PolicyFileError
from appliance.policy_file.mistakes import Mistake
from appliance.policy_file.reading import MAX_CHARACTERS
from appliance.store.tables import PolicyVersion

BYTES: Final = 4 * MAX_CHARACTERS  # no UTF-8 text of that many characters is longer


class TextForm(FlaskForm):
    """The whole file in one box."""

    text = TextAreaField("Policy file")


class UploadForm(FlaskForm):
    """A file from this computer."""

    file = FileField("Policy file (.yaml)", widget=GovFileInput())


@dataclass(frozen=True, slots=True)
class Template:
    """A published policy to begin from."""

    name: str
    policy: str
    school: str
    rules: int


@blueprint.route("/policy/text", methods=["GET", "POST"])
def text() -> str | AnyResponse | tuple[str, int]:
    """The file as text, for those who know it."""
    form = TextForm()
    with gate().reading() as session:
        base = working(session)
    if request.method == "GET":
        form.text.data = base.text
        return _text_page(form, ())
    written = "\n".join((form.text.data or "").splitlines()) + "\n"
    try:
        return keep(written)
    except PolicyFileError as error:
        return _text_page(form, error.mistakes), 422


@blueprint.get("/policy/import")
def upload() -> str:
    """Where a policy file is chosen."""
    return render_template("policy/import.html", form=UploadForm(), mistakes=(), said="")


@blueprint.post("/policy/import")
@takes_files
def uploaded() -> AnyResponse | tuple[str, int]:
    """Read a policy file; what it would change is shown before it is in force."""
    form, said = UploadForm(), ""
    mistakes: tuple[Mistake, ...] = ()
    sent = form.file.data
    data = sent.stream.read(BYTES + 1) if sent else b""
    if sent:
        sent.close()
    name = _plain_name(sent.filename if sent else "")
    try:
        if not data:
            said = "Choose a policy file that is not empty"
        elif len(data) > BYTES:
            said = f"The file is longer than {MAX_CHARACTERS:,} characters; a policy is not"
        else:
            return keep(data.decode("utf-8-sig"), name)
    except UnicodeDecodeError:
        said = "The file is no text in UTF-8. Save it as plain text and choose it again"
    except PolicyFileError as error:
        mistakes = error.mistakes
    return render_template("policy/import.html", form=form, mistakes=mistakes, said=said), 422


@blueprint.get("/policy/policy.yaml")
def export() -> Response:
    """The policy in force as a file."""
    with gate().writing() as session:
        current = in_force(session)
        record(session, "policy.exported", f"version {current.id}")
        return _download(current)


@blueprint.get("/policy/versions/<int:number>.yaml")
def export_version(number: int) -> Response:
    """An earlier version as a file."""
    with gate().writing() as session:
        found = _version(session, number)
        record(session, "policy.exported", f"version {number}")
        return _download(found)


@blueprint.route("/policy/templates", methods=["GET", "POST"])
def templates() -> str | AnyResponse:
    """The published policies; one can be begun from, with a preview like any change."""
    if request.method == "POST":
        name = request.form.get("template", "")
        if name not in policy_file.TEMPLATES:
            abort(400)
        return keep(policy_file.template_text(name), name)
    found = []
    for name in policy_file.TEMPLATES:
        document = policy_file.template(name)
        info = document.policy
        found.append(Template(name, info.name, info.school, len(document.rules)))
    with gate().reading() as session:
        current = in_force(session).source
    return render_template("policy/templates.html", templates=found, current=current)


def _text_page(form: TextForm, mistakes: tuple[Mistake, ...]) -> str:
    return render_template("policy/text.html", form=form, mistakes=mistakes)


def _version(session: Session, number: int) -> PolicyVersion:
    found = session.get(PolicyVersion, number)
    if found is None:
        abort(404)
    return found


def _download(version: PolicyVersion) -> Response:
    response = Response(version.text, content_type="application/yaml; charset=utf-8")
    disposition = f'attachment; filename="policy-{version.id}.yaml"'
    response.headers["Content-Disposition"] = disposition
    return response


def _plain_name(name: str | None) -> str:
    """A file's name as the register shows it; never a path."""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in last if c.isprintable())[:100].strip()
    return kept or "uploaded file"
