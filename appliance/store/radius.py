"""Who may tell by RADIUS accounting who is on the Wi-Fi, and whom their user names mean."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from appliance.policy.model import Subject, SubjectKind
from appliance.store import checks, web_settings
from appliance.store.known import vocabulary
from appliance.store.tables import PersonRow

KEY: Final = "radius"
SHORTEST: Final = 8  # bytes of a secret
LONGEST: Final = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class RadiusClient:
    """An access point or server, or all of them on a prefix. sealed: its secret."""

    prefix: str
    name: str
    sealed: bytes


def purpose(prefix: str) -> str:
    """Return what a secret is sealed for (``accounts.sealing``)."""
    return f"radius:{prefix}"


def clients(session: Session) -> tuple[RadiusClient, ...]:
    """Return who may tell, by prefix."""
    found = _get(session)["clients"]
    return tuple(
        RadiusClient(prefix=prefix, name=one["name"], sealed=base64.b64decode(one["secret"]))
        for prefix, one in sorted(found.items())
    )


def add_client(
    session: Session, prefix: str, name: str, secret: str, seal: Callable[[str, str], bytes]
) -> RadiusClient:
    """Let somebody tell, or change who stands there. seal: purpose and secret to bytes.

    Raises:
        ValueError: names the field that is wrong.
    """
    prefix = checks.prefix("prefix", prefix)
    if not SHORTEST <= len(secret.encode()) <= LONGEST or not secret.isprintable():
        raise ValueError(
            f"secret: must be {SHORTEST} to {LONGEST} characters that can be seen, in one line"
        )
    new = RadiusClient(prefix=prefix, name=name.strip(), sealed=seal(purpose(prefix), secret))
    said = _get(session)
    said["clients"][prefix] = {
        "name": new.name, "secret": base64.b64encode(new.sealed).decode(),
    }  # fmt: skip
    web_settings.put(session, KEY, said)
    return new


def remove_client(session: Session, prefix: str) -> bool:
    """Let somebody tell no longer; False where nobody was there."""
    return _remove(session, "clients", checks.prefix("prefix", prefix))


def names(session: Session) -> dict[str, str]:
    """Return user name (folded) to person id, as the school put it."""
    return dict(_get(session)["names"])


def add_name(session: Session, user: str, person: str) -> None:
    """Say whom a user name means.

    Raises:
        ValueError: there is no such person, or no name.
    """
    checks.subject(session, Subject(SubjectKind.PERSON, person), "person")
    said = _get(session)
    said["names"][_folded("name", user)] = person
    web_settings.put(session, KEY, said)


def remove_name(session: Session, user: str) -> bool:
    """Forget whom a user name means; False where it meant nobody."""
    return _remove(session, "names", _folded("name", user))


def realms(session: Session) -> tuple[str, ...]:
    """Return the school's own realms; none: a user of any realm is one of the school's."""
    return tuple(sorted(_get(session)["realms"]))


def add_realm(session: Session, realm: str) -> str:
    """Say that users of a realm are the school's; those of others are no longer.

    Raises:
        ValueError: it is none.
    """
    folded = _folded("realm", realm.lstrip("@"))
    said = _get(session)
    said["realms"][folded] = True
    web_settings.put(session, KEY, said)
    return folded


def remove_realm(session: Session, realm: str) -> bool:
    """Forget a realm; False where there was none."""
    return _remove(session, "realms", _folded("realm", realm.lstrip("@")))


def person_of(session: Session, candidates: tuple[str, ...]) -> str:
    """Return the id of the person whom one of these folded names means; empty where none does.

    The school's own word first, then an id of the register, whatever its case.
    """
    said = names(session)
    for name in candidates:
        if name in said:
            return said[name]
    for name in candidates:
        found = _by_id(session, name)
        if found:
            return found
    return ""


def _by_id(session: Session, name: str) -> str:
    rows = session.scalars(select(PersonRow.id).where(func.lower(PersonRow.id) == name).limit(2))
    ids = {*rows.all()}
    try:
        known = vocabulary(session)
    except ValueError:  # a policy file that is no longer accepted: the people added here remain
        known = None
    ids |= {one.id for one in (known.people if known else ()) if one.id.casefold() == name}
    return ids.pop() if len(ids) == 1 else ""  # closed: a name that two could mean is nobody's


def _folded(field: str, text: str) -> str:
    return checks.filled(field, text).casefold()


def _get(session: Session) -> dict[str, Any]:
    empty: dict[str, Any] = {"clients": {}, "names": {}, "realms": {}}
    found = web_settings.get(session, KEY)
    return {name: dict(found.get(name) or value) for name, value in empty.items()}


def _remove(session: Session, part: str, key: str) -> bool:
    said = _get(session)
    if said[part].pop(key, None) is None:
        return False
    web_settings.put(session, KEY, said if any(said.values()) else {})
    return True
