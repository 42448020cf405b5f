"""Passkeys of accounts (Web Authentication)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from appliance.store import checks
from appliance.store.account_tables import PasskeyRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """id: the credential's id, base64url. uses: the authenticator's counter."""

    id: str
    account: int
    public_key: bytes
    uses: int
    name: str
    made: datetime
    seen: datetime | None


def add(
    session: Session, *, id_: str, account: int, public_key: bytes, uses: int, name: str,
    at: datetime,
) -> None:  # fmt: skip
    """Keep a passkey.

    Raises:
        ValueError: it is kept already, or has no name.
    """
    if session.get(PasskeyRow, id_) is not None:
        raise ValueError("passkey: it is registered already")
    session.add(
        PasskeyRow(
            id=id_, account=account, public_key=public_key, uses=uses,
            name=checks.filled("name", name), made=at, seen=None,
        )
    )  # fmt: skip
    session.flush()


def get(session: Session, id_: str) -> Passkey | None:
    """Return a passkey by the credential's id."""
    row = session.get(PasskeyRow, id_)
    return None if row is None else _passkey(row)


def of(session: Session, account: int) -> tuple[Passkey, ...]:
    """Return the passkeys of an account, oldest first."""
    rows = session.scalars(
        select(PasskeyRow).where(PasskeyRow.account == account).order_by(PasskeyRow.made)
    )
    return tuple(_passkey(row) for row in rows)


def used(session: Session, id_: str, *, uses: int, at: datetime) -> None:
    """Note a use and the authenticator's counter."""
    row = session.get(PasskeyRow, id_)
    if row is not None:
        row.uses, row.seen = uses, at
        session.flush()


def remove(session: Session, account: int, id_: str) -> Passkey | None:
    """Take a passkey from the account that has it; return it, None where it has it not."""
    row = session.get(PasskeyRow, id_)
    if row is None or row.account != account:
        return None
    found = _passkey(row)
    session.delete(row)
    session.flush()
    return found


def _passkey(row: PasskeyRow) -> Passkey:
    return Passkey(
        id=row.id, account=row.account, public_key=row.public_key, uses=row.uses,
        name=row.name, made=row.made, seen=row.seen,
    )  # fmt: skip
