"""The forms of lists: from an address, from a file, changed, switched, the filter's test names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxInput,
    GovFileInput,
    GovRadioInput,
    GovSelect,
    GovTextArea,
    GovTextInput,
)
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from admin_ui.devices.forms import reason_field
from admin_ui.lists.meaning import Meaning
from appliance.lists.formats import Format
from appliance.policy.model import CategoryClass
from appliance.store.filter_checks import Expect

LONGEST: Final = 120  # characters of a name or a licence
ADDRESS: Final = 2000  # characters
FILE: Final = "Plain text, or UT1’s .tar.gz. At most 5 MB."
FORMATS: Final = {
    Format.HOSTS: "A hosts file (0.0.0.0 site.example)",
    Format.DOMAINS: "One name on each line",
    Format.ADBLOCK: "Adblock or AdGuard (||site.example^)",
    Format.DNSMASQ: "dnsmasq (address=/site.example/)",
    Format.RPZ: "RPZ, a response policy zone",
    Format.UT1: "UT1 Toulouse: a folder or .tar.gz with domains and urls",
    Format.V2FLY: "v2fly domain list (domain:site.example)",
}
EVERY: Final = {6: "Every 6 hours", 12: "Twice a day", 24: "Once a day", 72: "Every 3 days",
                168: "Once a week", 720: "Once a month"}  # fmt: skip
CHANGES: Final = {"0.1": "a tenth", "0.25": "a quarter", "0.5": "half", "0.75": "three quarters"}


def _long(most: int) -> Length:
    return Length(max=most, message=f"At most {most} characters")


class NeededReasonForm(FlaskForm):
    """A change that opens something: it needs a reason, which the audit log keeps."""

    reason = StringField(
        "Reason", widget=GovTextInput(), description="Kept in the audit log beside your name.",
        validators=[DataRequired("Give a reason"), Length(max=500)],
    )  # fmt: skip


class AboutForm(FlaskForm):
    """What a list is called, and to whom it is owed. seen: what it was when the form was made."""

    seen = HiddenField()

    name = StringField(
        "Name", widget=GovTextInput(), validators=[DataRequired("Enter a name"), _long(LONGEST)],
        description="As people here call it, such as “Gambling, from the county”.",
    )  # fmt: skip
    licence = StringField(
        "Licence (optional)", widget=GovTextInput(), validators=[_long(LONGEST)],
        description="Under which its makers publish it, such as CC BY-SA 4.0.",
    )  # fmt: skip
    attribution = StringField(
        "Whose work it is (optional)", widget=GovTextInput(), validators=[_long(500)],
        description="Shown beside the list. Many licences ask for it.",
    )  # fmt: skip
    reason = reason_field()


class ListForm(AboutForm):
    """A list in a kind of site."""

    category = SelectField(
        "What kind of sites does it name?", widget=GovSelect(), choices=[],
        validators=[InputRequired("Choose a kind")],
        description="The policy says what the gate does with that kind.",
    )  # fmt: skip

    def offer(self, found: Iterable[Meaning], chosen: str = "") -> None:
        """Fill in the kinds of site; illegal content is taken in on a page of its own."""
        fields: dict[str, Any] = self._fields
        known = [
            SelectChoice(one.id, one.name)
            for one in sorted(found, key=lambda one: one.name.casefold())
            if one.kind is not CategoryClass.ILLEGAL or one.id == chosen
        ]
        fields["category"].choices = [SelectChoice("", "Choose one"), *known]


class FormatField(SelectField):
    """How the lines of a list are written."""

    def __init__(self, label: str, **settings: Any) -> None:
        choices = [SelectChoice(one.value, words) for one, words in FORMATS.items()]
        super().__init__(
            label, widget=GovSelect(), choices=[SelectChoice("", "Choose one"), *choices],
            validators=[InputRequired("Choose how it is written")], **settings,
        )  # fmt: skip


class AddressForm(ListForm):
    """A list that is fetched from an address."""

    address = StringField(
        "Address", widget=GovTextInput(),
        validators=[DataRequired("Enter the address"), _long(ADDRESS)],
        description="Begins with https://. Nothing about the school is sent there but the "
        "question for the list.",
    )  # fmt: skip
    format = FormatField("How is it written?")
    every = SelectField(
        "How often is it fetched?", widget=GovSelect(), coerce=int,
        choices=[SelectChoice(hours, words) for hours, words in EVERY.items()], default=24,
    )  # fmt: skip
    most_change = SelectField(
        "Hold an update that changes more than", widget=GovSelect(), default="0.5",
        choices=[SelectChoice(share, f"{words} of the names") for share, words in CHANGES.items()],
        description="The list as it was stays in use until somebody has looked.",
    )  # fmt: skip


class FileListForm(ListForm):
    """A list from this computer."""

    file = FileField("File", widget=GovFileInput(), description=FILE)
    format = FormatField("How is it written?")


class LicensedForm(FlaskForm):
    """A licensed list of illegal content: taken in, never shown again."""

    name = StringField(
        "Name", widget=GovTextInput(), validators=[DataRequired("Enter a name"), _long(40)],
        description="A newer file with the same name takes its place.",
    )  # fmt: skip
    file = FileField("File", widget=GovFileInput(), description=FILE)
    format = FormatField("How is it written?")
    licence = StringField(
        "Licence", widget=GovTextInput(),
        validators=[DataRequired("Name the licence or agreement"), _long(LONGEST)],
        description="The agreement under which the school holds it, with its number.",
    )  # fmt: skip
    may = BooleanField(
        "The school holds a licence that lets it use this list here", widget=GovCheckboxInput(),
        validators=[DataRequired("Say that the school may use the list")],
    )  # fmt: skip


class TestNamesForm(FlaskForm):
    """The accredited filter’s own test names, and what it answers to them."""

    names = TextAreaField(
        "Test names", widget=GovTextArea(), validators=[_long(4000)],
        description="One on each line. Your filter’s maker has names that are harmless and always "
        "blocked, for just this. Never use a real bad site. Empty: no check.",
    )  # fmt: skip
    expect = RadioField(
        "What does the filter answer to them?", widget=GovRadioInput(),
        default=Expect.BLOCKED.value,
        choices=[
            SelectChoice(Expect.BLOCKED.value, "No: no such name, refused, or an empty address"),
            SelectChoice(Expect.ADDRESS.value, "The address of its own block page"),
        ],
    )  # fmt: skip
    addresses = TextAreaField(
        "Addresses of its block page", widget=GovTextArea(), validators=[_long(1000)],
        description="One on each line, only for the second answer. Its maker names them.",
    )  # fmt: skip
    reason = reason_field()
