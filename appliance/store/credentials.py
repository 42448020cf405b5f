"""What an account signs in with. Only hashes, digests and sealed bytes pass through here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from appliance.store import accounts
from appliance.store.account_tables import AccountRow
from appliance.store.accounts import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """password: an Argon2id hash. totp: sealed. totp_step: the newest time step that counted.

    recovery: digests of the codes that are left.
    """

    password: str | None
    totp: bytes | None
    totp_step: int
    recovery: tuple[str, ...]


def by_login(session: Session, login: str) -> Account | None:
    """Return the account of a login, however it is spelt in capitals."""
    row = session.scalar(select(AccountRow).where(AccountRow.login == login.strip().lower()))
    return None if row is None else accounts.account(row)


def by_email(session: Session, email: str) -> Account | None:
    """Return the one account with this e-mail address, as its address or as its login.

    Fails closed: where several have it, None.
    """
    wanted = email.strip().lower()
    found = [
        one for one in accounts.list_(session)
        if wanted and wanted in (one.email.lower(), one.login)
    ]  # fmt: skip
    return found[0] if len(found) == 1 else None


def of(session: Session, account: int) -> Credentials | None:
    """Return what an account signs in with."""
    row = session.get(AccountRow, account)
    if row is None:
        return None
    return Credentials(
        password=row.password, totp=row.totp, totp_step=row.totp_step, recovery=row.recovery
    )


def set_password(session: Session, account: int, hashed: str | None) -> None:
    """Keep another hash; None: no password opens this account."""
    _row(session, account).password = hashed
    session.flush()


def set_totp(
    session: Session, account: int, sealed: bytes | None, step: int, recovery: tuple[str, ...]
) -> None:
    """Keep another second factor and its recovery codes; None: there is none."""
    row = _row(session, account)
    row.totp, row.totp_step, row.recovery = sealed, step, recovery
    session.flush()


def spend_step(session: Session, account: int, step: int) -> bool:
    """Count a time step as used. Fails closed: one that counted before, or an older: False."""
    row = _row(session, account)
    if step <= row.totp_step:
        return False
    row.totp_step = step
    session.flush()
    return True


def spend_recovery(session: Session, account: int, digest: str) -> bool:
    """Take a recovery code away. False: it is not among those that are left."""
    row = _row(session, account)
    if digest not in row.recovery:
        return False
    row.recovery = tuple(one for one in row.recovery if one != digest)
    session.flush()
    return True


def set_recovery(session: Session, account: int, digests: tuple[str, ...]) -> None:
    """Keep other recovery codes; the ones before count no more."""
    _row(session, account).recovery = digests
    session.flush()


def vouch(session: Session, account: int, issuer: str, subject: str) -> bool:
    """Bind an account to its id at an identity provider, the first time.

    False: it is bound to another there. Fails closed: an address that was given to somebody
    else does not open the account of whoever had it before (OpenID Connect Core, 5.7).
    """
    row = _row(session, account)
    if row.issuer is None:
        row.issuer, row.subject = issuer, subject
        session.flush()
    return (row.issuer, row.subject) == (issuer, subject)


def unvouch(session: Session, account: int) -> None:
    """Forget the id at the identity provider; the next sign-in there binds anew."""
    row = _row(session, account)
    row.issuer = row.subject = None
    session.flush()


def vouched(session: Session, issuer: str, subject: str) -> Account | None:
    """Return the account that is bound to an id at an identity provider."""
    wanted = select(AccountRow).where(AccountRow.issuer == issuer, AccountRow.subject == subject)
    row = session.scalars(wanted).first()
    return None if row is None else accounts.account(row)


def seen(session: Session, account: int, at: datetime) -> None:
    """Note when an account last signed in."""
    _row(session, account).seen = at
    session.flush()


def _row(session: Session, account: int) -> AccountRow:
    row = session.get(AccountRow, account)
    if row is None:
        raise LookupError(f"there is no account {account}")
    return row
