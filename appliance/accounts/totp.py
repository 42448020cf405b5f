"""The second factor: time-based one-time passwords (RFC 6238) and recovery codes."""

from __future__ import annotations

import hmac
import re
import secrets
from datetime import datetime
from typing import Final

import pyotp

from appliance.store.web_sessions import digest

STEP: Final = 30  # seconds
WINDOW: Final = 1  # steps before and after: clocks of phones differ (RFC 6238, 5.2)
RECOVERY: Final = 10  # codes
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # no character is mistaken for another
_GROUPS, _SIZE = 4, 4  # 16 characters: 79 bits


def new_secret() -> str:
    """Return a secret for an authenticator app: 160 bits in base32 (RFC 4226, 4)."""
    return pyotp.random_base32(32)


def uri(secret: str, login: str, school: str) -> str:
    """Return what the QR code says to an authenticator app (Key URI format)."""
    issuer = f"Bellgate {school}".strip().replace(":", " ")
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)


def grouped(secret: str) -> str:
    """Return a secret as people type it: four characters at a time."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def step_of(secret: str, code: str, *, at: datetime, newest: int) -> int | None:
    """Return the time step a code belongs to; None: it is wrong, too old, or counted before.

    newest: the newest step that counted. Blanks in a code are people's way to read it.
    """
    given = re.sub(r"\s", "", code)
    if not re.fullmatch(r"[0-9]{6}", given):
        return None
    now = int(at.timestamp()) // STEP
    maker = pyotp.TOTP(secret, interval=STEP)
    found = None
    for step in range(now - WINDOW, now + WINDOW + 1):  # all, so that each takes as long
        if hmac.compare_digest(maker.generate_otp(step), given) and step > newest:
            found = step
    return found


def recovery_codes() -> tuple[str, ...]:
    """Return ten new recovery codes, to be shown once."""
    return tuple(_code() for _ in range(RECOVERY))


def recovery_digest(code: str) -> str:
    """Return what is kept of a recovery code; capitals, blanks and dashes do not matter."""
    return digest("recovery:" + re.sub(r"[\s-]", "", code).lower())


def looks_like_recovery(code: str) -> bool:
    """Whether something has the length of a recovery code."""
    return len(re.sub(r"[\s-]", "", code)) == _GROUPS * _SIZE


def _code() -> str:
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_SIZE)) for _ in range(_GROUPS))
    return "-".join(groups)
