"""What a decision is signed with: a name, a fresh second factor, a digest over the form."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any, Final

from admin_ui import who
from admin_ui.requests.scope import Scope
from appliance.accounts.posts import Post
from appliance.store.requests import Request

SIGNED: Final = (
    "id", "kind", "staff_name", "day", "url", "content", "reasons", "risks", "starts", "ends",
    "until", "reviewed_by", "reviewed_at", "review", "approved", "decided_by", "decided_at",
    "decision_reasons", "authoriser_name",
)  # fmt: skip


class NotPossibleError(ValueError):
    """The action cannot be taken: the message says why, to whoever tried."""


class NotAllowedError(NotPossibleError):
    """The action can be taken, but not by whoever tried."""


def scope_of(request: Request) -> Scope:
    """Return how wide a request is."""
    return Scope(
        subject=request.subject, target=request.target, when=request.when, until=request.until,
        starts=request.starts, ends=request.ends,
    )  # fmt: skip


def digest_of(request: Request) -> str:
    """Return the digest that a signature is over: the form's content and the decision."""
    said = {name: _word(getattr(request, name)) for name in SIGNED} | plain(scope_of(request))
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def signed(
    request: Request, *, approved: bool, reasons: str, name: str, at: datetime
) -> dict[str, Any]:
    """Return what a decision writes. Fails closed: nobody signs without a fresh second factor."""
    if not who.proved_just_now():
        raise NotPossibleError("Sign in again with your second factor before you sign.")
    me, proved = who.me(), who.session()
    signature = {
        "name": name, "account": me.name, "login": me.login,
        "posts": sorted(Post(post).value for post in me.posts), "at": at.isoformat(),
        "second_factor": proved.proved.isoformat() if proved and proved.proved else "",
        "algorithm": "SHA-256",
    }  # fmt: skip
    return {
        "approved": approved, "decided_by": me.login, "decided_at": at, "authoriser_name": name,
        "decision_reasons": reasons, "signature": signature,
    }  # fmt: skip


def plain(scope: Scope) -> dict[str, Any]:
    """Return a scope as JSON values."""
    return {
        "subject": [scope.subject.kind.value, scope.subject.id],
        "target": [scope.target.kind.value, scope.target.id],
        "when": sorted(scope.when), "until": scope.until, "ends": _word(scope.ends),
    }  # fmt: skip


def _word(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if hasattr(value, "isoformat") else value
