"""Every look at named rows is an entry of the audit chain: who, whom, why, how many.

- A page of the log that was opened, a search, a timeline, a single attempt: one entry each.
- A page that watches the log live is one look for its filter and a quarter of an hour: the
  entry says how many rows there were when it began.
- The entry holds the filter and the number of rows, never a name from the rows.

Fails closed: the entry is written before the page is sent, and when it cannot be written
the page is not sent either.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_ui import who
from admin_ui.gate import gate
from admin_ui.log.reader import Reader
from admin_ui.record import record
from appliance.store.audit_tables import AuditRow

LIVE: Final = timedelta(minutes=15)
LOOKED: Final = "log.looked"
OPENED: Final = "log.opened"
SHORTEST: Final = 10  # characters of a reason


def note_look(
    session: Session, reader: Reader, what: str, rows: int, *,
    asked: dict[str, str], whom: tuple[str, str] | None = None, reason: str = "",
) -> None:  # fmt: skip
    """Write down that rows were looked at by name. what: list, live, day, attempt, own rows."""
    if not reader.seen.names and what != "own rows":
        return  # pseudonyms and counts name nobody
    subject = ":".join(whom) if whom else ""
    why = reason or (reason_given(session, reader, *whom) if whom else "")
    record(session, LOOKED, subject, reason=why, what=what, filter=asked, rows=rows)


def watched(session: Session, reader: Reader, asked: dict[str, str]) -> bool:
    """Whether an entry tells of this filter within the last quarter of an hour already."""
    since = AuditRow.at > gate().real() - LIVE, AuditRow.actor == reader.account.login
    looks = session.scalars(select(AuditRow).where(*since, AuditRow.action == LOOKED))
    return any(row.detail.get("filter") == asked for row in looks)


def reason_owed(session: Session, reader: Reader, kind: str, id_: str) -> bool:
    """Whether the policy asks for a reason that was not given yet (DP 24).

    One reason holds for that person, that session and that day.
    """
    return reader.seen.reason and not reason_given(session, reader, kind, id_)


def reason_given(session: Session, reader: Reader, kind: str, id_: str) -> str:
    """Return the reason that this session gave today for opening somebody, empty for none."""
    here = who.session()
    if here is None:
        return ""
    today = select(AuditRow).where(
        AuditRow.subject == f"{kind}:{id_}", AuditRow.action == OPENED,
        AuditRow.actor == reader.account.login, AuditRow.at >= _midnight(reader),
    )  # fmt: skip
    found = [
        r.reason for r in session.scalars(today) if r.detail.get("sitting") == _sitting(here.id)
    ]
    return found[-1] if found else ""


def give_reason(session: Session, kind: str, id_: str, reason: str) -> None:
    """Write down why somebody is opened."""
    here = who.session()
    assert here is not None
    record(session, OPENED, f"{kind}:{id_}", reason=reason, sitting=_sitting(here.id))


def _midnight(reader: Reader) -> datetime:
    zone = reader.view.zone
    return datetime.combine(gate().real().astimezone(zone).date(), time(), zone)


def _sitting(id_: str) -> str:
    return id_[:16]  # tells sessions apart, and is of no use to anybody
