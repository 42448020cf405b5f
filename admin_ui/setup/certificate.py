"""Step 8: the school's certificate, without which a blocked site cannot say why."""

from __future__ import annotations

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.validators import DataRequired

from admin_ui import authority
from admin_ui.gate import gate
from admin_ui.record import record
from admin_ui.setup import door, progress
from admin_ui.setup.blueprint import blueprint


class CertificateForm(FlaskForm):
    """Whether the school's devices have it."""

    done = RadioField(
        "Do the school’s devices have the certificate?", widget=GovRadioInput(),
        choices={"later": "Not yet: I do this later", "yes": "Yes, I have installed it"},
        default="later", validators=[DataRequired("Say whether the devices have it")],
    )  # fmt: skip


@blueprint.route("/setup/certificate", methods=["GET", "POST"])
@door.step("certificate")
def certificate() -> str | Response:
    """Offer the certificate and its fingerprint; it can be done later."""
    form = CertificateForm()
    if form.validate_on_submit():
        with gate().writing() as session:
            progress.mark(session, "certificate")
            record(session, "setup.certificate", "the school’s certificate",
                   installed=form.done.data == "yes")  # fmt: skip
        return door.onwards("certificate")
    return door.page("certificate", form=form, root=authority.root(gate().settings.data))
