"""What a reader says of the signs of one client."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextInput
from wtforms import HiddenField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from admin_ui import dates

SEEN: Final = "seen"
# How long a false alarm stands: what is sent -> in words, and for how many days.
FALSE_FOR: Final = (("day", 1), ("week", 7), ("month", 28), ("year", 365))
SHORTEST, LONGEST = 5, 500


class RulingForm(FlaskForm):
    """One ruling. mark: what was said before, when the form was made."""

    mark = HiddenField()
    said = RadioField(
        "What is it?", widget=GovRadioInput(),
        validators=[InputRequired("Say whether you have seen to it, or it is a false alarm")],
    )  # fmt: skip
    note = StringField(
        "Note", widget=GovTextInput(),
        description="What you found or did. Kept beside it and in the audit log. A false alarm "
        "needs one, so that others can follow it.",
        validators=[Length(max=LONGEST, message=f"At most {LONGEST} characters")],
    )  # fmt: skip

    def offer(self, at: datetime) -> None:
        """Fill in what can be chosen. at: in the school's zone."""
        choices = [SelectChoice(SEEN, "I have seen to it: show it again when there is more")]
        for value, days in FALSE_FOR:
            until = dates.long_day(at + timedelta(days=days))
            choices.append(SelectChoice(value, f"A false alarm: these kinds of sign until {until}"))
        self.said.choices = choices

    def validate_note(self, field: StringField) -> None:
        """A false alarm quiets signs: the next reader must know why."""
        field.data = " ".join((field.data or "").split())
        if self.said.data in dict(FALSE_FOR) and len(field.data) < SHORTEST:
            raise ValidationError("Say why it is a false alarm")

    def until(self, at: datetime) -> datetime | None:
        """Return the end of a false alarm; None for what was seen to."""
        days = dict(FALSE_FOR).get(str(self.said.data))
        return None if days is None else at + timedelta(days=days)
