"""Who is signed in on a device, by name alone."""

from __future__ import annotations

from datetime import datetime

from appliance.identity.sign_ins import SignIns


def person_of(signed_in: SignIns, address: str, mac: str | None, at: datetime) -> str | None:
    """Return the id of the person who uses a device at an instant of the gate's clock."""
    found = signed_in.presence(address, mac, at)
    return None if found is None else found.person
