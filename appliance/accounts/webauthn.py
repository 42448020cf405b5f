"""Passkeys: what the browser is asked, and whether what it answers holds (Web Authentication 2).

The authenticator must have verified its owner (finger, face, PIN), so that a passkey is two
factors in one: a thing they have, and what they know or are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from appliance.store.accounts import Account
from appliance.store.passkeys import Passkey


class PasskeyError(ValueError):
    """What the browser sent is no passkey, or not the one that was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where the browser is: host is what passkeys are bound to, origin has scheme and port."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A passkey that was just made. uses: the authenticator's counter."""

    id: str
    public_key: bytes
    uses: int


def ask_to_make(
    site: Site, account: Account, school: str, challenge: str, held: Iterable[Passkey]
) -> str:
    """Return the options for making a passkey, as JSON. held: those they have, to be left out."""
    made = generate_registration_options(
        rp_id=site.host, rp_name=f"Bellgate {school}".strip(), user_name=account.login,
        user_id=f"bellgate-{account.id}".encode(), user_display_name=account.name,
        challenge=challenge.encode(), exclude_credentials=_named(held),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )  # fmt: skip
    return options_to_json(made)


def ask_to_sign(site: Site, challenge: str, held: Iterable[Passkey] = ()) -> str:
    """Return the options for using a passkey, as JSON. held: whose; none: whatever they have."""
    made = generate_authentication_options(
        rp_id=site.host, challenge=challenge.encode(), allow_credentials=_named(held),
        user_verification=UserVerificationRequirement.REQUIRED,
    )  # fmt: skip
    return options_to_json(made)


def registered(site: Site, challenge: str, answer: str) -> Registered:
    """Return the passkey that the browser made.

    Raises:
        PasskeyError: it is not what was asked for.
    """
    try:
        found = verify_registration_response(
            credential=answer, expected_challenge=challenge.encode(), expected_rp_id=site.host,
            expected_origin=site.origin, require_user_verification=True,
        )  # fmt: skip
    except _REFUSED as error:
        raise PasskeyError(str(error)) from error
    return Registered(
        id=bytes_to_base64url(found.credential_id), public_key=found.credential_public_key,
        uses=found.sign_count,
    )  # fmt: skip


def signed(site: Site, challenge: str, answer: str, passkey: Passkey) -> int:
    """Check that a passkey signed the challenge; return the authenticator's counter.

    Raises:
        PasskeyError: it did not; or the counter ran backwards, so it was copied.
    """
    try:
        found = verify_authentication_response(
            credential=answer, expected_challenge=challenge.encode(), expected_rp_id=site.host,
            expected_origin=site.origin, credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.uses, require_user_verification=True,
        )  # fmt: skip
    except _REFUSED as error:
        raise PasskeyError(str(error)) from error
    return found.new_sign_count


# Parsers of what a stranger sent: besides their own errors these come out of them.
_REFUSED = (WebAuthnException, ValueError, TypeError, KeyError, IndexError, AttributeError,
            OverflowError)  # fmt: skip


def _named(held: Iterable[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.id)) for one in held]
