"""What waits for whoever is signed in, gathered from the areas; what is due first comes first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from flask import current_app, url_for
from sqlalchemy.orm import Session

from admin_ui.access import HEADS, OFFICERS, TECHNICIAN, allowed
from admin_ui.devices import seen
from admin_ui.gate import View
from admin_ui.lists import asked
from admin_ui.lists.openings import approvers
from admin_ui.log.reader import reader_of
from admin_ui.reports import listing as reports
from admin_ui.requests import waiting as requests_waiting
from admin_ui.signals import reading as signals
from appliance.store import (
    account_changes,
    content_reports,
    look_alikes,
    permissions,
    policy_drafts,
    requests,
)
from appliance.store.accounts import Account

LATELY: Final = 2000  # rows of the log in which devices without a name are counted
FIRST: Final = 3  # of each kind that are named one by one


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """So many of a kind, and where they are. overdue: how many should have been done by now.

    decision: it waits for somebody's word, rather than for work.
    """

    text: str
    href: str
    count: int
    overdue: int = 0
    decision: bool = False
    first: tuple[tuple[str, str], ...] = ()


def waiting(
    session: Session, account: Account, view: View, real: datetime
) -> tuple[Item, ...]:  # fmt: skip
    """Return what waits for an account, decisions first. real: the system's time."""
    found = [
        *_requests(session, account, view),
        *_drafts(session, account),
        *_lists(session, account),
        *_accounts(session, account),
        *_reports(session, account, real),
        *_permissions(session, account, view),
        *_devices(session, account),
        *_look_alikes(session, account),
        *_signals(session, account, view),
    ]
    return tuple(sorted(found, key=lambda item: (not item.decision, not item.overdue)))


def _requests(session: Session, account: Account, view: View) -> list[Item]:
    found = requests_waiting.waiting(session, account, view.at)
    if not found.number:
        return []
    decides = bool(account.posts & HEADS)
    text = "Requests to decide" if decides else "Requests to answer"
    first = tuple(
        (f"{card.target_name}: {card.subject}", url_for("requests.show", id_=card.request.id))
        for card in found.cards[:FIRST]
    )
    return [
        Item(
            text=text, href=url_for("requests.index"), count=found.number, first=first,
            overdue=found.overdue, decision=decides,
        )
    ]  # fmt: skip


def _drafts(session: Session, account: Account) -> list[Item]:
    if not account.posts & HEADS:
        return []
    found = policy_drafts.waiting(session)
    first = tuple(
        (draft.reason or f"By {draft.author}", url_for("policy.decide", id_=draft.id))
        for draft in found[:FIRST]
    )
    items = _counted("Changes of the policy to approve", "policy.index", len(found), account, True)
    return [replace(item, first=first) for item in items]


def _lists(session: Session, account: Account) -> list[Item]:
    found = [
        one for one in asked.every(session)
        if account.id in {may.id for may in approvers(session, one.account)}
    ]  # fmt: skip
    first = tuple((f"{one.words.capitalize()}: {one.list_id}",
                   url_for("lists.decide", id_=one.list_id)) for one in found[:FIRST])  # fmt: skip
    items = _counted("Changes of lists to approve", "lists.index", len(found), account, True)
    return [replace(item, first=first) for item in items]


def _accounts(session: Session, account: Account) -> list[Item]:
    count = len(account_changes.waiting(session)) if account.posts & HEADS else 0
    return _counted("Changes of access to approve", "accounts.index", count, account, True)


def _reports(session: Session, account: Account, real: datetime) -> list[Item]:
    found = reports.waiting(session, account, real) if account.posts & OFFICERS else ()
    overdue = sum(1 for report in found if report.overdue(real))
    return _counted(
        "Reports to act on", "reports.index", len(found), account, False, overdue=overdue
    )


def _permissions(session: Session, account: Account, view: View) -> list[Item]:
    held = permissions.list_(session, ended_after=view.at)
    if account.posts & TECHNICIAN:
        count = sum(1 for one in held if one.permitted_by and not one.controls_by)
        text = "Permissions whose controls you have to apply"
        return _counted(text, "requests.permissions_index", count, account, False)
    return []


def _devices(session: Session, account: Account) -> list[Item]:
    if not account.posts & TECHNICIAN:
        return []
    count = sum(1 for one in seen.unnamed(session, LATELY) if not one.random)
    return _counted("Devices seen and not named", "devices.seen", count, account, False)


def _look_alikes(session: Session, account: Account) -> list[Item]:
    count = look_alikes.count_open(session) if account.posts & TECHNICIAN else 0
    return _counted("Names that look like a service", "look_alikes.index", count, account, False)


def _signals(session: Session, account: Account, view: View) -> list[Item]:
    if not account.posts & (TECHNICIAN | HEADS | OFFICERS):
        return []
    count, likely = signals.count_open(session, reader_of(session, account), view.at)
    text = f"Signs of ways round the gate{f', {likely} of them likely' if likely else ''}"
    return _counted(text, "signals.index", count, account, False)


def _counted(
    text: str, endpoint: str, count: int, account: Account, decision: bool, *, overdue: int = 0
) -> list[Item]:
    there = endpoint in current_app.view_functions and allowed(endpoint, account.posts)
    if not count or not there:
        return []
    return [
        Item(text=text, href=url_for(endpoint), count=count, overdue=overdue, decision=decision)
    ]


def mine(session: Session, account: Account, at: datetime) -> tuple[int, int]:
    """Return how many requests and how many reports an account has handed in that are open."""
    asked = requests.Wanted(account=account.id, states=frozenset({"submitted", "reviewed"}))
    _, total = requests.find(session, asked, at, limit=1)
    open_ = content_reports.list_(session, state=content_reports.State.SUBMITTED)
    return total, sum(1 for report in open_ if report.account == account.id)
