"""An identity provider that vouches for staff (OpenID Connect): its settings, and whom it may
vouch for. Google Workspace and Microsoft 365 have lines of their own, where they differ."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from appliance.accounts import staff_list
from appliance.accounts.mail import loopback, own_address

GOOGLE: Final = "https://accounts.google.com/.well-known/openid-configuration"
_DOMAIN: Final = re.compile(r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+")
_SHARED: Final = ("/common/", "/organizations/", "/consumers/")  # any tenant of Microsoft's


class NotVouchedError(ValueError):
    """The provider does not vouch for somebody of this school; says why, for the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings:
    """discovery: the URL of the provider's configuration. domains: of the school's addresses.

    makes_accounts: whether somebody who is vouched for and has no account gets one, as staff.
    """

    name: str
    discovery: str
    client_id: str
    client_secret: str
    domains: tuple[str, ...]
    makes_accounts: bool
    web_address: str


def checked(given: dict[str, Any]) -> ProviderSettings:
    """Return settings that can be used.

    Raises:
        ValueError: names the field that is wrong, before a colon.
    """
    text = {key: str(value or "").strip() for key, value in given.items()}
    name = text.get("name", "")
    if not name or len(name) > 60 or not name.isprintable():
        raise ValueError("name: enter what the button says, such as Google or Microsoft 365")
    discovery = endpoint("discovery", text.get("discovery", ""))
    if any(part in discovery for part in _SHARED):
        raise ValueError("discovery: use the address with your school’s own tenant id in it")
    client_id = text.get("client_id", "")
    if not client_id or len(client_id) > 500 or not client_id.isprintable():
        raise ValueError("client_id: enter the client id that the provider gave you")
    domains = tuple(dict.fromkeys(re.split(r"[\s,;]+", text.get("domains", "").lower().strip())))
    if not domains or not all(_DOMAIN.fullmatch(one) for one in domains):
        raise ValueError("domains: enter the domains of the school’s e-mail addresses")
    return ProviderSettings(
        name=name, discovery=discovery, client_id=client_id,
        client_secret=str(given.get("client_secret") or ""), domains=domains,
        makes_accounts=bool(given.get("makes_accounts")),
        web_address=own_address(text.get("web_address", "")),
    )  # fmt: skip


def endpoint(field: str, url: str) -> str:
    """Return the address of a provider: by HTTPS, or on this very computer.

    Raises:
        ValueError: it is another, or none.
    """
    try:
        parts = urlsplit(url)
        fine = parts.scheme == "https" or (
            parts.scheme == "http" and loopback(parts.hostname or "")
        )
    except ValueError:
        fine = False
    if not fine or not parts.hostname or parts.username or not url.isprintable():
        raise ValueError(f"{field}: enter an address that begins with https://")
    return url


def vouched_email(settings: ProviderSettings, claims: dict[str, Any]) -> str:
    """Return the e-mail address that a provider vouches for (OpenID Connect Core, 5.1).

    Raises:
        NotVouchedError: unverified, or not of this school. Fails closed on what is not said.
    """
    given = claims.get("email")
    address = staff_list.email(given) if isinstance(given, str) else None
    if address is None:
        raise NotVouchedError("The provider did not say your e-mail address")
    if not _verified(settings, claims):
        raise NotVouchedError("The provider has not verified your e-mail address")
    hosted = claims.get("hd")  # Google: the organisation's domain, whatever the address is
    if settings.discovery == GOOGLE and hosted not in settings.domains:
        raise NotVouchedError("This account does not belong to the school")
    if address.rpartition("@")[2] not in settings.domains:
        raise NotVouchedError("This account does not belong to the school")
    return address


def _verified(settings: ProviderSettings, claims: dict[str, Any]) -> bool:
    """Whether the address is verified. Microsoft says so by ``xms_edov``, and only where the
    tenant's technician asked for that claim; an address there can else be anybody's."""
    return any(
        claims.get(name) in (True, "true", "1", 1) for name in ("email_verified", "xms_edov")
    )
