"""How it is known that somebody used a device, in words."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from appliance.store import sign_ins
from appliance.store.sign_ins import RADIUS

REGISTER: Final = "By the register of devices"


def known_by(session: Session, person: str, at: datetime, *, mac: str, address: str) -> str:
    """Return how a device was somebody's at an instant; empty where it was nobody's."""
    if not person:
        return ""
    found = sign_ins.said_of(session, person, at, mac=mac, address=address)
    if found is None:
        return REGISTER
    return "By the school’s Wi-Fi" if found.how == RADIUS else "Signed in on this device"
