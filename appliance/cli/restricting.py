"""What ``bellgate sanctions`` reads and prints: whom, until when, why, and the chain's entries."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NoReturn

from appliance import clock
from appliance.cli import speaking, times
from appliance.cli.errors import InputError
from appliance.policy import spans
from appliance.policy.model import Sanction, Subject, SubjectKind
from appliance.policy.sanctioned import devices_of
from appliance.policy.snapshot import Contents

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from appliance.store.sanctions import KeptSanction
    from appliance.store.supervision import KeptSession

WHO_HELP: Final = "A person or device of the register: person:... or device:..."


def fields(
    kept: KeptSanction, beside: list[KeptSession], zone: str, at: datetime, *,
    of_policy: bool = False,
) -> dict[str, object]:  # fmt: skip
    """Return a sanction as scripts read it. of_policy: it stands in the policy file.

    runs: whether it holds at ``at``. supervised: the sessions of whom it is about.
    """
    sanction = kept.sanction
    return {
        "id": sanction.id, "on": named(sanction.subject),
        "from": times.iso(sanction.start, zone), "until": times.iso(sanction.end, zone),
        "runs": sanction.start <= at and kept.runs(at), "clause": sanction.clause,
        "of_policy_file": of_policy, "author": kept.author, "made": times.iso(kept.made, zone),
        "reason": kept.reason, "source": kept.source, "lifted_by": kept.lifted_by or None,
        "lifted_at": times.iso(kept.lifted_at, zone), "lifted_reason": kept.lifted_reason or None,
        "supervised": [session_fields(one, zone) for one in beside],
    }  # fmt: skip


def session_fields(kept: KeptSession, zone: str) -> dict[str, object]:
    """Return a supervised session as scripts read it."""
    return {
        "session": kept.id, "on": named(kept.session.subject), "staff": kept.session.staff,
        "from": times.iso(kept.session.start, zone), "until": times.iso(kept.session.end, zone),
        "account": kept.account, "ended_by": kept.ended_by or None,
    }  # fmt: skip


def restricted(who: str, contents: Contents) -> Subject:
    """Read a person or a device, which alone can be under a sanction.

    Raises:
        InputError: it is neither, or the gate knows none such.
    """
    subject = speaking.subject(who, contents)
    if subject.kind not in (SubjectKind.PERSON, SubjectKind.DEVICE):
        raise InputError(f"--for: a sanction is on a person or a device, not on {who!r}")
    return subject


def until(text: str | None, at: datetime, zone: str) -> datetime | None:
    """Read when a sanction ends: a plain date is its last day; none: until it is lifted.

    Raises:
        InputError: it is over already.
        BadTimeError: it is no time.
    """
    if text is None:
        return None
    if text == "today":
        return spans.end_of_day(times.local(at, zone).date(), zone)
    end = times.parse(text, zone, option="--until")
    if not {"T", " "} & set(text.strip()):
        end = spans.end_of_day(times.local(end, zone).date(), zone)
    if end <= at:
        raise InputError(f"--until: {text} is over already (it is {times.spoken(at, zone)})")
    return end


def clause_text(session: Session, id_: str, *, given: bool) -> str:
    """Return what the policy's clause says, which is what the block page may show.

    Raises:
        InputError: a clause was given that the policy does not have.
    """
    from appliance import policy_file
    from appliance.store.policies import current_policy

    current = current_policy(session)
    clauses = policy_file.load(current.text, current.source).clauses if current else {}
    if given and id_ and id_ not in clauses:
        there = ", ".join(clauses) or "none"
        raise InputError(f"--clause: the policy has no clause {id_!r}; it has: {there}")
    return clauses[id_].text if id_ in clauses else ""


def narrowed(device: str | None, held: Sanction, contents: Contents) -> Subject:
    """Return whom a session is for: all that a sanction is on, or one device of it.

    Raises:
        InputError: the device is not under the sanction.
    """
    if device is None:
        return held.subject
    own = devices_of(held.subject, contents)
    if device not in own:
        there = ", ".join(own) or "none"
        raise InputError(f"--device: {device!r} is not under {held.id}; these are: {there}")
    return Subject(SubjectKind.DEVICE, device)


def none_such(id_: str, contents: Contents, *, own: bool) -> NoReturn:
    """Say why a sanction cannot be had. own: the store has one of that id, which has ended."""
    if not own and any(one.id == id_ for one in contents.sanctions):
        raise InputError(
            f"{id_} stands in the policy file: change it there (`bellgate policy use`)"
        )
    raise InputError(f"there is no sanction {id_!r} that still holds (`bellgate sanctions list`)")


def tell(session: Session, what: str, subject: Subject, reason: str = "", **detail: Any) -> None:
    """Write it into the audit chain as the web pages do, so that one look finds all of it."""
    from appliance.audit.chain import Entry
    from appliance.cli import storing
    from appliance.store import audit

    entry = Entry(
        at=clock.real(), actor=f"command:{storing.author()}", action=f"sanction.{what}",
        subject=named(subject), reason=reason, detail=detail,
    )  # fmt: skip
    audit.append(session, entry)


def named(subject: Subject) -> str:
    """Return whom it is about, as ``--for`` reads it."""
    return f"{subject.kind.value}:{subject.id}"


def ends(end: datetime | None, zone: str) -> str:
    """Return an end for a table."""
    return f"{times.local(end, zone):%Y-%m-%d %H:%M}" if end else "lifted"
