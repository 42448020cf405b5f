"""The forms of the register: devices, people, groups, networks."""

from __future__ import annotations

from typing import Any, Final

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovCheckboxInput,
    GovFileInput,
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
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from admin_ui.devices.known import Known
from appliance.policy.model import Ownership

OWNERS: Final = (
    SelectChoice(Ownership.SCHOOL.value, "The school’s"),
    SelectChoice(Ownership.PERSONAL.value, "Somebody’s own"),
)
TRUTH: Final = (SelectChoice("yes", "Yes"), SelectChoice("no", "No"))
LONGEST: Final = 120  # characters of a name
MANY: Final = 4000  # characters of a list of addresses


def name_field(label: str, hint: str = "") -> StringField:
    """Return a field for a name."""
    return StringField(
        label, widget=GovTextInput(), description=hint,
        validators=[
            InputRequired(f"Enter: {label.lower()}"),
            Length(max=LONGEST, message=f"At most {LONGEST} characters"),
        ],
    )  # fmt: skip


def reason_field() -> StringField:
    """Return the field for the reason of a change, which the audit log keeps."""
    return StringField(
        "Reason (optional)", widget=GovTextInput(), description="Kept in the audit log.",
        validators=[Length(max=500, message="At most 500 characters")],
    )  # fmt: skip


def groups_field() -> SelectMultipleField:
    """Return the boxes of the groups; ``offer`` fills them."""
    return SelectMultipleField("Groups", widget=GovCheckboxesInput(), validate_choice=True)


class Kept(FlaskForm):
    """A form about something that is there already. seen: what it was when the form was made."""

    seen = HiddenField()
    reason = reason_field()

    def offer(self, known: Known) -> None:
        """Fill in what can be chosen."""
        fields: dict[str, Any] = self._fields
        if "role" in fields:
            roles = [SelectChoice(role.id, role.name) for role in known.roles]
            first = "As its person or network says" if "macs" in fields else "Choose one"
            fields["role"].choices = [SelectChoice("", first), *roles]
        if "groups" in fields:
            fields["groups"].choices = [
                SelectChoice(group.id, group.name) for group in known.groups
            ]
        if "timetable" in fields:
            bells = [SelectChoice(id_, id_) for id_ in known.timetables]
            fields["timetable"].choices = [SelectChoice("", "The school’s usual bells"), *bells]


class DeviceForm(Kept):
    """A device."""

    name = name_field("Name", "As people call it, such as “iPad 3B-07”.")
    macs = TextAreaField(
        "MAC addresses", widget=GovTextArea(), validators=[Length(max=MANY)],
        description="One on each line. On the device: settings, network, “physical address”.",
    )  # fmt: skip
    addresses = TextAreaField(
        "Fixed IP addresses (optional)", widget=GovTextArea(), validators=[Length(max=MANY)],
        description="Only where the address never changes, such as a server or printer.",
    )  # fmt: skip
    ownership = RadioField(
        "Whose device is it?", widget=GovRadioInput(), choices=list(OWNERS),
        validators=[InputRequired("Choose whose device it is")],
    )  # fmt: skip
    trusts_ca = RadioField(
        "Is the school’s certificate installed on it?", widget=GovRadioInput(), choices=list(TRUTH),
        description="With it, a blocked site shows a page that says why. It is for the school’s "
        "own devices; never ask people to put it on their own.",
        validators=[InputRequired("Choose whether the certificate is installed")],
    )  # fmt: skip
    person = StringField(
        "Who uses it (optional)", widget=GovTextInput(), validators=[Length(max=LONGEST)],
        description="Their id or whole name in the list of people. Empty for shared devices.",
    )  # fmt: skip
    role = SelectField("Role", widget=GovSelect(), choices=[])
    groups = groups_field()


class PersonForm(Kept):
    """A person as the network knows them."""

    id = StringField(
        "Id", widget=GovTextInput(), validators=[Length(max=64, message="At most 64 characters")],
        description="Letters and digits without blanks, such as a number from the school’s "
        "register. Empty: made from the name.",
    )  # fmt: skip
    name = name_field("Name")
    role = SelectField(
        "Role", widget=GovSelect(), choices=[], validators=[InputRequired("Choose a role")]
    )
    groups = groups_field()


class GroupForm(Kept):
    """A class, year group or staff team."""

    id = StringField(
        "Id", widget=GovTextInput(), validators=[Length(max=64, message="At most 64 characters")],
        description="Short, without blanks, such as 3B. Empty: made from the name.",
    )  # fmt: skip
    name = name_field("Name", "Such as “Class 3B”, “Year 4” or “Science department”.")
    timetable = SelectField("Bells", widget=GovSelect(), choices=[])


class NetworkForm(Kept):
    """A subnet or VLAN. overlaps: a range was found to, so that it can be said to be meant."""

    overlaps = False
    name = name_field("Name", "Such as “Classrooms” or “Guest Wi-Fi”.")
    prefixes = TextAreaField(
        "Address ranges", widget=GovTextArea(),
        description="One on each line with its length, such as 10.1.0.0/16 or fd00:1::/64.",
        validators=[InputRequired("Enter at least one range"), Length(max=MANY)],
    )  # fmt: skip
    role = SelectField(
        "A device that is not registered counts as", widget=GovSelect(), choices=[],
        validators=[InputRequired("Choose a role")],
    )  # fmt: skip
    ownership = RadioField(
        "Whose devices are on it?", widget=GovRadioInput(), choices=list(OWNERS),
        validators=[InputRequired("Choose whose devices are on it")],
    )  # fmt: skip
    trusts_ca = RadioField(
        "Do they have the school’s certificate?", widget=GovRadioInput(), choices=list(TRUTH),
        description="Yes only where every device has it from the school. A device without it "
        "would show warnings.",
        validators=[InputRequired("Choose whether they have the certificate")],
    )  # fmt: skip
    mixed = BooleanField(
        "Devices of several roles belong on it: a registered device keeps its own role",
        widget=GovCheckboxInput(),
        description="Tick this where the school has one network for everybody. Otherwise a "
        "registered device counts as the stricter of its own role and the network’s, so that "
        "nobody copies a teacher’s device onto the pupils’ network.",
    )
    groups = groups_field()
    nested = BooleanField(
        "The ranges overlap on purpose: the narrower one counts", widget=GovCheckboxInput()
    )


class ReasonForm(FlaskForm):
    """A change that needs nothing but a yes."""

    reason = reason_field()


class FileForm(FlaskForm):
    """A CSV file."""

    file = FileField("CSV file", widget=GovFileInput(), description="At most 512 kB.")


class SheetForm(FlaskForm):
    """The same file again, to be carried out now that it has been looked at."""

    text = TextAreaField()
    reason = reason_field()


def lines(text: str | None) -> tuple[str, ...]:
    """Return what stands on the lines of a field, or between commas and semicolons."""
    return tuple((text or "").replace(",", "\n").replace(";", "\n").split())
