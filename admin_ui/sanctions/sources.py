"""What a new sanction is asked for from: an attempt, a concern, a signal, or a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from flask import abort
from sqlalchemy.orm import Session

from admin_ui import dates
from admin_ui.log import looking
from admin_ui.log.reader import named_reader
from admin_ui.log.shown import whom
from admin_ui.sanctions.need import Need
from admin_ui.sanctions.standing import name_of
from appliance.policy.model import Subject, SubjectKind
from appliance.policy.snapshot import Contents
from appliance.policy.subjects import Device, is_random_mac
from appliance.store import attempt_search, checks, notes

MOST: Final = 20  # people, and as many devices, that a search shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Somebody a sanction can be on. subject: None for a device that nobody has registered."""

    subject: Subject | None
    name: str
    hint: str = ""
    mac: str = ""

    @property
    def value(self) -> str:
        """What a form sends for it."""
        return f"{self.subject.kind.value}:{self.subject.id}" if self.subject else f"mac:{self.mac}"

    @property
    def random(self) -> bool:
        """Whether the device made its MAC up, and may make up another."""
        return bool(self.mac) and is_random_mac(self.mac)


@dataclass(slots=True)
class Wanted:
    """What is asked for. words: what it came from, for people. look: the row that is shown.

    owed: whom the policy asks a written reason for first. nameless: nothing but an address.
    """

    choices: list[Choice] = field(default_factory=list)
    source: str = ""
    words: str = ""
    look: tuple[str, str] | None = None
    owed: tuple[str, str] | None = None
    nameless: bool = False


def wanted(session: Session, need: Need, args: Mapping[str, str]) -> Wanted:
    """Return what the address of the page asks for; of whom one may not know there is nothing.

    Ends with 404 where there is no such row, person or device for whoever is signed in.
    """
    found = Wanted(source="signal" if args.get("from") == "signal" else "")
    if found.source:
        found.words = "a signal"
    named = [(kind, args.get(kind, "").strip()[:64]) for kind in ("person", "device")]
    for name, read in (("attempt", _attempt), ("concern", _concern)):
        text = args.get(name, "")
        if text:
            number = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
            named += read(session, number, found)
    named = [pair for pair in dict.fromkeys(named) if pair[1]]
    for kind, id_ in named:
        choice = _choice(kind, id_, need.contents)
        if choice is not None and _open(choice, need):
            found.choices.append(choice)
    found.nameless = bool(named) and all(kind == "address" for kind, _ in named)
    if named and not found.choices and not found.nameless:
        abort(404)
    return found


def search(text: str, need: Need) -> tuple[list[Choice], bool]:
    """Return people and devices that contain words and may be chosen; whether there are more."""
    words, contents = text.strip().casefold(), need.contents
    owners = {person.id: person.name for person in contents.people}
    people = [
        (person.name, "person", person.id)
        for person in contents.people
        if words in person.name.casefold() or words in person.id.casefold()
    ]
    machines = [
        (device.name, "device", device.id) for device in contents.devices
        if any(words in one.casefold() for one in _said_of(device, owners))
    ]  # fmt: skip
    found = _first(people, need), _first(machines, need)
    return [*found[0][:MOST], *found[1][:MOST]], any(len(part) > MOST for part in found)


def _said_of(device: Device, owners: Mapping[str, str]) -> tuple[str, ...]:
    owner = owners.get(device.person or "", "")
    return (device.name, device.id, owner, *device.macs, *device.addresses)


def _first(named: list[tuple[str, str, str]], need: Need) -> list[Choice]:
    """Return the first by name that may be chosen, one more than are shown."""
    found: list[Choice] = []
    for _, kind, id_ in sorted(named, key=lambda one: (one[0].casefold(), one[2])):
        choice = _choice(kind, id_, need.contents)
        if choice is not None and _open(choice, need):
            found.append(choice)
        if len(found) > MOST:
            break
    return found


def _open(choice: Choice, need: Need) -> bool:
    return choice.subject is None or need.may_decide(choice.subject)


def _attempt(session: Session, id_: int, found: Wanted) -> list[tuple[str, str]]:
    who = named_reader(session)
    kept = attempt_search.one(session, who.scope, id_) or abort(404)
    row, about = kept.attempt, whom(kept.attempt)
    if looking.reason_owed(session, who, *about):
        found.owed = about
    found.source, found.look = f"attempt:{id_}", about
    found.words = f"attempt {id_}, {dates.moment(row.at, who.view.zone)}"
    return [("person", row.person), ("device", row.device or row.mac), about]


def _concern(session: Session, id_: int, found: Wanted) -> list[tuple[str, str]]:
    who = named_reader(session)
    note = notes.get(session, who.scope, id_)
    if note is None or not note.concern:
        abort(404)
    found.source = f"concern:{id_}"
    found.words = f"the concern of {dates.moment(note.at, who.view.zone)}"
    return [(note.subject_kind, note.subject_id)]


def _choice(kind: str, id_: str, contents: Contents) -> Choice | None:
    if kind == "person":
        subject = Subject(SubjectKind.PERSON, id_)
        if not any(person.id == id_ for person in contents.people):
            return None
        own = [device.name for device in contents.devices if device.person == id_]
        hint = f"On {', '.join(own[:4])}" if own else "No device is registered as theirs"
        return Choice(subject=subject, name=name_of(subject, contents), hint=hint)
    if kind != "device":
        return None
    device = next((d for d in contents.devices if d.id == id_ or id_.lower() in d.macs), None)
    if device is not None:
        owner = next((p.name for p in contents.people if p.id == device.person), "")
        hint = f"Whoever uses it; it is {owner}’s" if owner else "Whoever uses it"
        subject = Subject(SubjectKind.DEVICE, device.id)
        mac = next((one for one in device.macs if is_random_mac(one)), "")
        return Choice(subject=subject, name=device.name, hint=hint, mac=mac)
    try:
        mac = checks.mac("device", id_)
    except ValueError:
        return None
    return Choice(subject=None, name=f"The device {mac}", mac=mac, hint="Not in the register yet")
