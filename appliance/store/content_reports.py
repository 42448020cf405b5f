"""Inappropriate content reports (reference policy 5.6, 6.7, appendix B) as the store keeps them.

A report has two states: submitted, and done once the e-safety officer has signed what was
done. Every change names the version that it was made on, so nobody overwrites another.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from appliance.store import checks
from appliance.store.numbering import next_id
from appliance.store.report_tables import ContentReportRow


class State(StrEnum):
    """How far a report is."""

    SUBMITTED = "submitted"
    DONE = "done"


class ChangedMeanwhileError(ValueError):
    """Somebody else changed the report after the page was loaded. Nothing was kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One form. urls: as they were written, none where ``sealed`` keeps them unread.

    sealed: the URLs of what may be illegal, readable only by who holds the web key.
    signature: how the officer signed (factor, digest); empty until then.
    """

    id: str
    state: State
    version: int
    made: datetime
    account: int
    staff_name: str
    accessed_by: str
    day: date
    urls: tuple[str, ...]
    sealed: str | None
    nature: str
    suspected_illegal: bool
    due: datetime | None = None
    action_taken: str = ""
    officer_name: str = ""
    acted_at: datetime | None = None
    acted_by: str | None = None
    signature: dict[str, Any] = field(default_factory=dict)

    def overdue(self, at: datetime) -> bool:
        """Whether it still waits although its time is over."""
        return self.state is State.SUBMITTED and self.due is not None and self.due < at


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a member of staff hands in. Either urls or sealed is filled, never both."""

    account: int
    staff_name: str
    accessed_by: str
    day: date
    nature: str
    urls: tuple[str, ...] = ()
    sealed: str | None = None
    suspected_illegal: bool = False


def submit(session: Session, draft: Draft, *, at: datetime, due: datetime | None) -> Report:
    """Keep a new report under the next number (C1, C2).

    Raises:
        ValueError: names the field that is wrong; readable URLs of what may be illegal.
    """
    if draft.suspected_illegal and (draft.urls or not draft.sealed):
        raise ValueError("urls: those of what may be illegal are kept sealed")
    if not draft.suspected_illegal and (draft.sealed or not draft.urls):
        raise ValueError("urls: at least one is needed")
    row = ContentReportRow(
        id=next_id(session, ContentReportRow.id, "C"), state=State.SUBMITTED.value, version=1,
        made=at, account=draft.account, staff_name=checks.filled("staff_name", draft.staff_name),
        accessed_by=draft.accessed_by.strip(), day=draft.day, urls=draft.urls,
        sealed=draft.sealed, nature=checks.filled("nature", draft.nature),
        suspected_illegal=draft.suspected_illegal, due=due, action_taken="", officer_name="",
        acted_at=None, acted_by=None, signature={},
    )  # fmt: skip
    session.add(row)
    session.flush()
    return _report(row)


def get(session: Session, id_: str) -> Report | None:
    """Return a report by its number."""
    row = session.get(ContentReportRow, id_)
    return None if row is None else _report(row)


def list_(
    session: Session, *, account: int | None = None, state: State | None = None
) -> tuple[Report, ...]:
    """Return reports, newest first; account: only those that this account handed in."""
    query = select(ContentReportRow).order_by(ContentReportRow.made.desc())
    if account is not None:
        query = query.where(ContentReportRow.account == account)
    if state is not None:
        query = query.where(ContentReportRow.state == state.value)
    return tuple(_report(row) for row in session.scalars(query))


def act(
    session: Session, id_: str, *, version: int, action_taken: str, officer_name: str,
    by: str, at: datetime, signature: dict[str, Any],
) -> Report:  # fmt: skip
    """Keep what the officer did, signed: the report is done and not changed again.

    Raises:
        ChangedMeanwhileError: the report is not the one that was looked at.
        ValueError: names the field that is wrong, or there is no such report.
    """
    row = session.get(ContentReportRow, id_)
    if row is None:
        raise ValueError(f"report: there is no report {id_!r}")
    if row.version != version or row.state != State.SUBMITTED.value:
        raise ChangedMeanwhileError(f"report: {id_} was changed by somebody else meanwhile")
    row.action_taken = checks.filled("action_taken", action_taken)
    row.officer_name = checks.filled("officer_name", officer_name)
    row.acted_by, row.acted_at, row.signature = checks.filled("by", by), at, signature
    row.state, row.version = State.DONE.value, row.version + 1
    session.flush()
    return _report(row)


def _report(row: ContentReportRow) -> Report:
    return Report(
        id=row.id, state=State(row.state), version=row.version, made=row.made,
        account=row.account, staff_name=row.staff_name, accessed_by=row.accessed_by, day=row.day,
        urls=row.urls, sealed=row.sealed, nature=row.nature,
        suspected_illegal=row.suspected_illegal, due=row.due, action_taken=row.action_taken,
        officer_name=row.officer_name, acted_at=row.acted_at, acted_by=row.acted_by,
        signature=dict(row.signature),
    )  # fmt: skip
