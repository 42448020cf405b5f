"""The school's policy, version after version: who put it in force, when and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from appliance.store import checks
from appliance.store.known import contents_of, current_version
from appliance.store.tables import PolicyVersion


def set_policy(
    session: Session, text: str, source: str, author: str, reason: str, at: datetime
) -> PolicyVersion:
    """Put a policy file in force.

    Raises:
        policy_file.PolicyFileError: it has mistakes; nothing has changed then.
        ValueError: nobody is named as its author, or the time does not say its zone.
    """
    contents_of(text, source)
    checks.span(at, None)
    row = PolicyVersion(
        text=text, source=source, author=checks.filled("author", author), reason=reason, at=at
    )
    session.add(row)
    session.flush()
    return row


def current_policy(session: Session) -> PolicyVersion | None:
    """Return the policy in force; None before the first."""
    return current_version(session)


def history(session: Session) -> Sequence[PolicyVersion]:
    """Return every version, newest first."""
    return session.scalars(select(PolicyVersion).order_by(PolicyVersion.id.desc())).all()
