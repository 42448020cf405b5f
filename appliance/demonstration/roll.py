"""Who is at the made-up school, and what they carry. All names are plants: nobody has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from appliance.policy.model import Ownership
from appliance.policy.subjects import Device, Group, Person
from appliance.store import devices, people

CLASSES: Final = tuple(f"class-{year}" for year in range(1, 7))
STAFF_TEAM: Final = "staff-team"
IN_CLASS: Final = 18
_FIRST: Final = (
    "Ada", "Ben", "Cleo", "Dev", "Esme", "Finn", "Gwen", "Hugo", "Isla", "Joel", "Kiki", "Leo",
    "Mina", "Noor", "Otis", "Pia", "Quinn", "Rafi", "Suki", "Theo", "Uma", "Vik", "Wren", "Yara",
)  # fmt: skip
_LAST: Final = (
    "Acorn", "Bramble", "Clover", "Dandelion", "Elderberry", "Foxglove", "Gorse", "Hawthorn", "Ivy",
    "Juniper", "Knapweed", "Larkspur", "Mulberry", "Nettle", "Oregano", "Primrose", "Quince",
    "Rosemary", "Sorrel", "Thistle", "Vetch", "Willowherb", "Yarrow",
)  # fmt: skip
_STAFF: Final = (
    "Ms Bluebell", "Mr Conifer", "Mrs Damson", "Mr Fern", "Ms Ginkgo", "Mrs Heather", "Mr Larch",
    "Ms Marigold", "Mr Nutmeg", "Mrs Olive", "Ms Parsley", "Mr Rowan", "Mrs Saffron", "Mr Tamarind",
)  # fmt: skip
PERMITTED: Final = 7  # so many staff have their phone on the network with the Wi-Fi permission


@dataclass(frozen=True, slots=True)
class Roll:
    """What was put into the register. classroom: shared computers; the rest is somebody's own."""

    pupils: tuple[Person, ...]
    staff: tuple[Person, ...]
    devices: tuple[Device, ...]


def put(session: Session, pupil: str, staff: str) -> Roll:
    """Put everybody and their devices into the register. pupil, staff: the policy's role ids."""
    for id_ in CLASSES:
        people.add_group(session, Group(id=id_, name=f"Class {id_[-1]}"))
    people.add_group(session, Group(id=STAFF_TEAM, name="Staff team"))
    pupils = tuple(people.add_person(session, one) for one in _pupils(pupil))
    teachers = tuple(people.add_person(session, one) for one in _teachers(staff))
    carried = (*_classroom(), *_tablets(pupils), *_laptops(teachers), *_phones(teachers))
    registered = tuple(
        devices.add(session, _with_mac(device, number)) for number, device in enumerate(carried)
    )
    return Roll(pupils, teachers, registered)


def _pupils(role: str) -> list[Person]:
    found = []
    for number in range(len(CLASSES) * IN_CLASS):
        first = _FIRST[number % len(_FIRST)]
        last = _LAST[(number * 5 + number // len(_FIRST)) % len(_LAST)]
        name, class_ = f"{first} {last}", CLASSES[number // IN_CLASS]
        found.append(Person(id=_id(name), name=name, role=role, groups=(class_,)))
    return found


def _teachers(role: str) -> list[Person]:
    return [Person(id=_id(name), name=name, role=role, groups=(STAFF_TEAM,)) for name in _STAFF]


def _classroom() -> list[Device]:
    """One shared computer in each classroom, at 127.0.10.1 to .6: nobody's own."""
    return [
        Device(
            id=f"pc-{class_}", name=f"Classroom computer, class {class_[-1]}", groups=(class_,),
            addresses=(f"127.0.10.{n}",), ownership=Ownership.SCHOOL, trusts_ca=True,
        )
        for n, class_ in enumerate(CLASSES, 1)
    ]  # fmt: skip


def _tablets(pupils: tuple[Person, ...]) -> list[Device]:
    return [
        Device(
            id=f"tablet-{n:03}", name=f"Tablet {n:03}", person=pupil.id, trusts_ca=True,
            addresses=(f"127.0.10.{n + 10}",), ownership=Ownership.SCHOOL,
        )
        for n, pupil in enumerate(pupils, 1)
    ]  # fmt: skip


def _laptops(staff: tuple[Person, ...]) -> list[Device]:
    return [
        Device(
            id=f"laptop-{n:02}", name=f"Staff laptop {n:02}", person=one.id, trusts_ca=True,
            addresses=(f"127.0.20.{n + 10}",), ownership=Ownership.SCHOOL,
        )
        for n, one in enumerate(staff, 1)
    ]  # fmt: skip


def _phones(staff: tuple[Person, ...]) -> list[Device]:
    return [
        Device(
            id=f"phone-{n:02}", name=f"{one.name}’s phone", person=one.id,
            addresses=(f"127.0.{40 if n <= PERMITTED else 20}.{n + 100}",), trusts_ca=True,
        )
        for n, one in enumerate(staff, 1)
    ]  # fmt: skip


def _with_mac(device: Device, number: int) -> Device:
    """Give a device a MAC from the block that is kept for examples (RFC 7042, section 2.1.2)."""
    return Device(
        id=device.id, name=device.name, macs=(f"00:00:5e:00:53:{number:02x}",),
        addresses=device.addresses, ownership=device.ownership, trusts_ca=device.trusts_ca,
        person=device.person, role=device.role, groups=device.groups,
    )  # fmt: skip


def _id(name: str) -> str:
    return name.lower().replace(" ", "-")
