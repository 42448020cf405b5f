"""The forms of look-alikes: into a category, fine as it is, undone."""

from __future__ import annotations

from collections.abc import Iterable

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovTextInput
from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from appliance.store.look_alikes import LONGEST, LookAlike

SITE, NAMES = "site", "names"
_LENGTH = Length(max=LONGEST, message=f"At most {LONGEST} characters")


class ClassifyForm(FlaskForm):
    """Which category a name goes into, and how much of its site."""

    category = SelectField(
        "What kind of site is it?", widget=GovSelect(),
        description="From then on the policy’s rules for this kind hold for it.",
        validators=[InputRequired("Choose the kind of site")],
    )  # fmt: skip
    what = RadioField(
        "How much of it?", widget=GovRadioInput(), default=SITE,
        validators=[InputRequired("Choose how much of the site")],
    )  # fmt: skip
    note = StringField(
        "Note (optional)", widget=GovTextInput(), validators=[_LENGTH],
        description="Kept beside the name and in the audit log.",
    )  # fmt: skip

    def offer(self, one: LookAlike, categories: Iterable[tuple[str, str]]) -> None:
        """Fill in what can be chosen."""
        self.category.choices = [SelectChoice("", "Choose one"), *(
            SelectChoice(id_, name) for id_, name in categories
        )]  # fmt: skip
        whole = SelectChoice(SITE, f"All of {one.site}")
        parts = SelectChoice(NAMES, f"Only {', '.join(one.names)}")
        self.what.choices = [whole] if one.names == (one.site,) else [whole, parts]


class FineForm(FlaskForm):
    """Why a name is fine. It may open something for pupils, so the reason is asked for."""

    note = StringField(
        "Why is it fine?", widget=GovTextInput(),
        description="Kept beside the name and in the audit log, so that others can follow it.",
        validators=[DataRequired("Say why it is fine"), _LENGTH],
    )  # fmt: skip


class UndoForm(FlaskForm):
    """Why a decision is undone. seen: what was decided when the form was made."""

    seen = HiddenField()
    note = StringField(
        "Reason (optional)", widget=GovTextInput(), validators=[_LENGTH],
        description="Kept in the audit log.",
    )  # fmt: skip
