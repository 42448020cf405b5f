"""Signing in with Google Workspace or Microsoft 365: the code flow of OpenID Connect with PKCE.

Sources: OpenID Connect Core 1.0; RFC 7636 (PKCE); RFC 9700 (security best practice). State,
nonce and verifier are made for one browser and work once. Fails closed at every step.
"""

from __future__ import annotations

import base64
import json
import logging
from typing import Any, Final

import flask
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebKey, JsonWebToken
from authlib.jose.errors import JoseError
from authlib.oidc.core import CodeIDToken
from flask import abort, current_app, flash, redirect, request, url_for
from requests import RequestException
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from admin_ui.gate import StoreAwayError, gate
from admin_ui.record import record
from admin_ui.signin import back, checking, starting
from admin_ui.signin.blueprint import blueprint
from appliance.accounts import provider, tickets
from appliance.accounts.posts import Post
from appliance.accounts.provider import NotVouchedError, ProviderSettings
from appliance.accounts.sealing import SealError, seal, unseal
from appliance.accounts.tickets import Kind
from appliance.store import accounts, credentials, web_settings
from appliance.store.accounts import Account

KEY: Final = "provider"
PURPOSE: Final = "provider"  # what the client secret is sealed for
COOKIE: Final = "provider"
TIMEOUT: Final = 10  # seconds for each question to the provider
LARGEST: Final = 256 << 10  # bytes of an answer of the provider
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
_ASKING: Final = ("https://accounts.google.com", "https://login.microsoftonline.com/")

log = logging.getLogger(__name__)


def settings() -> ProviderSettings | None:
    """Return the provider of this school; None where none is set up, or it cannot be read."""
    try:
        with gate().reading() as session:
            kept = web_settings.get(session, KEY)
    except StoreAwayError:
        return None
    if not kept:
        return None
    try:
        sealed = bytes.fromhex(str(kept.get("client_secret") or ""))
        secret = unseal(checking.key(), PURPOSE, sealed) if sealed else ""
        return provider.checked({**kept, "client_secret": secret})
    except (SealError, ValueError) as error:
        log.error("the settings of the identity provider cannot be used: %s", error)
        return None


@blueprint.get("/sign-in/provider")
def provider_start() -> AnyResponse:
    """Send the browser to the provider."""
    found, onward = settings() or abort(404), back.asked()
    try:
        known = _discovered(found)
        client = _client(found)
        with gate().writing() as session:
            state = tickets.issue(session, Kind.OIDC, at=gate().real())
            nonce = tickets.issue(session, Kind.OIDC, at=gate().real())
            verifier = tickets.issue(session, Kind.OIDC, at=gate().real())
        url, _ = client.create_authorization_url(
            known["authorization_endpoint"], state=state, code_verifier=verifier, nonce=nonce,
            **_choosing(known),
        )  # fmt: skip
    except (RequestException, AuthlibBaseError, ValueError, KeyError) as error:
        return _no(f"{found.name} cannot be reached at the moment", error)
    kept = json.dumps({"state": state, "nonce": nonce, "verifier": verifier, "next": onward})
    sealed = seal(checking.key(), "oidc", kept)
    flask.session[COOKIE] = base64.b64encode(sealed).decode()
    return redirect(url, 303)


@blueprint.get("/sign-in/provider/back")
def provider_back() -> AnyResponse:
    """Take what the provider says of somebody, and sign them in if it vouches for them."""
    found, kept = settings() or abort(404), _kept()
    with gate().writing() as session:
        state = request.args.get("state", "")
        spent = tickets.use(session, Kind.OIDC, state, at=gate().real())
    if spent is None or kept is None or kept["state"] != state:
        return _no("That took too long, or was begun in another browser. Please try again")
    if "error" in request.args or "code" not in request.args:
        return _no(f"{found.name} did not let you in")
    try:
        claims = _claims(found, kept, request.args["code"])
        email = provider.vouched_email(found, claims)
        issuer, subject = str(claims["iss"]), str(claims["sub"])
    except NotVouchedError as error:
        return _no(str(error), error)
    except (
        RequestException,
        AuthlibBaseError,
        JoseError,
        ValueError,
        KeyError,
        TypeError,
    ) as error:
        return _no(f"{found.name} gave an answer that does not hold", error)
    with gate().writing() as session:
        account = _account(session, found, email, issuer, subject, str(claims.get("name") or ""))
    if account is None:
        return _no("There is no account for you here yet. The technician can make one")
    return starting.begin(account, f"provider {found.name}", kept["next"])


