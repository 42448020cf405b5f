"""The forms of signing in."""

from __future__ import annotations

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovPasswordInput, GovTextInput
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from appliance.accounts import passwords


class SignInForm(FlaskForm):
    """Login and password."""

    login = StringField(
        "Login",
        widget=GovTextInput(),
        description="Your e-mail address at school, or the word the technician gave you",
        validators=[InputRequired("Enter your login"), Length(max=254, message=(
            "Enter a login of at most 254 characters"))],
    )  # fmt: skip
    password = PasswordField(
        "Password",
        widget=GovPasswordInput(),
        validators=[InputRequired("Enter your password")],
    )


class CodeForm(FlaskForm):
    """A code from the app, or a recovery code."""

    code = StringField(
        "Code",
        widget=GovTextInput(),
        validators=[InputRequired("Enter the code"), Length(max=64, message=(
            "Enter the six digits of the app, or one recovery code"))],
    )  # fmt: skip


class PasswordForm(FlaskForm):
    """One's own password, to show who one is."""

    password = PasswordField(
        "Your password",
        widget=GovPasswordInput(),
        validators=[InputRequired("Enter your password")],
    )


class NewPasswordForm(FlaskForm):
    """A password that somebody chooses. It is shown on request, so it is asked for once."""

    password = PasswordField(
        "New password",
        widget=GovPasswordInput(),
        description=(
            f"At least {passwords.SHORTEST} characters. Three or four words that do not belong "
            "together are easy to keep and hard to guess. Capitals, digits and marks are not "
            "needed; pasting from a password manager is fine."
        ),
        validators=[InputRequired("Enter a new password")],
    )


class PasskeyForm(FlaskForm):
    """A passkey that a device made, under a name that its owner knows it by."""

    name = StringField(
        "Name of the device",
        widget=GovTextInput(),
        description="So that you know later which one it is, such as “My phone”",
        validators=[InputRequired("Enter a name for the device"), Length(max=60, message=(
            "Enter a name of at most 60 characters"))],
    )  # fmt: skip
    credential = HiddenField(validators=[InputRequired(
        "Your device did not make a passkey. It needs JavaScript")])  # fmt: skip
