"""The forms of sanctions and supervised sessions."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
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
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired

from admin_ui.gate import View
from admin_ui.requests.forms import Filled, at_most
from admin_ui.requests.scope import ScopeError, day_of
from appliance.policy import spans
from appliance.store.sanctions import LONGEST

FURTHEST: Final = timedelta(days=3 * 366)  # a sanction that is meant to be longer has no date
NAME: Final = 120  # characters of a device's name


def _why(label: str, hint: str, message: str) -> TextAreaField:
    return TextAreaField(
        label, widget=GovTextArea(), description=hint,
        validators=[Filled(message), at_most(LONGEST)],
    )  # fmt: skip


class EndForm(FlaskForm):
    """Until when, and why. seen: what was there when the form was made."""

    seen = HiddenField()
    until = RadioField(
        "Until when?", widget=GovRadioInput(), validate_choice=False,
        validators=[InputRequired("Choose until when it holds")],
        choices={"today": "The end of today", "date": "A date, that day included",
                 "lifted": "Until somebody lifts it"},
    )  # fmt: skip
    until_date = StringField(
        "Last day", widget=GovTextInput(), description="For example, 30/11/2026",
        validators=[at_most(20)],
    )  # fmt: skip
    reason = _why("Why?", "Kept with the sanction", "Say why")

    def ends(self, view: View) -> tuple[bool, datetime | None]:
        """Return whether the answer can be, and the end (None: until it is lifted).

        What cannot be gets its mistake beside the field.
        """
        if self.until.data == "lifted":
            return True, None
        today = view.at.date()
        zone = view.snapshot.contents.calendar.zone
        if self.until.data == "today":
            return True, spans.end_of_day(today, zone)
        if self.until.data != "date":
            self.until.errors = self.until.errors or ["Choose until when it holds"]
            return False, None
        try:
            return True, spans.end_of_day(_last_day(str(self.until_date.data or ""), today), zone)
        except ScopeError as error:
            self.until_date.errors = [error.message]
            return False, None


def _last_day(text: str, today: date) -> date:
    day = day_of(text)
    if day < today:
        raise ScopeError("until_date", "The date must be today or later")
    if day > today + FURTHEST:
        words = "Choose a date within three years, or “until somebody lifts it”"
        raise ScopeError("until_date", words)
    return day


class SanctionForm(EndForm):
    """A new sanction."""

    who = RadioField(
        "Whom or what?", widget=GovRadioInput(), validate_choice=False,
        validators=[InputRequired("Choose whom or what it is on")],
    )  # fmt: skip
    name = StringField(
        "A name for the device", widget=GovTextInput(),
        description="It is not in the register yet, and is put there under this name.",
        validators=[at_most(NAME)],
    )  # fmt: skip
    reason = _why(
        "Reason",
        "What happened. Headteachers, safeguarding leads and the e-safety officer can read it; "
        "other staff and the block page do not show it.",
        "Give the reason",
    )
    clause = SelectField("Clause of the policy", widget=GovSelect(), validate_choice=False)


class LiftForm(FlaskForm):
    """Lifting a sanction. seen: its version when the form was made."""

    seen = HiddenField()
    reason = _why("Why is it lifted?", "Kept with the sanction", "Say why it is lifted")


class SuperviseForm(FlaskForm):
    """A supervised session."""

    who = RadioField(
        "What do you open?", widget=GovRadioInput(), validate_choice=False,
        validators=[InputRequired("Choose what you open")],
    )  # fmt: skip
    beside = BooleanField(
        "I sit with them, and can see the screen until it ends", widget=GovCheckboxInput(),
        validators=[InputRequired("A supervised session needs somebody who sits with them")],
    )  # fmt: skip


class EndSessionForm(FlaskForm):
    """Ending a supervised session: the button alone."""


def number(field: Any) -> int:
    """Return the version that a hidden field carries; 0, which none has, for what is none."""
    text = str(field.data or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
