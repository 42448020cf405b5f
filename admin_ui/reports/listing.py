"""The list of reports, filtered; and what waits, for the home page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from flask import render_template, request
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from admin_ui import who
from admin_ui.access import OFFICERS
from admin_ui.gate import gate
from admin_ui.record import record
from admin_ui.reports import who_reads
from admin_ui.reports.blueprint import blueprint
from appliance.store import content_reports, report_blocks
from appliance.store.accounts import Account
from appliance.store.content_reports import Report, State

PAGE: Final = 25
SHOWN: Final = {
    "all": "All", "waiting": "Waiting", "overdue": "Overdue", "done": "Done",
    "blocked": "With a block", "illegal": "May be illegal", "mine": "Handed in by me",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list is narrowed to. problem: what of it could not be understood."""

    show: str = "all"
    search: str = ""
    first: date | None = None
    last: date | None = None
    problem: str = ""

    def args(self) -> dict[str, str]:
        """Return it as query arguments."""
        given = {"show": self.show if self.show != "all" else "", "q": self.search}
        given |= {"from": self.first.isoformat() if self.first else ""}
        given |= {"to": self.last.isoformat() if self.last else ""}
        return {name: text for name, text in given.items() if text}


def read_filter(args: MultiDict[str, str]) -> Filter:
    """Read the filter of a request; whatever is not understood narrows nothing, and is said."""
    show = args.get("show", "all")
    found, problem = [], ""
    for name in ("from", "to"):
        text = args.get(name, "").strip()
        try:
            found.append(date.fromisoformat(text) if text else None)
        except ValueError:
            found.append(None)
            problem = "Enter dates as year-month-day, such as 2026-11-23"
    known = show if show in SHOWN else "all"
    return Filter(known, args.get("q", "").strip()[:100], found[0], found[1], problem)


def select(session: Session, account: Account, wanted: Filter, at: datetime) -> tuple[Report, ...]:
    """Return the reports an account may see that a filter lets through, newest first."""
    blocked = report_blocks.standing(session)
    return tuple(
        report
        for report in who_reads.visible(session, account)
        if _fits(report, wanted, account, at, blocked)
    )


def waiting(session: Session, account: Account, at: datetime) -> tuple[Report, ...]:
    """Return the reports that wait for an account to act on, the longest first. at: real time."""
    if not account.posts & OFFICERS:
        return ()
    return tuple(reversed(content_reports.list_(session, state=State.SUBMITTED)))


@blueprint.get("/reports")
def index() -> str:
    """Every report that whoever is signed in may see."""
    account, at, wanted = who.me(), gate().real(), read_filter(request.args)
    with gate().reading() as session:
        found = select(session, account, wanted, at)
        blocked = report_blocks.standing(session)
    pages = max(1, -(-len(found) // PAGE))
    number = min(max(request.args.get("page", 1, int), 1), pages)
    listed = found[(number - 1) * PAGE : number * PAGE]
    _note_the_look(account, listed)
    return render_template(
        "reports/index.html", reports=listed, at=at,
        count=len(found), number=number, pages=pages, wanted=wanted, shown=_shown(account),
        blocked=blocked, names=lambda report: who_reads.sees_names(account, report),
        exports=bool(account.posts & who_reads.READ_ALL),
    )  # fmt: skip


def _note_the_look(account: Account, listed: Sequence[Report]) -> None:
    """Write down that names of others were read. Fails closed: no entry, no list."""
    named = [
        report.id for report in listed
        if report.accessed_by and report.account != account.id
        and who_reads.sees_names(account, report)
    ]  # fmt: skip
    if named:
        with gate().writing() as session:
            record(session, "report.listed", "reports", rows=len(named), reports=named)


def _shown(account: Account) -> dict[str, str]:
    if account.posts & who_reads.BLOCK:
        return SHOWN
    return {name: text for name, text in SHOWN.items() if name not in ("mine", "illegal")}


def _fits(
    report: Report, wanted: Filter, account: Account, at: datetime, blocked: frozenset[str]
) -> bool:
    if (wanted.first and report.day < wanted.first) or (wanted.last and report.day > wanted.last):
        return False
    shown = {
        "waiting": report.state is State.SUBMITTED, "overdue": report.overdue(at),
        "done": report.state is State.DONE, "blocked": report.id in blocked,
        "illegal": report.suspected_illegal, "mine": report.account == account.id,
    }  # fmt: skip
    named = (report.accessed_by,) if who_reads.sees_names(account, report) else ()
    text = " ".join((report.id, report.staff_name, report.nature, *named, *report.urls))
    return shown.get(wanted.show, True) and wanted.search.casefold() in text.casefold()
