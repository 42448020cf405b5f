"""Whether what somebody showed is right: counted, limited and written down.

Fails closed: no database, a lock, or an interruption half-way, and nobody comes in.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app, request
from sqlalchemy.orm import Session

from admin_ui import dates, management, who
from admin_ui.gate import gate
from admin_ui.record import record
from appliance.accounts import limits, passwords, totp
from appliance.accounts.limits import Try
from appliance.accounts.sealing import SealError, unseal
from appliance.store import credentials
from appliance.store.accounts import Account

NOBODY = "an account that does not exist"  # what was typed may be a password: never kept
WRONG = "The login or the password is wrong"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Checked:
    """account: None, it was wrong. until: when the next try may be made, while it is locked."""

    account: Account | None
    until: datetime | None = None

    def words(self, wrong: str) -> str:
        """Return why nobody comes in."""
        if self.until is None:
            return wrong
        after = self.until + timedelta(seconds=59)  # the minute that is named must be over it
        ends = dates.clock_time(after.astimezone(gate().view().zone))
        return (
            "There were too many wrong tries on this account or from this device’s address. For "
            f"safety nothing is tried again until {ends}. Then please try once more"
        )


def password(login: str, given: str) -> Checked:
    """Check a login and a password; the same work whether or not there is such an account.

    The emergency account's is wrong outside the management network, and no try there locks it.
    """
    now, address = gate().real(), request.remote_addr or ""
    with gate().writing() as session:
        found = credentials.by_login(session, login)
        barred = found is not None and found.emergency and management.outside()
        counted = f"outside: {login}" if barred else login
        one = limits.begin(session, counted, address, at=now)
        if one.id is None:
            return Checked(None, one.until)
        kept = credentials.of(session, found.id) if found is not None else None
    stored = kept.password if kept is not None and not barred else None
    right = passwords.fits(stored, given)  # takes long: nobody waits for the database meanwhile
    with gate().writing() as session:
        account = credentials.by_login(session, login)  # as it is now
        same = account is not None and found is not None and account.id == found.id
        if not (right and same and account is not None and account.enabled):
            return _refused(session, one, counted, found, "password")
        limits.succeeded(session, one)
        if stored is not None and passwords.outdated(stored):
            credentials.set_password(session, account.id, passwords.hashed(given))
        return Checked(account)


def second_factor(account: Account, code: str) -> Checked:
    """Check a code from the app or a recovery code; each counts once."""
    now, (login, address) = gate().real(), counted_as(account)
    with gate().writing() as session:
        one = limits.begin(session, login, address, at=now)
        if one.id is None:
            return Checked(None, one.until)
        recovery = totp.looks_like_recovery(code)
        right = (
            credentials.spend_recovery(session, account.id, totp.recovery_digest(code))
            if recovery
            else _spend(session, account, code, now)
        )
        if not right:
            return _refused(session, one, login, account, "second factor", address)
        limits.succeeded(session, one)
        if recovery:
            kept = credentials.of(session, account.id)
            left = len(kept.recovery) if kept is not None else 0
            record(session, "sign_in.recovery_code_used", account.login, actor=account.login,
                   left=left)  # fmt: skip
        return Checked(account)


def _spend(session: Session, account: Account, code: str, now: datetime) -> bool:
    kept = credentials.of(session, account.id)
    if kept is None or kept.totp is None:
        return False
    try:
        secret = unseal(key(), f"totp:{account.id}", kept.totp)
    except SealError as error:
        log.error("a second factor cannot be read: %s", error)
        return False  # fails closed; a recovery code still opens
    step = totp.step_of(secret, code, at=now, newest=kept.totp_step)
    return step is not None and credentials.spend_step(session, account.id, step)


def key() -> bytes:
    """Return the key that seals secrets in the database."""
    found = current_app.secret_key
    assert isinstance(found, bytes)
    return found


def counted_as(account: Account) -> tuple[str, str]:
    """Return the login and address that guesses at a second factor count for.

    Whoever is signed in already counts by themselves: strangers who guess from the same
    address, or at the same account, keep nobody from signing a decision.
    """
    held = who.session()
    if held is not None and held.complete and held.account.id == account.id:
        return f"signed in: {account.login}", f"signed in: {account.login}"
    return account.login, request.remote_addr or ""


def _refused(
    session: Session, one: Try, login: str, account: Account | None, what: str, address: str = ""
) -> Checked:
    """Write down that a try failed, and whether it was the one that locks."""
    subject = account.login if account is not None else NOBODY
    record(session, "sign_in.refused", subject, actor="nobody", what=what)
    until = limits.locked_until(
        session, login, address or request.remote_addr or "", at=gate().real()
    )
    if until is not None:
        record(session, "sign_in.locked", subject, actor="nobody", until=until.isoformat())
    return Checked(None, until)
