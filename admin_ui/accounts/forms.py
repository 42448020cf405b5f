"""The forms for accounts."""

from __future__ import annotations

from typing import Any, Final

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovTextArea, GovTextInput
from wtforms import Field, Form, SelectChoice, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from appliance.accounts import staff_list
from appliance.accounts.posts import NAMES, Post

POSTS: Final = tuple(SelectChoice(post.value, NAMES[post]) for post in Post)
_REASON: Final = Length(max=500, message="Enter a reason of at most 500 characters")


def is_email(form: Form, field: Field) -> None:
    """Take an e-mail address.

    Raises:
        ValidationError: it is none.
    """
    if staff_list.email(field.data or "") is None:
        raise ValidationError("Enter an e-mail address, such as name@school.example")


def printable(form: Form, field: Field) -> None:
    """Take what can be printed in one line.

    Raises:
        ValidationError: it cannot.
    """
    if not (field.data or "").isprintable():
        raise ValidationError("Use characters that can be seen, in one line")


def _posts(**more: Any) -> SelectMultipleField:
    return SelectMultipleField(
        "Posts", widget=GovCheckboxesInput(), choices=POSTS, validators=[Optional()],
        description="What they are at the school. It decides which pages they may open.", **more
    )  # fmt: skip


def _name() -> StringField:
    return StringField(
        "Name", widget=GovTextInput(),
        validators=[InputRequired("Enter the name"), printable, Length(max=120, message=(
            "Enter a name of at most 120 characters"))],
    )  # fmt: skip


class AddForm(FlaskForm):
    """Somebody new."""

    name = _name()
    email = StringField(
        "E-mail address", widget=GovTextInput(),
        description="They sign in with it. Mail is sent to it only where mail is set up.",
        validators=[InputRequired("Enter the e-mail address"), is_email],
    )  # fmt: skip
    posts = _posts(default=[Post.STAFF.value])
    reason = StringField(
        "Reason", widget=GovTextInput(), description="Kept in the audit log, such as “Started in "
        "September”", validators=[InputRequired("Enter a reason"), printable, _REASON],
    )  # fmt: skip


class PostsForm(FlaskForm):
    """Other posts for somebody."""

    posts = _posts()
    reason = StringField(
        "Reason", widget=GovTextInput(), description="Kept in the audit log",
        validators=[InputRequired("Enter a reason"), printable, _REASON],
    )  # fmt: skip


class DetailsForm(FlaskForm):
    """Another name or address."""

    name = _name()
    email = StringField(
        "E-mail address", widget=GovTextInput(), validators=[Optional(), is_email],
        description="The login stays as it is.",
    )  # fmt: skip


class ReasonForm(FlaskForm):
    """A reason for something that is done at once."""

    reason = TextAreaField(
        "Reason", widget=GovTextArea(), description="Kept in the audit log",
        validators=[InputRequired("Enter a reason"), Length(max=1000, message=(
            "Enter a reason of at most 1,000 characters"))],
    )  # fmt: skip
