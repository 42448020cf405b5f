"""What a blocked client is shown: a page for people, something small for programs. Pure.

Written for a reader of seven: what is closed, that nothing is their fault, when it opens,
whom to ask. What grown-ups and technicians need stands below, folded away.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from appliance.attempts.attempt import shown_url
from appliance.policy.model import Ownership, Reason, Verdict
from appliance.policy.situation import Query
from appliance.policy.snapshot import Contents, PolicyInfo, School
from appliance.policy.subjects import Client
from proxy_addons.answer import Fields, fields
from proxy_addons.opening import Opening
from proxy_addons.pages import HTML, render
from proxy_addons.sanctioned import Restricted, restricted
from proxy_addons.translate import Seen

STATUS: Final = 403
_DOCUMENTS: Final = frozenset({"document", "iframe", "frame", "embed", "object", "fencedframe"})
_GIF: Final = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


class Kind(StrEnum):
    """What a client can make something of."""

    HTML = "html"
    JSON = "json"
    IMAGE = "image"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Page:
    """An answer, ready to be sent."""

    status: int
    headers: Fields
    body: bytes


def kind_of(headers: Seen) -> Kind:
    """Choose by what the browser says it is fetching (Fetch Metadata), else by Accept."""
    if headers.dest:
        if headers.dest in _DOCUMENTS:
            return Kind.HTML
        return {"image": Kind.IMAGE, "empty": Kind.JSON}.get(headers.dest, Kind.TEXT)
    if headers.mode == "navigate" or "text/html" in headers.accept:
        return Kind.HTML
    if "json" in headers.accept or headers.requested_with == "xmlhttprequest":
        return Kind.JSON
    if headers.accept.startswith("image/"):
        return Kind.IMAGE
    # A person at a command line says nothing, or "anything".
    return Kind.HTML if headers.accept in ("", "*/*") and not headers.mode else Kind.TEXT


def reference(at: datetime, address: str, url: str) -> str:
    """Return the code on the page: found again from an attempt's day (UTC), address and URL."""
    seed = f"{at:%Y-%m-%d}|{address}|{url}".encode()
    code = base64.b32encode(hashlib.sha256(seed).digest()[:5]).decode()
    return f"{code[:4]}-{code[4:8]}"


def page(kind: Kind, query: Query, verdict: Verdict, contents: Contents, opening: Opening) -> Page:
    """Return the answer for a blocked request."""
    hidden = verdict.reason is Reason.ILLEGAL
    url = "" if hidden or query.url is None else shown_url(query.url)
    code = reference(query.at, query.client.address, url)
    sanction = verdict.reason is Reason.SANCTION
    stopped = restricted(query, contents) if sanction else None
    when = "" if hidden else stopped.until if stopped else opening.words
    if kind is Kind.IMAGE:
        return _small("image/gif", _GIF)
    if kind is Kind.TEXT:
        return _small("text/plain; charset=utf-8", f"Closed by the school. {code}\n".encode())
    if kind is Kind.JSON:
        return _small(
            "application/json", _json(verdict, when, None if hidden else opening.at, code)
        )
    # Neither a request nor another person's sign-in opens what a sanction closes.
    shut = hidden or sanction
    ask_url = "" if shut else _request_form(contents.school.portal, url, code)
    here_url = "" if shut else _use_as_oneself(contents.school.portal, query.client)
    host = "" if hidden else query.host
    rehearsal = contents.clock_offset != 0
    urls = ask_url, here_url
    body = _html(
        contents.school, contents.policy, verdict, host, when, code, urls, rehearsal, stopped
    )
    return Page(STATUS, HTML, body)


@lru_cache(maxsize=256)  # apps ask again and again for what they cannot have
def _html(
    school: School, policy: PolicyInfo, verdict: Verdict, host: str, when: str, code: str,
    urls: tuple[str, str], rehearsal: bool, stopped: Restricted | None,
) -> bytes:  # fmt: skip
    return render(
        "block.html", school=school, policy=policy, verdict=verdict, host=host, when=when,
        code=code, ask_url=urls[0], here_url=urls[1], rehearsal=rehearsal,
        stopped=stopped,
    )  # fmt: skip


def _json(verdict: Verdict, when: str, opens: datetime | None, code: str) -> bytes:
    said = {
        "error": "blocked",
        "reason": verdict.reason.value,
        "message": when or "Closed by the school.",
        "opens_at": opens and opens.isoformat(),
        "reference": code,
    }
    return json.dumps(said).encode()


def _small(content_type: str, body: bytes) -> Page:
    headers = {"content-type": content_type, "cache-control": "no-store"}
    return Page(STATUS, fields(headers | {"x-content-type-options": "nosniff"}), body)


def _request_form(portal: str, url: str, code: str) -> str:
    if not portal.startswith(("https://", "http://")):
        return ""
    return f"{portal.rstrip('/')}/requests/new?url={quote(url, safe='')}&ref={code}"


def _use_as_oneself(portal: str, client: Client) -> str:
    """Return where staff say whose this device is: for somebody's own that nobody is known on."""
    known = client.person or client.device or client.ownership is Ownership.SCHOOL
    if known or not portal.startswith(("https://", "http://")):
        return ""
    return f"{portal.rstrip('/')}/here"
