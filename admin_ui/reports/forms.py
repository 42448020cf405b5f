"""The forms of an inappropriate content report: the fields of appendix B, and what follows."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxInput,
    GovDateInput,
    GovRadioInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import BooleanField, DateField, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from admin_ui.defang import defang
from admin_ui.reports import addresses

LONG: Final = 4000  # characters of what people write
SHORT: Final = 200
NO_PICTURE: Final = (
    "This holds a picture or a file. Bellgate keeps none: describe what it was in words."
)


class DefangedArea(TextAreaField):
    """Addresses: what is shown again after a mistake is defanged line by line."""

    def _value(self) -> str:
        lines = (self.data or "").splitlines()
        return "\n".join(defang(addresses.refang(line)) for line in lines)


class SafeDate(DateField):
    """Day, month and year in three boxes; anything else is said to be no date."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the boxes. Raises ValueError with words for a person."""
        parts = [part.strip() for part in valuelist]
        self.raw_data = ([*parts, "", "", ""])[:3]  # the widget shows exactly three
        if not any(parts):
            return
        try:
            day, month, year = (int(part) for part in parts)
            self.data = date(year, month, day)
        except (ValueError, OverflowError):
            raise ValueError("Enter a real date, such as 23 11 2026") from None


def no_picture(_form: Any, field: Any) -> None:
    """Refuse pictures pasted as text."""
    if addresses.holds_picture(field.data or ""):
        raise ValidationError(NO_PICTURE)


class ReportForm(FlaskForm):
    """Appendix B. ``today`` is set by the page: no report tells of tomorrow."""

    today: date | None = None

    staff_name = StringField(
        "Your name", widget=GovTextInput(),
        validators=[DataRequired("Enter your name"), Length(max=SHORT), no_picture],
    )  # fmt: skip
    accessed_by = StringField(
        "Who opened it, if known", widget=GovTextInput(),
        validators=[Length(max=SHORT), no_picture],
        description="The name of the pupil, member of staff or visitor. Leave it empty if you do "
        "not know.",
    )  # fmt: skip
    day = SafeDate(
        "Date", widget=GovDateInput(), validators=[InputRequired("Enter the date it was seen")],
        description="When it was seen, for example 23 11 2026",
    )  # fmt: skip
    urls = DefangedArea(
        "Full web address, one on each line", widget=GovTextArea(),
        validators=[DataRequired("Enter at least one web address"), Length(max=60_000)],
        description="Copy it from the address bar if the page is still open. Do not open it "
        "again to find out. It is shown altered (hxxps, [.]) so that nobody opens it by mistake.",
    )  # fmt: skip
    nature = TextAreaField(
        "Nature of the content", widget=GovTextArea(),
        validators=[
            DataRequired("Describe what was seen, in words"), Length(max=LONG), no_picture,
        ],
        description="What it was, in your own words. No pictures, no screenshots.",
    )  # fmt: skip
    may_be_illegal = BooleanField("It may be illegal", widget=GovCheckboxInput())

    def validate_day(self, field: DateField) -> None:
        """Refuse days to come and days that were before any report."""
        if field.data and self.today and field.data > self.today:
            raise ValidationError("The date must be today or earlier")
        if field.data and field.data.year < 2000:
            raise ValidationError("Enter the year with four digits, such as 2026")

    def validate_urls(self, field: TextAreaField) -> None:
        """Refuse whatever is no web address, saying which line."""
        found = addresses.read(field.data or "")
        if found.problems:
            raise ValidationError(". ".join(found.problems))
        if not found.urls:
            raise ValidationError("Enter at least one web address")

    def validate_nature(self, field: TextAreaField) -> None:
        """Keep addresses of what may be illegal in the one box that is sealed."""
        if self.may_be_illegal.data and addresses.names_address(field.data or ""):
            raise ValidationError(
                "Take the address out of this box. The box above is sealed, this one is not."
            )

    validate_accessed_by = validate_nature


class ActionForm(FlaskForm):
    """What the e-safety officer did: the second half of appendix B."""

    sealed = False  # whether the report's addresses are

    action_taken = TextAreaField(
        "Action taken", widget=GovTextArea(),
        validators=[DataRequired("Say what was done"), Length(max=LONG), no_picture],
    )  # fmt: skip
    officer_name = StringField(
        "Staff name", widget=GovTextInput(),
        validators=[DataRequired("Enter your name"), Length(max=SHORT), no_picture],
    )  # fmt: skip
    signed = BooleanField(
        "I sign this with my name. It cannot be changed afterwards.", widget=GovCheckboxInput(),
        validators=[InputRequired("Tick the box to sign")],
    )  # fmt: skip

    def validate_action_taken(self, field: TextAreaField) -> None:
        """Keep addresses of what may be illegal out of what is printed."""
        if self.sealed and addresses.names_address(field.data or ""):
            raise ValidationError("Take the address out: this text is printed and exported.")


class BlockForm(FlaskForm):
    """Which of the addresses offered is blocked; the choices are set by the page."""

    what = RadioField(
        "What should be blocked?", widget=GovRadioInput(),
        validators=[InputRequired("Choose what to block")], choices=[],
    )  # fmt: skip


class ReasonForm(FlaskForm):
    """Why a block is undone, or sealed addresses are opened."""

    reason = TextAreaField(
        "Reason", widget=GovTextArea(),
        validators=[DataRequired("Give a reason"), Length(max=1000), no_picture],
        description="It is kept in the audit log with your name.",
    )  # fmt: skip

    def validate_reason(self, field: TextAreaField) -> None:
        """Keep addresses out of the audit log."""
        if addresses.names_address(field.data or ""):
            raise ValidationError("Give the reason without a web address: the log keeps it.")
