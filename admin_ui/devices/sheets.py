"""CSV files of devices and of people: in by way of a preview, and out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from flask import Response as FlaskResponse
from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin_ui.devices import changing, device_sheet, people_sheet
from admin_ui.devices.blueprint import blueprint
from admin_ui.devices.forms import FileForm, SheetForm
from admin_ui.devices.known import known
from admin_ui.devices.sheet import LARGEST, Sheet, read, text_of, write
from admin_ui.gate import gate
from admin_ui.limits import takes_files
from admin_ui.record import record
from appliance.store import devices
from appliance.store import people as persons

SHOWN: Final = 100  # rows and mistakes of a preview


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file can be about. area: of the audit entries. many: as people say it."""

    many: str
    area: str
    columns: tuple[str, ...]
    needed: tuple[str, ...]
    back: str
    reads: Callable[[Session, Sheet], Any]
    adds: Callable[[Session, Any], object]
    rows: Callable[[Any], Any]
    every: Callable[[Session], Any]


def _read_devices(session: Session, sheet: Sheet) -> device_sheet.Reading:
    choices = known(session)
    there = device_sheet.register(
        devices.list_(session), (role.id for role in choices.roles),
        (group.id for group in choices.groups),
        choices.policy_people | {person.id for person in persons.people(session)},
    )  # fmt: skip
    return device_sheet.read(sheet, there)


def _read_people(session: Session, sheet: Sheet) -> people_sheet.Reading:
    choices = known(session)
    return people_sheet.read(
        sheet, {person.id: person for person in persons.people(session)},
        frozenset(role.id for role in choices.roles),
        frozenset(group.id for group in choices.groups),
    )  # fmt: skip


DEVICES: Final = Kind(
    "devices", "device", device_sheet.COLUMNS, device_sheet.NEEDED, "devices.index",
    _read_devices, devices.add, device_sheet.rows, devices.list_,
)  # fmt: skip
PEOPLE: Final = Kind(
    "people", "person", people_sheet.COLUMNS, people_sheet.NEEDED, "devices.people",
    _read_people, persons.add_person, people_sheet.rows, persons.people,
)  # fmt: skip


@blueprint.get("/devices.csv")
def export_devices() -> FlaskResponse:
    """Give the register of devices as a CSV file."""
    return _export(DEVICES)


@blueprint.get("/people.csv")
def export_people() -> FlaskResponse:
    """Give the list of people as a CSV file."""
    return _export(PEOPLE)


@blueprint.route("/devices/file", methods=["GET", "POST"])
@takes_files
def load_devices() -> str | Response:
    """Look at a CSV file of devices: what it would change, or every mistake in it."""
    return _look(DEVICES)


@blueprint.route("/people/file", methods=["GET", "POST"])
@takes_files
def load_people() -> str | Response:
    """Look at a CSV file of people: what it would change, or every mistake in it."""
    return _look(PEOPLE)


@blueprint.post("/devices/file/done")
@takes_files
def take_devices() -> str | Response:
    """Carry a file of devices out that has been looked at."""
    return _take(DEVICES)


@blueprint.post("/people/file/done")
@takes_files
def take_people() -> str | Response:
    """Carry a file of people out that has been looked at."""
    return _take(PEOPLE)


def _export(kind: Kind) -> FlaskResponse:
    with gate().writing() as session:
        every = kind.every(session)
        record(session, f"{kind.area}.exported", kind.many, count=len(every))
    text = write(kind.columns, kind.rows(every))
    response = FlaskResponse(text.encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="bellgate-{kind.many}.csv"'
    return response


def _look(kind: Kind) -> str | Response:
    form = FileForm()
    if not form.validate_on_submit():
        return _page(kind, form)
    data = b""
    if form.file.data:
        with form.file.data.stream as stream:  # a large one lies in a temporary file
            data = stream.read(LARGEST + 1)
    if not data:
        form.file.errors = ["Choose a CSV file"]
        return _page(kind, form)
    if len(data) > LARGEST:
        form.file.errors = [f"The file is larger than {LARGEST >> 10} kB: make two of it"]
        return _page(kind, form)
    return _preview(kind, text_of(data))


def _preview(kind: Kind, text: str) -> str:
    with gate().reading() as session:
        reading = kind.reads(session, read(text, kind.columns, kind.needed))
    return render_template(
        "devices/preview.html", kind=kind, reading=reading, form=SheetForm(text=text),
        added=list(kind.rows(reading.added[:SHOWN])), most=SHOWN,
        changed=list(kind.rows(reading.changed[:SHOWN])), text=text,
        done=url_for(f"devices.take_{kind.many}"), again=url_for(f"devices.load_{kind.many}"),
    )  # fmt: skip


def _take(kind: Kind) -> str | Response:
    form = SheetForm()
    if not form.validate():
        abort(400)
    text = request.form.get("text", "")
    with gate().writing() as session:
        reading = kind.reads(session, read(text, kind.columns, kind.needed))
        if not reading.mistakes:  # else somebody changed the register meanwhile
            for one in (*reading.added, *reading.changed):
                kind.adds(session, one)
            record(
                session, f"{kind.area}.imported", kind.many, reason=form.reason.data or "",
                added=[one.id for one in reading.added],
                changed=[one.id for one in reading.changed],
            )  # fmt: skip
    if reading.mistakes:
        return _preview(kind, text)
    count = len(reading.added), len(reading.changed)
    changing.tell(f"The file is taken in: {count[0]} added, {count[1]} changed.")
    return redirect(url_for(kind.back), 303)


def _page(kind: Kind, form: FileForm) -> str:
    return render_template("devices/file.html", kind=kind, form=form)
