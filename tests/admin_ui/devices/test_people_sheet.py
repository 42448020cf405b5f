"""People from a file: what changes, and where the mistakes are."""

from __future__ import annotations

import pytest

from admin_ui.devices import people_sheet
from admin_ui.devices.people_sheet import COLUMNS, NEEDED, Reading
from admin_ui.devices.sheet import read, write
from appliance.policy.subjects import Person

ANN = Person(id="p1", name="A. Pupil", role="pupil", groups=("3B",))
ROLES, GROUPS = frozenset({"staff", "pupil"}), frozenset({"3B", "4A"})


def reading(text: str, *people: Person) -> Reading:
    there = {person.id: person for person in people}
    return people_sheet.read(read(text, COLUMNS, NEEDED), there, ROLES, GROUPS)


def test_a_file_goes_out_and_comes_back_as_it_was() -> None:
    text = write(COLUMNS, people_sheet.rows((ANN,)))
    assert reading(text, ANN).same == 1
    assert reading(text).added == [ANN]
    assert reading(text.replace("pupil", "staff"), ANN).changed[0].role == "staff"


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (",Name,pupil,", "id"),
        ("a b,Name,pupil,", "id"),
        ("p2,,pupil,", "name"),
        ("p2,Name,king,", "role"),
        ("p2,Name,pupil,9Z", "groups"),
    ],
)
def test_each_mistake_has_line_and_column(row: str, column: str) -> None:
    found = reading("id,name,role,groups\n" + row)
    assert [(m.line, m.column) for m in found.mistakes] == [(2, column)]
    assert found.added == []


def test_nobody_is_there_twice() -> None:
    found = reading("id,name,role\np2,A,pupil\np2,B,pupil\n")
    assert [(m.line, m.column) for m in found.mistakes] == [(3, "id")]
