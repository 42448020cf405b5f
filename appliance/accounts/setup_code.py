"""The one-time code of the first start: whoever reads the console may set the gate up.

A new one at each start while there is no technician. The store has only its digest; the
code itself lies in ``run/setup-code`` (mode 0600) for the screen of the appliance, until
it is used.
"""

from __future__ import annotations

import os
import re
import secrets
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from appliance.accounts.posts import Post
from appliance.accounts.tickets import LASTS, Kind
from appliance.store import accounts, tickets

_ALPHABET: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # no character is mistaken for another
_GROUPS, _SIZE = 3, 4  # 12 characters: 59 bits, with ten tries in five minutes


def needed(session: Session) -> bool:
    """Whether there is nobody yet who could sign in and set the gate up."""
    return not accounts.holders(session, Post.IT_TECHNICIAN)


def issue(session: Session, *, at: datetime) -> str:
    """Make a code and return it; the one before it is worthless."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_GROUPS * _SIZE))
    tickets.withdraw(session, Kind.SETUP, None)
    tickets.issue(session, Kind.SETUP, at=at, lasts=LASTS[Kind.SETUP], secret=code)
    return "-".join(code[n : n + _SIZE] for n in range(0, len(code), _SIZE))


def holds(session: Session, typed: str, *, at: datetime) -> bool:
    """Whether this is the code. Fails closed: used, over, or a technician is there: False."""
    return needed(session) and tickets.find(session, Kind.SETUP, _plain(typed), at=at) is not None


def use(session: Session, typed: str, *, at: datetime) -> bool:
    """Use the code up; False as ``holds``. The session holds the write lock: one comes through."""
    return needed(session) and tickets.use(session, Kind.SETUP, _plain(typed), at=at) is not None


def withdraw(session: Session) -> None:
    """Make any code worthless, as when a technician came in another way."""
    tickets.withdraw(session, Kind.SETUP, None)


def write(data: Path, code: str) -> None:
    """Leave the code for the appliance's own screen (mode 0600).

    Raises:
        OSError: the directory ``run`` cannot be written to.
    """
    path = data / "run" / "setup-code"
    draft = path.with_name("setup-code.new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(f"{code}\n")
    draft.replace(path)


def forget(data: Path) -> None:
    """Take the code off the screen: it is used."""
    (data / "run" / "setup-code").unlink(missing_ok=True)


def _plain(typed: str) -> str:
    """Small letters, blanks and dashes do not matter."""
    return re.sub(r"[\s-]", "", typed[:64]).upper()
