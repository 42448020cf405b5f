"""The school's settings: a few named values that the snapshot carries to the faces.

school: fields of ``policy.snapshot.School``. steer_ipv4, steer_ipv6: the appliance's own
addresses. local_domains: the school's own zones. clock_offset: rehearsal, in seconds.
need_synchronised_clock, demo: true or false.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from appliance.policy.snapshot import School
from appliance.store import checks
from appliance.store.tables import Setting

_SCHOOL: Final = frozenset(field.name for field in fields(School))
_FLAGS: Final = ("demo", "need_synchronised_clock")


def get(session: Session, key: str, default: Any = None) -> Any:
    """Return a setting, or the default where it was never put."""
    row = session.get(Setting, key)
    return default if row is None else row.value


def put(session: Session, key: str, value: Any) -> None:
    """Put a setting. The same value again changes nothing.

    Raises:
        ValueError: a known key with a value that cannot be.
    """
    value = _checked(key, value)
    row = session.get(Setting, key)
    if row is None:
        session.add(Setting(key=key, value=value))
    elif row.value != value:
        row.value = value
    session.flush()


def every(session: Session) -> dict[str, Any]:
    """Return all settings."""
    return {row.key: row.value for row in session.scalars(select(Setting))}


def _checked(key: str, value: Any) -> Any:
    if key == "school":
        odd = sorted(set(value) - _SCHOOL)
        if odd or not all(isinstance(text, str) for text in value.values()):
            raise ValueError(f"school: {', '.join(odd) or 'every value'} must be text of School")
        return dict(value)
    if key in ("steer_ipv4", "steer_ipv6"):
        return [checks.address(key, one) for one in value]
    if key == "local_domains":
        return [checks.host(key, one) for one in value]
    if key == "clock_offset" and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise ValueError(f"clock_offset: {value!r} is not a number of seconds")
    if key in _FLAGS and not isinstance(value, bool):
        raise ValueError(f"{key}: {value!r} is neither true nor false")
    return value
