"""The alarm that the sealed emergency account raises: everybody who signs in sees it, until
the headteacher has answered it with a reason (CY-04)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from flask import request
from sqlalchemy.orm import Session

from admin_ui import access, dates, mailing, who
from admin_ui.gate import StoreAwayError, gate
from admin_ui.record import record
from appliance.accounts.mail import Letter
from appliance.accounts.posts import Post
from appliance.store import accounts, web_settings
from appliance.store.accounts import Account

KEY: Final = "emergency"
TOLD: Final = frozenset({Post.HEADTEACHER, Post.EXECUTIVE_HEAD, Post.DSL, Post.IT_TECHNICIAN})


def raise_(session: Session, account: Account, at: datetime) -> None:
    """Note that the emergency account was used, in the transaction of its signing in."""
    before = web_settings.get(session, KEY)
    web_settings.put(
        session, KEY, {
            "first": before.get("first") or at.isoformat(),
            "last": at.isoformat(),
            "times": int(before.get("times") or 0) + 1,
            "address": request.remote_addr or "",
        },
    )  # fmt: skip
    record(session, "sign_in.emergency_used", account.login, actor=account.login)


def answer(session: Session) -> None:
    """Take the alarm back: a headteacher has said why it was used."""
    web_settings.put(session, KEY, {})


def sounding() -> dict[str, object] | None:
    """Return what base.html says on every page of signed-in people while it is unanswered."""
    account = who.account()
    if account is None:
        return None
    try:
        with gate().reading() as session:
            found = web_settings.get(session, KEY)
    except StoreAwayError:
        return None
    if not found:
        return None
    return {
        "last": datetime.fromisoformat(found["last"]),
        "answers": access.allowed("accounts.answer", account.posts),
    }


def spread(account: Account) -> None:
    """Tell heads, safeguarding leads and technicians by mail, where mail is set up."""
    if not account.emergency:
        return
    with gate().reading() as session:
        told = [one for one in accounts.list_(session) if one.enabled and TOLD & one.posts]
    when = dates.long_moment(gate().real(), gate().view().zone)
    mailing.send(
        [
            Letter(
                to=one.email,
                subject="Bellgate: the sealed emergency account was used",
                text=f"Hello {one.name},\n\nsomebody signed in with the emergency account of "
                f"Bellgate on {when}, from the address {request.remote_addr}. Was that you, or "
                "do you know of it? A headteacher answers for it in Bellgate, under Accounts.\n",
            )
            for one in told
        ]
    )
