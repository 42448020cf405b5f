"""Devices from a file: what changes, and where the mistakes are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_ui.devices import device_sheet
from admin_ui.devices.device_sheet import COLUMNS, NEEDED, Register, register
from admin_ui.devices.sheet import read, write
from appliance.policy.model import Ownership
from appliance.policy.subjects import Device

IPAD = Device(
    id="ipad-1", name="iPad 1", macs=("00:1b:63:00:00:01",), ownership=Ownership.SCHOOL,
    trusts_ca=True, groups=("3B",),
)  # fmt: skip
PRINTER = Device(id="printer", name="Printer", addresses=("10.1.0.9",), role="staff")
HEADING = ",".join(COLUMNS) + "\n"


def there(*devices: Device) -> Register:
    return register(devices, ("staff", "pupil"), ("3B", "4A"), ("p1",))


def mistakes(text: str, *devices: Device) -> list[tuple[int, str]]:
    reading = device_sheet.read(read(text, COLUMNS, NEEDED), there(*devices))
    return [(mistake.line, mistake.column) for mistake in reading.mistakes]


def test_a_file_goes_out_and_comes_back_as_it_was() -> None:
    text = write(COLUMNS, device_sheet.rows((IPAD, PRINTER)))
    reading = device_sheet.read(read(text, COLUMNS, NEEDED), there(IPAD, PRINTER))
    assert (reading.added, reading.changed, reading.same) == ([], [], 2)
    assert reading.mistakes == []
    fresh = device_sheet.read(read(text, COLUMNS, NEEDED), there())
    assert fresh.added == [IPAD, PRINTER]


def test_what_differs_is_a_change() -> None:
    text = write(COLUMNS, device_sheet.rows((replace(IPAD, trusts_ca=False),)))
    reading = device_sheet.read(read(text, COLUMNS, NEEDED), there(IPAD))
    assert [device.trusts_ca for device in reading.changed] == [False]


def test_two_columns_are_enough() -> None:
    reading = device_sheet.read(
        read("Name;MACs\nLaptop 7;00-1B-63-AA-BB-CC\n", COLUMNS, NEEDED), there()
    )
    assert reading.added == [Device(id="laptop-7", name="Laptop 7", macs=("00:1b:63:aa:bb:cc",))]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("x,,00:1b:63:00:00:09,,,,,,", "name"),
        ("a b,X,00:1b:63:00:00:09,,,,,,", "id"),
        ("x,X,nonsense,,,,,,", "macs"),
        ("x,X,01:00:5e:00:00:01,,,,,,", "macs"),
        ("x,X,,,,,,,", "macs"),
        ("x,X,00:1b:63:00:00:01,,,,,,", "macs"),  # the iPad's
        ("x,X,,10.1.0.300,,,,,", "addresses"),
        ("x,X,,10.1.0.9,,,,,", "addresses"),  # the printer's
        ("x,X,00:1b:63:00:00:09,,mine,,,,", "owner"),
        ("x,X,00:1b:63:00:00:09,,,perhaps,,,", "certificate"),
        ("x,X,00:1b:63:00:00:09,,,,nobody,,", "person"),
        ("x,X,00:1b:63:00:00:09,,,,,king,", "role"),
        ("x,X,00:1b:63:00:00:09,,,,,,5C", "groups"),
    ],
)
def test_each_mistake_has_line_and_column(row: str, column: str) -> None:
    assert mistakes(HEADING + row + "\n", IPAD, PRINTER) == [(2, column)]


def test_two_rows_cannot_have_the_same() -> None:
    row = "{0},{0},00:1b:63:00:00:0{1},,,,,,\n"
    assert mistakes(HEADING + row.format("a", 1) + row.format("b", 1)) == [(3, "macs")]
    assert mistakes(HEADING + row.format("a", 1) + row.format("a", 2)) == [(3, "id")]


def test_every_mistake_is_told_at_once() -> None:
    found = mistakes(HEADING + "x,,bad,,,,,,\ny,Y,,,,,,,\nz,Z,00:1b:63:00:00:09,,,,,king,9Z\n")
    assert found == [(2, "name"), (2, "macs"), (3, "macs"), (4, "role"), (4, "groups")]


@given(st.lists(st.lists(st.text(max_size=12), min_size=9, max_size=9), max_size=4))
def test_nothing_unfit_is_ever_taken(rows: list[list[str]]) -> None:
    from appliance.store import checks

    reading = device_sheet.read(read(write(COLUMNS, rows), COLUMNS, NEEDED), there(IPAD))
    for device in (*reading.added, *reading.changed):
        assert checks.word("id", device.id) == device.id
        assert device.name
        assert device.macs or device.addresses
