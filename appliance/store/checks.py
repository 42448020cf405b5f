"""What may go into the store: each check returns the one form it is kept in, or names the field."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Final

from sqlalchemy.orm import Session

from appliance.policy import urls
from appliance.policy.model import CategoryClass, Subject, SubjectKind, Target, TargetKind
from appliance.policy.names import BadNameError, canonical
from appliance.policy.snapshot import Contents
from appliance.store import tables
from appliance.store.known import vocabulary

_ID: Final = re.compile(r"[^\s/?#:]{1,64}")
_MAC: Final = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}")
_ROWS: Final = (
    (SubjectKind.PERSON, tables.PersonRow, "people"),
    (SubjectKind.DEVICE, tables.DeviceRow, "devices"),
    (SubjectKind.GROUP, tables.GroupRow, "groups"),
    (SubjectKind.NETWORK, tables.NetworkRow, "networks"),
)


def word(field: str, text: str) -> str:
    """Return an id: 1 to 64 characters, no blanks and none of ``/ ? # :``."""
    if not _ID.fullmatch(text):
        raise ValueError(
            f"{field}: {text!r} is not an id (1 to 64 characters, no blanks or / ? # :)"
        )
    return text


def filled(field: str, text: str) -> str:
    """Return text without blanks at its ends; it must say something."""
    if not text.strip():
        raise ValueError(f"{field}: must not be empty")
    return text.strip()


def mac(field: str, text: str) -> str:
    """Return a MAC in lower case with colons; dashes, dots and bare digits are understood."""
    digits = re.sub(r"[-:.\s]", "", text.lower())
    shown = ":".join(digits[i : i + 2] for i in range(0, len(digits), 2))
    if not _MAC.fullmatch(shown):
        raise ValueError(f"{field}: {text!r} is not a MAC address")
    if int(shown[:2], 16) & 1:
        raise ValueError(f"{field}: {text!r} is a group address, no device has it")
    return shown


def address(field: str, text: str) -> str:
    """Return an IP address in its shortest form."""
    try:
        return str(ip_address(text.strip()))
    except ValueError as error:
        raise ValueError(f"{field}: {text!r} is not an IP address") from error


def prefix(field: str, text: str) -> str:
    """Return a network prefix in its shortest form; no host bits may be set."""
    try:
        return str(ip_network(text.strip()))
    except ValueError as error:
        raise ValueError(f"{field}: {text!r} is not a network prefix: {error}") from error


def host(field: str, text: str) -> str:
    """Return a canonical host name."""
    try:
        return canonical(text)
    except BadNameError as error:
        raise ValueError(f"{field}: {error}") from error


def site(field: str, text: str) -> str:
    """Return a host that is not a whole top-level domain."""
    name = host(field, text)
    if "." not in name and ":" not in name:
        raise ValueError(f"{field}: {name!r} would cover a whole top-level domain")
    return name


def span(start: datetime, end: datetime | None) -> None:
    """See that a span of time can be: both ends say their zone, and the end is later."""
    for field, at in (("start", start), ("end", end)):
        if at is not None and at.tzinfo is None:
            raise ValueError(f"{field}: {at} does not say its zone")
    if end is not None and end <= start:
        raise ValueError(f"end: {end} is not after the start, {start}")


def role(session: Session, field: str, id_: str) -> str:
    """Return a role that the policy has. Before there is a policy any will do."""
    known = vocabulary(session)
    if known is not None and id_ not in {role.id for role in known.roles}:
        names = ", ".join(sorted(role.id for role in known.roles))
        raise ValueError(f"{field}: the policy has no role {id_!r} (it has {names})")
    return id_


def groups(session: Session, field: str, ids: Iterable[str]) -> tuple[str, ...]:
    """Return groups that exist."""
    return tuple(subject(session, Subject(SubjectKind.GROUP, id_), field).id for id_ in ids)


def subject(session: Session, of: Subject, field: str = "subject") -> Subject:
    """Return a subject that exists, in the store or in the policy file."""
    if of.kind is SubjectKind.EVERYONE:
        return Subject(SubjectKind.EVERYONE)
    if of.kind is SubjectKind.ROLE:
        return Subject(of.kind, role(session, field, of.id))
    known = vocabulary(session)
    for kind, row, plural in _ROWS:
        if kind is of.kind and session.get(row, of.id) is None and not _has(known, plural, of.id):
            raise ValueError(f"{field}: there is no {kind.value} {of.id!r}")
    return of


def target(session: Session, of: Target, field: str = "target") -> Target:
    """Return a target in canonical form; a service or category must be in the policy."""
    known = vocabulary(session)
    match of.kind:
        case TargetKind.URL:
            try:
                return Target(of.kind, urls.canonical_prefix(of.id))
            except ValueError as error:
                raise ValueError(f"{field}: {error}") from error
        case TargetKind.HOST:
            return Target(of.kind, site(field, of.id))
        case TargetKind.SERVICE | TargetKind.CATEGORY:
            plural = "services" if of.kind is TargetKind.SERVICE else "categories"
            if known is not None and not _has(known, plural, of.id):
                raise ValueError(f"{field}: the policy has no {of.kind.value} {of.id!r}")
            return of
        case TargetKind.EVERYTHING:
            return Target(TargetKind.EVERYTHING)


def openable(session: Session, of: Target, field: str = "target") -> None:
    """See that a grant may open a target: the illegal class has no exceptions."""
    known = vocabulary(session)
    kinds = {c.id: c.kind for c in known.categories} if known is not None else {}
    if of.kind is TargetKind.CATEGORY and kinds.get(of.id) is CategoryClass.ILLEGAL:
        raise ValueError(f"{field}: no grant opens illegal content")


def _has(known: Contents | None, plural: str, id_: str) -> bool:
    return known is not None and any(one.id == id_ for one in getattr(known, plural))
