"""Writing an audit entry from a page: who is signed in and from where is filled in here."""

from __future__ import annotations

from typing import Any

from flask import request
from sqlalchemy.orm import Session

from admin_ui import who
from admin_ui.gate import gate
from appliance.audit.chain import Entry, Link
from appliance.store import audit


def record(
    session: Session, action: str, subject: str = "", *,
    reason: str = "", actor: str = "", **detail: Any,
) -> Link:  # fmt: skip
    """Append an entry in the transaction of what it tells of.

    action: ``area.what``. subject: whom or what it was done to. detail: JSON values; no
    secrets, no URL of the illegal class.
    """
    account = who.account()
    by = actor or (account.login if account is not None else "nobody")
    return audit.append(
        session,
        Entry(
            at=gate().real(), actor=by, action=action, subject=subject, reason=reason,
            address=request.remote_addr or "", detail=detail,
        ),
    )  # fmt: skip
