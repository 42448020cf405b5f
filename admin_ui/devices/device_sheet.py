"""Devices as rows of a CSV file, both ways; every mistake with its line and column. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from admin_ui.devices.sheet import Mistake, Row, Sheet
from appliance.policy.ids import id_of
from appliance.policy.model import Ownership
from appliance.policy.subjects import Device
from appliance.store import checks

COLUMNS: Final = (
    "id", "name", "macs", "addresses", "owner", "certificate", "person", "role", "groups",
)  # fmt: skip
NEEDED: Final = ("name", "macs")
_OWNERS: Final = {
    "school": Ownership.SCHOOL, "school-owned": Ownership.SCHOOL, "yes": Ownership.SCHOOL,
    "personal": Ownership.PERSONAL, "no": Ownership.PERSONAL, "": Ownership.PERSONAL,
}  # fmt: skip
_TRUTH: Final = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False,
                 "": False}  # fmt: skip
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Register:
    """What there is already. macs, addresses: the id of the device that each belongs to."""

    roles: frozenset[str]
    groups: frozenset[str]
    people: frozenset[str]
    devices: Mapping[str, Device]
    macs: Mapping[str, str]
    addresses: Mapping[str, str]


@dataclass(slots=True)
class Reading:
    """What a file asks for, against what there is. same: how many rows change nothing."""

    added: list[Device] = field(default_factory=list)
    changed: list[Device] = field(default_factory=list)
    same: int = 0
    mistakes: list[Mistake] = field(default_factory=list)


def register(
    devices: Iterable[Device], roles: Iterable[str], groups: Iterable[str], people: Iterable[str]
) -> Register:
    """Return what there is, ready to be compared with."""
    held = {device.id: device for device in devices}
    return Register(
        frozenset(roles), frozenset(groups), frozenset(people), held,
        {mac: device.id for device in held.values() for mac in device.macs},
        {one: device.id for device in held.values() for one in device.addresses},
    )  # fmt: skip


def read(sheet: Sheet, there: Register) -> Reading:
    """Return what a sheet asks for. A row whose id is registered takes that device's place."""
    reading = Reading(mistakes=list(sheet.mistakes))
    lines: dict[str, int] = {}  # id, MAC or address -> the line that has it
    for row in sheet.rows:
        device, mistakes = _device(row, there)
        if device is not None:
            mistakes += _clashes(row.line, device, there, lines)
        reading.mistakes += mistakes
        if device is None or mistakes:
            continue
        before = there.devices.get(device.id)
        if before is None:
            reading.added.append(device)
        elif before != device:
            reading.changed.append(device)
        else:
            reading.same += 1
    reading.mistakes.sort(key=lambda mistake: mistake.line)
    return reading


def rows(devices: Iterable[Device]) -> Iterable[tuple[str, ...]]:
    """Return devices as rows under ``COLUMNS``."""
    for one in devices:
        yield (
            one.id, one.name, " ".join(one.macs), " ".join(one.addresses), one.ownership.value,
            "yes" if one.trusts_ca else "no", one.person or "", one.role or "",
            " ".join(one.groups),
        )  # fmt: skip


def _device(row: Row, there: Register) -> tuple[Device | None, list[Mistake]]:
    mistakes: list[Mistake] = []

    def take(column: str, what: Callable[[str], _Value], default: _Value) -> _Value:
        try:
            return what(row.cells.get(column, ""))
        except ValueError as error:
            words = str(error).removeprefix(f"{column}: ")
            mistakes.append(Mistake(row.line, column, words))
            return default

    name = take("name", lambda text: checks.filled("name", text), "")
    device = Device(
        id=take("id", lambda text: checks.word("id", text or id_of(name)), ""), name=name,
        macs=take("macs", lambda text: _each(text, "macs", checks.mac), ()),
        addresses=take("addresses", lambda text: _each(text, "addresses", checks.address), ()),
        ownership=take("owner", lambda text: _one_of(text, _OWNERS, "school or personal"),
                       Ownership.PERSONAL),
        trusts_ca=take("certificate", lambda text: _one_of(text, _TRUTH, "yes or no"), False),
        person=take("person", lambda text: _there(text, there.people, "person"), None),
        role=take("role", lambda text: _there(text, there.roles, "role"), None),
        groups=take("groups", lambda text: _groups(text, there.groups), ()),
    )  # fmt: skip
    if not mistakes and not device.macs and not device.addresses:
        mistakes.append(Mistake(row.line, "macs", "a MAC or a fixed address is needed"))
    return (None if mistakes else device), mistakes


def _clashes(line: int, device: Device, there: Register, lines: dict[str, int]) -> list[Mistake]:
    found = []
    known = [("id", device.id, device.id)]
    known += [("macs", mac, there.macs.get(mac, device.id)) for mac in device.macs]
    known += [("addresses", a, there.addresses.get(a, device.id)) for a in device.addresses]
    for column, text, owner in known:
        key = f"{column} {text}"
        if key in lines:
            found.append(Mistake(line, column, f"{text} is on line {lines[key]} already"))
        elif owner != device.id:
            found.append(Mistake(line, column, f"{text} belongs to device {owner} already"))
        lines.setdefault(key, line)
    return found


def _each(text: str, column: str, check: Callable[[str, str], str]) -> tuple[str, ...]:
    parts = text.replace(";", " ").replace(",", " ").split()
    return tuple(sorted({check(column, part) for part in parts}))


def _groups(text: str, known: frozenset[str]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(text.replace(";", " ").replace(",", " ").split()))
    for id_ in found:
        if id_ not in known:
            raise ValueError(f"there is no group {id_!r}")
    return found


def _there(text: str, known: frozenset[str], what: str) -> str | None:
    if text and text not in known:
        raise ValueError(f"there is no {what} {text!r}")
    return text or None


def _one_of(text: str, meanings: Mapping[str, _Value], words: str) -> _Value:
    try:
        return meanings[text.lower()]
    except KeyError:
        raise ValueError(f"{text!r} is not {words}") from None
