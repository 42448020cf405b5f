"""A real mail server (aiosmtpd) on loopback that keeps what it is given."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Mailbox:
    """What arrived. port: where the server listens."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    arrived: threading.Condition = field(default_factory=threading.Condition)
    users: dict[str, str] = field(default_factory=dict)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a letter in."""
        content = envelope.content
        assert isinstance(content, bytes)
        letter = message_from_bytes(content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        with self.arrived:
            self.letters.append(letter)
            self.arrived.notify_all()
        return "250 OK"

    def check(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str,
              given: LoginPassword) -> AuthResult:  # fmt: skip
        """Whether user and password fit."""
        right = self.users.get(given.login.decode()) == given.password.decode()
        return AuthResult(success=right, handled=False)

    def wait(self, count: int = 1) -> list[EmailMessage]:
        """Return the letters once there are so many, at the latest after ten seconds."""
        with self.arrived:
            self.arrived.wait_for(lambda: len(self.letters) >= count, 10)
            return list(self.letters)


@contextmanager
def listening(tls: ssl.SSLContext | None = None, users: dict[str, str] | None = None
              ) -> Iterator[Mailbox]:  # fmt: skip
    """Run a mail server. tls: it offers STARTTLS and asks for it; users: it asks who sends."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    box = Mailbox(port=port, users=users or {})
    controller = Controller(
        box, hostname="127.0.0.1", port=port, tls_context=tls, require_starttls=tls is not None,
        auth_required=bool(users), authenticator=box.check, auth_require_tls=tls is not None,
    )  # fmt: skip
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
