"""Whom a question is about: an address, or anybody and anything the register knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_address
from typing import Final

from admin_ui.gate import gate
from appliance.identity.neighbours import Neighbours
from appliance.identity.sign_ins import SignIns
from appliance.policy import spans
from appliance.policy.model import Ownership, Subject, SubjectKind
from appliance.policy.snapshot import Contents, Snapshot
from appliance.policy.subjects import Client
from appliance.store.checks import mac as checked_mac

LONGEST: Final = 200  # characters that are read
DEVICES: Final = (
    ("", "As registered, or as its network says"),
    ("school", "A school-owned device"),
    ("personal", "A personal device with the school’s certificate"),
    ("unread", "A personal device without the school’s certificate"),
)
HELP: Final = (
    "There is nobody and nothing of that name. Give an address such as 10.1.0.5, or choose from "
    "the list"
)


class UnknownClientError(ValueError):
    """The text names nobody. The message says what does."""


def client_of(text: str, device: str, snapshot: Snapshot) -> Client:
    """Return the client that a text names, on the kind of device that was chosen.

    Raises:
        UnknownClientError: nothing has that address, id or name, or several have that name.
    """
    found = _named(" ".join(text[:LONGEST].split()), snapshot)
    if device == "school":
        return replace(found, ownership=Ownership.SCHOOL, trusts_ca=True)
    if device in ("personal", "unread"):
        return replace(found, ownership=Ownership.PERSONAL, trusts_ca=device == "personal")
    return found


def suggestions(contents: Contents) -> list[tuple[str, str]]:
    """Return what may be chosen: value and name, roles first."""
    return [(f"{kind.value}:{id_}", name) for kind, id_, name in _known(contents)]


def _named(text: str, snapshot: Snapshot) -> Client:
    try:
        address = str(ip_address(text.partition("%")[0]))
        # Looked up afresh for each question: the table belongs to no other thread.
        mac = Neighbours().mac_of(address)
        said = SignIns(gate().settings.data / "run").presence(address, mac, gate().view().at)
        return snapshot.register.resolve(address, mac, said)
    except ValueError:
        pass
    subject = _subject(text, snapshot.contents)
    if subject is not None:
        return _of(subject, snapshot)
    try:
        mac = checked_mac("client", text)
    except ValueError:
        raise UnknownClientError(HELP) from None
    held = next((d for d in snapshot.contents.devices if mac in d.macs), None)
    if held is None:
        raise UnknownClientError(f"No device is registered with {mac}")
    return _of(Subject(SubjectKind.DEVICE, held.id), snapshot)


def _subject(text: str, contents: Contents) -> Subject | None:
    known = list(_known(contents))
    for kind, id_, _ in known:
        if text == f"{kind.value}:{id_}":
            return Subject(kind, id_)
    fold = text.casefold()
    found = {
        (k, i): None for k, i, name in known if fold and fold in (i.casefold(), name.casefold())
    }
    if len(found) > 1:
        options = ", ".join(f"{kind.value}:{id_}" for kind, id_ in found)
        raise UnknownClientError(f"Several have that name. Choose one of: {options}")
    return Subject(*next(iter(found))) if found else None


def _of(subject: Subject, snapshot: Snapshot) -> Client:
    contents = snapshot.contents
    if subject.kind is SubjectKind.DEVICE:
        held = next(d for d in contents.devices if d.id == subject.id)
        address = held.addresses[0] if held.addresses else "::"
        return snapshot.register.resolve(address, held.macs[0] if held.macs else None)
    client = spans.somebody(subject, contents)
    if subject.kind is SubjectKind.GROUP:
        roles = [p.role for p in contents.people if subject.id in p.groups]
        roles += [n.role for n in contents.networks if subject.id in n.groups]
        return replace(client, role=roles[0] if roles else client.role)
    return client


def _known(contents: Contents) -> Iterator[tuple[SubjectKind, str, str]]:
    yield from ((SubjectKind.ROLE, r.id, r.name) for r in contents.roles)
    yield from ((SubjectKind.GROUP, g.id, g.name) for g in contents.groups)
    yield from ((SubjectKind.NETWORK, n.id, n.name) for n in contents.networks)
    yield from ((SubjectKind.DEVICE, d.id, d.name) for d in contents.devices)
    yield from ((SubjectKind.PERSON, p.id, p.name) for p in contents.people)
