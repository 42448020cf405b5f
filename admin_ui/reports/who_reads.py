"""Who sees which report, and who may do what with it (reference policy 5.6, 6.7, 7.3).

Whoever handed a report in sees it. The safeguarding leads, the e-safety officer and the
heads see all. The technician, who may block, sees those that are not sealed, and in them
no name of who opened the page. Fails closed: for everybody else there is no such report.
"""

from __future__ import annotations

from typing import Final

from flask import abort
from sqlalchemy.orm import Session

from admin_ui import who
from admin_ui.access import DSLS, HEADS, OFFICERS, TECHNICIAN
from appliance.store import content_reports
from appliance.store.accounts import Account
from appliance.store.content_reports import Report

READ_ALL: Final = OFFICERS | HEADS
BLOCK: Final = OFFICERS | HEADS | TECHNICIAN


def may_see(account: Account, report: Report) -> bool:
    """Whether an account may open a report at all."""
    if report.account == account.id or account.posts & READ_ALL:
        return True
    return bool(account.posts & TECHNICIAN) and not report.suspected_illegal


def may_block(account: Account, report: Report) -> bool:
    """Whether an account may block from a report, and undo it; sealed ones are the DSLs'."""
    return bool(account.posts & (DSLS if report.suspected_illegal else BLOCK))


def sees_names(account: Account, report: Report) -> bool:
    """Whether the name of who opened the page is shown; the technician works without."""
    return report.account == account.id or bool(account.posts & READ_ALL)


def visible(session: Session, account: Account) -> tuple[Report, ...]:
    """Return the reports that an account may see, newest first."""
    every = bool(account.posts & BLOCK)
    found = content_reports.list_(session, account=None if every else account.id)
    return tuple(report for report in found if may_see(account, report))


def fetch(session: Session, id_: str) -> Report:
    """Return a report that whoever is signed in may see, or end with 404."""
    report = content_reports.get(session, id_)
    if report is None or not may_see(who.me(), report):
        abort(404)  # not 403: whether there is such a report is nobody's business either
    return report
