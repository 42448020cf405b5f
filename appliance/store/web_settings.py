"""Settings of the web pages alone: enforcement reads none of them, so none moves its revision.

mail: how mail is sent. provider: who vouches for staff. emergency: an unanswered use of the
sealed account. reviewed: the last review of accounts. Secrets in them are sealed.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from appliance.store.account_tables import WebSettingRow


def get(session: Session, key: str) -> dict[str, Any]:
    """Return a setting; empty where it was never put."""
    row = session.get(WebSettingRow, key)
    return {} if row is None else dict(row.value)


def put(session: Session, key: str, value: dict[str, Any]) -> None:
    """Put a setting; an empty one takes it away."""
    row = session.get(WebSettingRow, key)
    if not value:
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(WebSettingRow(key=key, value=value))
    else:
        row.value = value
    session.flush()
