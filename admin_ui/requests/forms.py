"""The forms of requests. Limits keep every answer on the paper form's page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovCheckboxInput,
    GovRadioInput,
    GovSelect,
    GovTextArea,
    GovTextInput,
)
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, StopValidation

from admin_ui.requests.wording import KIND_NAMES
from appliance.policy.snapshot import Contents

LONGEST: Final = 2000  # characters of an answer
NAME: Final = 120


class Filled:
    """An answer that says something: blanks alone are none."""

    def __init__(self, message: str) -> None:
        self.message = message
        self.field_flags = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        """Refuse an empty answer."""
        if not (field.data or "").strip():
            field.errors[:] = []
            raise StopValidation(self.message)


def at_most(most: int = LONGEST) -> Length:
    """Return the check that an answer is not too long."""
    return Length(max=most, message=f"Use {most} characters or fewer")


def _text(label: str, hint: str, message: str, most: int = LONGEST) -> TextAreaField:
    return TextAreaField(
        label, widget=GovTextArea(), description=hint, validators=[Filled(message), at_most(most)]
    )


class VersionForm(FlaskForm):
    """What every change of a request carries: which version of it was looked at."""

    version = HiddenField()

    def seen(self) -> int:
        """Return the version; 0, which none has, for what is no number."""
        text = str(self.version.data or "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


class ScopeForm(FlaskForm):
    """For whom, in which periods, until when."""

    who = RadioField(
        "Who is it for?", widget=GovRadioInput(), validate_choice=False,
        validators=[InputRequired("Choose who it is for")],
        choices={"me": "Me", "here": "This device", "group": "A class or group",
                 "role": "Everybody of a role", "device": "Another device"},
    )  # fmt: skip
    group = SelectField("Class or group", widget=GovSelect(), validate_choice=False)
    role = SelectField("Role", widget=GovSelect(), validate_choice=False)
    device = SelectField("Device", widget=GovSelect(), validate_choice=False)
    periods = SelectMultipleField(
        "In which periods?", widget=GovCheckboxesInput(), choices=dict(KIND_NAMES),
        validate_choice=False, description="Leave all of them empty for every period",
    )  # fmt: skip
    until = RadioField(
        "Until when?", widget=GovRadioInput(), validate_choice=False,
        validators=[InputRequired("Choose until when it is to be open")],
        choices={"lesson": "The end of this lesson or break", "today": "The end of today",
                 "date": "A date, that day included"},
    )  # fmt: skip
    until_date = StringField(
        "Last day", widget=GovTextInput(), description="For example, 30/11/2026",
        validators=[at_most(20)],
    )  # fmt: skip

    def offer(self, contents: Contents) -> None:
        """Put the classes, roles and devices that there are into the lists."""
        self.group.choices = _choices((g.id, g.name) for g in contents.groups)
        self.role.choices = _choices((r.id, r.name) for r in contents.roles)
        self.device.choices = _choices((d.id, d.name) for d in contents.devices)

    def chosen(self) -> str:
        """Return the id that goes with who it is for."""
        field = {"group": self.group, "role": self.role, "device": self.device}.get(self.who.data)
        return "" if field is None else str(field.data or "")


class RequestForm(ScopeForm):
    """Blocked content access request (reference policy, appendix A: the requester's part)."""

    url = StringField(
        "Full URL", widget=GovTextInput(),
        description="The whole address, as the browser shows it",
        validators=[Filled("Enter the full address of the page"), at_most()],
    )  # fmt: skip
    content = _text("Site content", "What is on the page", "Say what is on the page")
    reasons = _text("Reasons for access", "What it is needed for", "Say what access is needed for")
    risks = _text(
        "Identified risks and control measures",
        "What could go wrong, and what you do about it",
        "Say what could go wrong, and what you do about it",
    )
    width = RadioField(
        "How much of it?", widget=GovRadioInput(), default="page", validate_choice=False,
        choices={"page": "This page", "host": "The whole site", "service": "The service"},
        validators=[InputRequired("Choose how much of it is to be opened")],
    )  # fmt: skip
    ref = HiddenField(validators=[Optional(), at_most(64)])


class TextForm(VersionForm):
    """A question, an answer, or the reason for taking something back."""

    text = _text("Text", "", "Write something")


class ReviewForm(VersionForm):
    """The technician's review: risks and controls confirmed, the scope narrowed if wanted."""

    risks_confirmed = BooleanField(
        "I have checked the risks that were named, and the controls are in place",
        widget=GovCheckboxInput(),
        validators=[InputRequired("Confirm that risks and controls have been checked")],
    )
    controls = _text(
        "Control measures in place", "What the headteacher should know about them",
        "Say which control measures are in place",
    )  # fmt: skip
    note = TextAreaField(
        "Note for the headteacher (optional)", widget=GovTextArea(),
        validators=[Optional(), at_most()],
    )  # fmt: skip
    url = StringField(
        "Only this address and what lies below it", widget=GovTextInput(),
        description="Leave as it is, or give one that lies within it",
        validators=[Optional(), at_most()],
    )  # fmt: skip
    subject = SelectField("Only for", widget=GovSelect(), validate_choice=False)
    periods = SelectMultipleField(
        "Only in these periods", widget=GovCheckboxesInput(), validate_choice=False,
        description="Leave all of them empty to change nothing",
    )  # fmt: skip
    until_date = StringField(
        "Last day", widget=GovTextInput(),
        description="Leave empty to change nothing. For example, 30/11/2026",
        validators=[Optional(), at_most(20)],
    )  # fmt: skip


class DecisionForm(VersionForm):
    """The authoriser's part of appendix A: approved or not, reasons, name as signature."""

    reasons = _text("Reasons", "Kept with the form", "Give the reasons for your decision")
    name = StringField(
        "Your full name, as signature", widget=GovTextInput(),
        description="Name, date and a digest of this form are kept as your signature",
        validators=[Filled("Sign with your full name"), at_most(NAME)],
    )  # fmt: skip
    decision = HiddenField()


class BulkForm(FlaskForm):
    """One answer for several requests."""

    reasons = _text(
        "Reasons, or the control measures in place", "Kept with each of the forms",
        "Give the reasons, or say which control measures are in place",
    )  # fmt: skip
    name = StringField(
        "Your full name, as signature", widget=GovTextInput(),
        description="Asked for when you authorise or refuse",
        validators=[Optional(), at_most(NAME)],
    )  # fmt: skip
    risks_confirmed = BooleanField(
        "I have checked the risks that were named in each of them, and the controls are in place",
        widget=GovCheckboxInput(),
    )


class PermitForm(FlaskForm):
    """The headteacher's half of a standing permission."""

    permission = SelectField("Permission", widget=GovSelect(), validate_choice=False)
    subject = SelectField("For whom", widget=GovSelect(), validate_choice=False)
    until_date = StringField(
        "Last day (optional)", widget=GovTextInput(),
        description="Leave empty until it is withdrawn. For example, 30/11/2026",
        validators=[Optional(), at_most(20)],
    )  # fmt: skip
    reason = _text("Reason", "Kept with the permission", "Say why it is permitted")


class ControlsForm(FlaskForm):
    """The technician's half: each control was looked at."""

    controls = SelectMultipleField(
        "Controls that are in place", widget=GovCheckboxesInput(), validate_choice=False,
        description="All of them are needed",
    )  # fmt: skip
    reason = _text("What was done", "Kept in the audit log", "Say what was done")


class WithdrawForm(FlaskForm):
    """Ending a permission, or a setting, with a reason."""

    reason = _text("Why?", "Kept in the audit log", "Say why")


class ActivityForm(FlaskForm):
    """A curriculum activity (reference policy 6.1): a class, a service or address, one lesson."""

    group = SelectField("Class or group", widget=GovSelect(), validate_choice=False)
    what = RadioField(
        "What is to be opened?", widget=GovRadioInput(), validate_choice=False, default="service",
        choices={"service": "A service", "url": "One address and what lies below it"},
        validators=[InputRequired("Choose what is to be opened")],
    )  # fmt: skip
    service = SelectField("Service", widget=GovSelect(), validate_choice=False)
    url = StringField("Full URL", widget=GovTextInput(), validators=[Optional(), at_most()])
    lesson = SelectField("Lesson", widget=GovSelect(), validate_choice=False)
    content = _text(
        "The activity", "What the class does with it", "Say what the class does with it"
    )
    reasons = _text("Reasons for access", "What is learnt by it", "Say what is learnt by it")
    risks = _text(
        "Identified risks and control measures",
        "What could go wrong, and what you do about it",
        "Say what could go wrong, and what you do about it",
    )


class RevokeForm(VersionForm):
    """Ending early what was opened."""

    text = _text("Why is it ended?", "Kept with the form", "Say why it is ended")


def _choices(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {"": "Choose"} | dict(sorted(pairs, key=lambda pair: pair[1].lower()))
