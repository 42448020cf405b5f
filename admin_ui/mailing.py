"""Mail that pages send, where it is set up: in the background, so that nobody waits for it
and nobody learns from the time it takes who has an account."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from queue import Empty, Full, Queue
from threading import Lock, Thread
from typing import Final

from flask import Flask, current_app

from admin_ui.gate import StoreAwayError, gate
from appliance.accounts import mail
from appliance.accounts.mail import Letter, MailError, MailSettings
from appliance.accounts.sealing import SealError, unseal
from appliance.store import web_settings
from appliance.store.accounts import Account

KEY: Final = "mail"
PURPOSE: Final = "mail"  # what the SMTP password is sealed for
MOST: Final = 500  # letters that wait
IDLE: Final = 30.0  # seconds after which a postman without letters goes home

log = logging.getLogger(__name__)


class Postman:
    """Sends letters one after the other in a thread of its own; ``trouble`` is the last failure."""

    def __init__(self) -> None:
        self.trouble = ""
        self._letters: Queue[tuple[MailSettings, Letter]] = Queue(MOST)
        self._lock = Lock()
        self._walking = False

    def take(self, settings: MailSettings, letters: Sequence[Letter]) -> bool:
        """Take letters to send soon; False: there are too many waiting already."""
        for letter in letters:
            try:
                self._letters.put_nowait((settings, letter))
            except Full:
                self.trouble = "Too many letters are waiting; the newest were not taken."
                return False
        with self._lock:
            if not self._walking:
                self._walking = True
                Thread(target=self._walk, name="postman", daemon=True).start()
        return True

    def _walk(self) -> None:
        while True:
            try:
                settings, letter = self._letters.get(timeout=IDLE)
            except Empty:
                with self._lock:
                    if self._letters.empty():
                        self._walking = False
                        return
                continue
            try:
                mail.send(settings, letter)
                self.trouble = ""
            except MailError as error:
                self.trouble = str(error)
                log.warning("mail could not be sent: %s", error)  # never to whom, or what


def install(app: Flask) -> None:
    """Give an application its postman."""
    app.extensions["postman"] = Postman()


def postman() -> Postman:
    """Return the postman of the application that serves this request."""
    found = current_app.extensions["postman"]
    assert isinstance(found, Postman)
    return found


def settings() -> MailSettings | None:
    """Return how mail is sent; None where it is not set up, or cannot be read."""
    try:
        with gate().reading() as session:
            kept = web_settings.get(session, KEY)
    except StoreAwayError:
        return None
    return _read(kept) if kept else None


def _read(kept: dict[str, object]) -> MailSettings | None:
    key = current_app.secret_key
    assert isinstance(key, bytes)
    try:
        sealed = bytes.fromhex(str(kept.get("password") or ""))
        password = unseal(key, PURPOSE, sealed) if sealed else ""
        return mail.checked({**kept, "password": password})
    except (SealError, ValueError) as error:
        log.error("the mail settings cannot be used: %s", error)
        return None


def send(letters: Sequence[Letter]) -> bool:
    """Send letters soon; False where mail is not set up or nobody has an address."""
    found, wanted = settings(), [one for one in letters if one.to]
    return bool(found is not None and wanted and postman().take(found, wanted))


def invitations(invited: Sequence[tuple[Account, str]]) -> bool:
    """Mail invitations; True where all of them go out."""
    found = settings()
    if found is None or not all(one.email for one, _ in invited):
        return False
    school = gate().view().snapshot.contents.school.name or "your school"
    letters = [
        Letter(
            to=one.email,
            subject="Choose your password for Bellgate",
            text=f"Hello {one.name},\n\nyou have an account on Bellgate, the gate of {school}’s "
            f"network. Your login is {one.login}. Choose a password here, within seven days:\n\n"
            f"{found.web_address}{path}\n\nYou did not expect this? Please tell the technician.\n",
        )
        for one, path in invited
    ]  # fmt: skip
    return postman().take(found, letters)
