"""A list that somebody wants switched off or removed, while a headteacher has not agreed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from appliance.store import web_settings
from appliance.store.account_tables import WebSettingRow

KEY: Final = "list-asked:"  # web_settings
OFF: Final = "off"
REMOVE: Final = "remove"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted. does: ``off`` or ``remove``. account, login: whose wish it is."""

    list_id: str
    does: str
    account: int
    login: str
    reason: str

    @property
    def words(self) -> str:
        """Return what is wanted, in words."""
        return "remove" if self.does == REMOVE else "switch off"


def put(session: Session, asked: Asked) -> None:
    """Keep a wish, in place of an earlier one about the same list."""
    web_settings.put(session, KEY + asked.list_id, asdict(asked))


def get(session: Session, list_id: str) -> Asked | None:
    """Return what is wanted of a list; None: nothing."""
    found = web_settings.get(session, KEY + list_id)
    return Asked(**found) if found else None


def take(session: Session, list_id: str) -> None:
    """Forget what is wanted of a list."""
    web_settings.put(session, KEY + list_id, {})


def every(session: Session) -> tuple[Asked, ...]:
    """Return all that waits, by list."""
    rows = select(WebSettingRow).where(WebSettingRow.key.startswith(KEY, autoescape=True))
    return tuple(Asked(**row.value) for row in session.scalars(rows.order_by(WebSettingRow.key)))
