"""Step 3: the first technician. From here on the wizard is open to technicians alone."""

from __future__ import annotations

from flask import redirect, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovPasswordInput, GovTextInput
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, EqualTo, Length

from admin_ui.gate import gate
from admin_ui.record import record
from admin_ui.setup import door
from admin_ui.setup.blueprint import blueprint
from admin_ui.signin import starting
from appliance.accounts import passwords, setup_code
from appliance.accounts.posts import Post
from appliance.store import accounts, credentials
from appliance.store.accounts import Account


class TechnicianForm(FlaskForm):
    """Who sets the gate up."""

    name = StringField(
        "Your name", widget=GovTextInput(),
        validators=[DataRequired("Enter your name"), Length(max=120)],
    )  # fmt: skip
    login = StringField(
        "Your e-mail address at school", widget=GovTextInput(),
        validators=[DataRequired("Enter your e-mail address"), Length(max=120)],
        description="You sign in with it. Nothing is sent to it unless mail is set up later.",
    )  # fmt: skip
    password = PasswordField(
        "Password", widget=GovPasswordInput(), validators=[DataRequired("Enter a password")],
        description=f"At least {passwords.SHORTEST} characters. Three or four words in a row are "
        "easy to keep.",
    )  # fmt: skip
    again = PasswordField(
        "The same password again", widget=GovPasswordInput(),
        validators=[
            DataRequired("Enter the password again"),
            EqualTo("password", "The two passwords are not the same"),
        ],
    )  # fmt: skip


@blueprint.route("/setup/technician", methods=["GET", "POST"])
@door.step("technician")
def technician() -> str | Response:
    """Make the first technician, and sign them in to set up their second factor."""
    with gate().reading() as session:
        unmanned = setup_code.needed(session)
    if not unmanned:
        return door.page("technician", form=None)
    form = TechnicianForm()
    if form.validate_on_submit():
        made = _made(form)
        if made is not None:
            setup_code.forget(gate().settings.data)
            door.drop_code()
            onward = url_for("setup.people")
            return starting.begin(made, "set-up", onward)
        if not form.errors:  # the code was used in another browser just now
            return redirect(url_for("setup.code"), 303)
    return door.page("technician", form=form)


def _made(form: TechnicianForm) -> Account | None:
    """Make the account and use the code up, both or neither. Fails closed: no code, nobody."""
    login, name = form.login.data.strip().lower(), form.name.data.strip()
    school = gate().view().snapshot.contents.school.name
    weak = passwords.problem(form.password.data, known=(login, name, school))
    if weak is not None:
        form.password.errors = [weak]
        return None
    hashed, now = passwords.hashed(form.password.data), gate().real()
    try:
        with gate().writing() as session:
            if not setup_code.use(session, door.code(), at=now):
                return None
            if credentials.by_login(session, login) is not None:
                raise ValueError("login: There is an account with this address already")
            made = accounts.add(
                session, login, name, [Post.IT_TECHNICIAN], at=now, email=_mail(login),
                password=hashed,
            )  # fmt: skip
            record(session, "account.added", made.login, actor="set-up", posts=sorted(made.posts))
    except ValueError as error:
        field, _, words = str(error).partition(": ")
        blamed = form.name if field == "name" else form.login
        blamed.errors = [words or str(error)]
        return None
    return made


def _mail(login: str) -> str:
    return login if "@" in login else ""
