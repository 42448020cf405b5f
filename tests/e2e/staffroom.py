"""The people of the test bed's school who sign in, and how each gets through the door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pyotp
from sqlalchemy.orm import Session

from admin_ui import key
from appliance.accounts import passwords, totp
from appliance.accounts.posts import Post
from appliance.accounts.sealing import seal
from appliance.store import accounts, credentials, settings
from tests.e2e.client import Client
from tests.e2e.gate import Gate
from tests.e2e.lab import GATE4

PORTAL: Final = f"http://{GATE4}:8000"
PASSWORD: Final = "violet-harbour-nineteen"
NAMES: Final = {
    Post.STAFF: "T. Teacher", Post.IT_TECHNICIAN: "I. Technician", Post.HEADTEACHER: "H. Head",
    Post.DSL: "D. Lead",
}  # fmt: skip


@dataclass
class Person:
    """Somebody with a browser of their own, on one of the school's machines."""

    post: Post
    name: str
    client: Client
    home: Path
    secret: str
    used: int = 0

    def goes(self, *steps: tuple[str, Any]) -> dict[str, Any]:
        """Walk on, in the browser as it was left."""
        return self.client.walk(self.home, *steps)

    def signs_in(self) -> tuple[tuple[str, Any], ...]:
        """Return the steps from the sign-in page to the page that was wanted."""
        steps: list[tuple[str, Any]] = [
            ("fill", ("login", self.post.value)), ("fill", ("password", PASSWORD)),
            ("press", "Sign in"),
        ]  # fmt: skip
        if self.secret:
            steps += [("see", "Second step"), ("fill", ("code", self._code())), ("press", "Go on")]
        return tuple(steps)

    def _code(self) -> str:
        """Return a code that did not count yet: the next one is taken early if it must be."""
        now = int(datetime.now(UTC).timestamp()) // totp.STEP
        self.used = max(now, self.used + 1)
        assert self.used <= now + totp.WINDOW, "signed in too often within a minute"
        return pyotp.TOTP(self.secret, interval=totp.STEP).generate_otp(self.used)


def employ(gate: Gate, post: Post, client: Client, folder: Path) -> Person:
    """Give somebody an account, and a second factor where the post needs one."""
    signing = key.ensure(gate.data)
    secret = "" if post is Post.STAFF else totp.new_secret()

    def add(session: Session) -> None:
        made = accounts.add(
            session, post.value, NAMES[post], [post.value], at=datetime.now(UTC),
            password=passwords.hashed(PASSWORD),
        )  # fmt: skip
        if secret:
            sealed = seal(signing, f"totp:{made.id}", secret)
            credentials.set_totp(session, made.id, sealed, 0, ())

    gate.write(add)
    return Person(post, NAMES[post], client, folder / post.value, secret)


def open_portal(session: Session) -> None:
    """Say where the pages are, so that the block page leads there."""
    settings.put(session, "school", {"name": "Little School", "portal": PORTAL})