def _account(
    session: Session, found: ProviderSettings, email: str, issuer: str, subject: str, name: str
) -> Account | None:
    """Return the account of somebody who is vouched for. Fails closed: None.

    Their id at the provider counts, not the address, once it is known here.
    """
    known = credentials.vouched(session, issuer, subject)
    if known is None:
        known = credentials.by_email(session, email)
        if known is None and found.makes_accounts and not credentials.by_login(session, email):
            shown = " ".join(name.split())[:120]
            known = accounts.add(
                session, email, shown if shown and shown.isprintable() else email, [Post.STAFF],
                at=gate().real(), email=email,
            )  # fmt: skip
            record(session, "account.added", email, actor="identity provider", posts=["staff"])
    if known is None or not known.enabled or known.emergency:
        return None
    return known if credentials.vouch(session, known.id, issuer, subject) else None


def _claims(found: ProviderSettings, kept: dict[str, str], code: str) -> dict[str, Any]:
    """Fetch and check the ID token (OpenID Connect Core, 3.1.3.7)."""
    known = _discovered(found)
    if request.args.get("iss", known["issuer"]) != known["issuer"]:
        raise ValueError("iss: the answer is of another provider (RFC 9207)")
    token = _client(found).fetch_token(
        known["token_endpoint"], grant_type="authorization_code", code=code,
        code_verifier=kept["verifier"], timeout=TIMEOUT, allow_redirects=False,
    )  # fmt: skip
    keys = JsonWebKey.import_key_set(_fetched(known["jwks_uri"]))
    claims = JsonWebToken(list(ALGORITHMS)).decode(
        token["id_token"], keys, claims_cls=CodeIDToken,
        claims_options={
            "iss": {"essential": True, "value": known["issuer"]},
            "aud": {"essential": True, "value": found.client_id},
            "nonce": {"essential": True, "value": kept["nonce"]},
            "sub": {"essential": True}, "exp": {"essential": True},
        },
        claims_params={"nonce": kept["nonce"], "client_id": found.client_id},
    )  # fmt: skip
    claims.validate(now=int(gate().real().timestamp()), leeway=60)
    return dict(claims)


def _client(found: ProviderSettings) -> OAuth2Session:
    return OAuth2Session(
        found.client_id, found.client_secret or None, scope="openid email profile",
        redirect_uri=found.web_address + url_for("signin.provider_back"),
        code_challenge_method="S256", default_timeout=TIMEOUT,
        token_endpoint_auth_method="client_secret_post" if found.client_secret else "none",
    )  # fmt: skip


def _choosing(known: dict[str, Any]) -> dict[str, str]:
    """Have the provider ask which account, where it can: classroom computers are shared."""
    offered = known.get("prompt_values_supported") or ()
    fit = "select_account" in offered or known["issuer"].startswith(_ASKING)
    return {"prompt": "select_account"} if fit else {}


def _discovered(found: ProviderSettings) -> dict[str, Any]:
    """Return the provider's configuration (OpenID Connect Discovery 1.0), every address of it
    checked as the first was."""
    known = _fetched(found.discovery)
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "issuer"):
        provider.endpoint(name, str(known[name]))
    expected = found.discovery.partition("/.well-known/")[0]
    if str(known["issuer"]).rstrip("/") != expected.rstrip("/"):
        raise ValueError("issuer: it is another than the discovery address says")
    return known


def _fetched(url: str) -> dict[str, Any]:
    with OAuth2Session() as http:
        answer = http.request(
            "GET", url, timeout=TIMEOUT, allow_redirects=False, stream=True, withhold_token=True
        )
        answer.raise_for_status()
        data = answer.raw.read(LARGEST + 1, decode_content=True)
    if answer.status_code != 200 or len(data) > LARGEST:
        raise ValueError("discovery: no answer that can be used")
    found = json.loads(data)
    if not isinstance(found, dict):
        raise ValueError("discovery: no answer that can be used")
    return found


def _kept() -> dict[str, str] | None:
    value = flask.session.pop(COOKIE, None)
    try:
        opened = json.loads(unseal(checking.key(), "oidc", base64.b64decode(str(value))))
    except (SealError, ValueError):
        return None
    return dict(opened)


def _no(words: str, error: Exception | None = None) -> AnyResponse:
    """Say why nobody comes in, and write it down; details of the provider go to the log."""
    if error is not None:
        current_app.logger.info("sign-in by the provider: %s", type(error).__name__)
    with gate().writing() as session:
        record(session, "sign_in.refused", "", actor="nobody", what="identity provider")
    flash(f"{words}.", "error")
    return redirect(url_for("signin.sign_in"), 303)
