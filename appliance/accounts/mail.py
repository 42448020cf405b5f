"""Sending a letter by the school's mail server (SMTP, RFC 5321; TLS by RFC 8314 or RFC 3207)."""

from __future__ import annotations

import re
import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import make_msgid
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from appliance import clock
from appliance.accounts import staff_list

TLS: Final = ("starttls", "tls", "none")
TIMEOUT: Final = 15.0  # seconds for each step
_HOST: Final = re.compile(r"[A-Za-z0-9.:-]{1,253}")


class MailError(Exception):
    """A letter could not be sent; says why, without any secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """tls: ``tls`` from the start, ``starttls``, or ``none`` on this computer alone.

    web_address: scheme, host and port under which people open these pages from a letter.
    """

    host: str
    port: int
    tls: str
    user: str
    password: str
    sender: str
    web_address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Plain text to one address."""

    to: str
    subject: str
    text: str


def checked(given: dict[str, object]) -> MailSettings:
    """Return settings that can be used.

    Raises:
        ValueError: names the field that is wrong, before a colon.
    """
    text = {key: str(value or "").strip() for key, value in given.items()}
    host, tls = text.get("host", ""), text.get("tls", "")
    if not _HOST.fullmatch(host):
        raise ValueError("host: enter the name of the mail server")
    port = text.get("port", "")
    if not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536):
        raise ValueError("port: enter a number from 1 to 65535, most often 587 or 465")
    if tls not in TLS:
        raise ValueError("tls: choose how the connection is protected")
    if tls == "none" and not loopback(host):
        raise ValueError("tls: without protection only a server on this computer is allowed")
    sender = staff_list.email(text.get("sender", ""))
    if sender is None:
        raise ValueError("sender: enter the e-mail address that letters come from")
    password = str(given.get("password") or "")
    return MailSettings(
        host=host, port=int(port), tls=tls, user=text.get("user", ""), password=password,
        sender=sender, web_address=own_address(text.get("web_address", "")),
    )  # fmt: skip


def own_address(text: str) -> str:
    """Return scheme, host and port of an address of the appliance itself.

    Raises:
        ValueError: it is none; ``http`` is for this computer alone.
    """
    parts = urlsplit(text.strip())
    plain = parts.scheme == "http" and loopback(parts.hostname or "")
    fine = parts.scheme == "https" or plain
    if not fine or not parts.hostname or parts.username or parts.path not in ("", "/"):
        raise ValueError(
            "web_address: enter where people open Bellgate, such as https://bellgate.school.example"
        )
    if parts.query or parts.fragment or not _HOST.fullmatch(parts.netloc.strip("[]")):
        raise ValueError("web_address: enter scheme, name and port alone")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def loopback(host: str) -> bool:
    """Whether a host is this computer."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def send(settings: MailSettings, letter: Letter, *, verify: ssl.SSLContext | None = None) -> None:
    """Send a letter. verify: whom to trust, by default the system's authorities.

    Raises:
        MailError: it did not go out.
    """
    message = EmailMessage()
    try:
        message["From"] = Address("Bellgate", addr_spec=settings.sender)
        message["To"] = Address(addr_spec=letter.to)
        message["Subject"] = letter.subject
        message["Date"] = clock.real()
        message["Message-ID"] = make_msgid(domain=settings.sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence answers
        message.set_content(letter.text)
        _hand_over(settings, message, verify or ssl.create_default_context())
    except smtplib.SMTPAuthenticationError as error:
        raise MailError("the mail server refused the user or the password") from error
    except smtplib.SMTPException as error:
        raise MailError(f"the mail server said no ({type(error).__name__})") from error
    except ssl.SSLError as error:
        raise MailError(f"no protected connection ({error.reason or 'TLS'})") from error
    except (OSError, ValueError) as error:
        raise MailError(f"the mail server cannot be reached ({type(error).__name__})") from error


def _hand_over(settings: MailSettings, message: EmailMessage, context: ssl.SSLContext) -> None:
    if settings.tls == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.host, settings.port, timeout=TIMEOUT, context=context
        )
    else:
        server = smtplib.SMTP(settings.host, settings.port, timeout=TIMEOUT)
    with server:
        if settings.tls == "starttls":
            server.starttls(context=context)  # raises where the server does not offer it
        if settings.user:
            server.login(settings.user, settings.password)
        server.send_message(message)
