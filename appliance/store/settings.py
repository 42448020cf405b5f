"""The school's settings: a few named values that the snapshot carries to the faces.

school: fields of ``policy.snapshot.School``. steer_ipv4, steer_ipv6: the appliance's own
addresses. local_domains: the school's own zones. clock_offset: rehearsal, in seconds.
need_synchronised_clock, demo: true or false. forwarders: prefixes of the DNS forwarders that
may say for whom they ask. lease_files: absolute paths of DHCP servers' lease files.
"""

from __future__ import annotations

from dataclasses import fields
from ipaddress import ip_network
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from appliance.policy.snapshot import School
from appliance.store import checks
from appliance.store.tables import Setting

_SCHOOL: Final = frozenset(field.name for field in fields(School))
_FORWARDERS: Final = 16  # addresses in one prefix
_LONGEST: Final = 400  # characters of a path
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
    if key == "forwarders":
        return [_forwarder(one) for one in value]
    if key == "lease_files":
        return [_path(one) for one in value]
    if key == "local_domains":
        return [checks.host(key, one) for one in value]
    if key == "clock_offset" and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise ValueError(f"clock_offset: {value!r} is not a number of seconds")
    if key in _FLAGS and not isinstance(value, bool):
        raise ValueError(f"{key}: {value!r} is neither true nor false")
    return value


def _forwarder(text: str) -> str:
    """Closed: of a whole network anybody could say that they are somebody else."""
    prefix = ip_network(checks.prefix("forwarders", text))
    if prefix.num_addresses > _FORWARDERS:
        raise ValueError(
            f"forwarders: {prefix} holds {prefix.num_addresses} addresses; name the forwarders "
            f"themselves, at most {_FORWARDERS} in one prefix"
        )
    return str(prefix)


def _path(text: str) -> str:
    if not text.startswith("/") or not text.isprintable() or len(text) > _LONGEST:
        raise ValueError(f"lease_files: {text!r} is not the absolute path of a file")
    return text
