"""A request as pages, lists, exports and the PDF show it.

An address of the illegal class is never shown; one that was blocked after a report is
shown so that nothing makes a link of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from admin_ui.defang import defang
from admin_ui.requests import wording
from admin_ui.requests.states import STATE_NAMES, WAITING, Shown, shown
from appliance.policy import urls
from appliance.policy.engine import decide
from appliance.policy.model import Reason, TargetKind
from appliance.policy.situation import Query
from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import Client
from appliance.store.requests import Request

HIDDEN: Final = "(not shown: it is on a list of illegal content)"
KINDS: Final = {"blocked_content": "Blocked content", "curriculum": "Curriculum activity"}


@dataclass(frozen=True, slots=True)
class Card:
    """A request in words. overdue: nobody answered by the time the policy sets."""

    request: Request
    state: Shown
    url: str
    kind: str
    target: str
    target_name: str
    subject: str
    when: str
    ends: datetime
    overdue: bool
    hidden: bool

    @property
    def state_name(self) -> str:
        """The state as people read it."""
        return STATE_NAMES[self.state]

    @property
    def waits(self) -> bool:
        """Whether anybody still has to do something."""
        return self.request.state in WAITING


def card(request: Request, at: datetime, snapshot: Snapshot) -> Card:
    """Return a request in words, as it is at an instant."""
    state = shown(
        request.state, at=at, ends=request.ends, opened=request.opened,
        revoked=request.ended_by is not None,
    )  # fmt: skip
    reason = _reason(request, at, snapshot)
    hidden = reason is Reason.ILLEGAL
    url = defang(request.url) if reason is Reason.BLOCKED_BY_REPORT else request.url
    target = wording.target_words(request.target, snapshot)
    name = wording.target_name(request.target, snapshot)
    if reason is Reason.BLOCKED_BY_REPORT and request.target.kind is not TargetKind.SERVICE:
        target, name = target.replace(request.target.id, defang(request.target.id)), defang(name)
    return Card(
        request=request, state=state, url=HIDDEN if hidden else url,
        kind=KINDS.get(request.kind, request.kind), target=HIDDEN if hidden else target,
        target_name=HIDDEN if hidden else name,
        subject=wording.subject_words(request.subject, snapshot.contents),
        when=wording.when_words(request.when),
        ends=request.opened[1] if request.opened else request.ends,
        overdue=request.state in WAITING and request.due is not None and request.due <= at,
        hidden=hidden,
    )  # fmt: skip


def _reason(request: Request, at: datetime, snapshot: Snapshot) -> Reason | None:
    """Why the address is answered as it is for somebody in particular: nobody. None: no URL."""
    try:
        url = urls.parse(request.url)
    except urls.BadUrlError:
        return None
    nobody = Client(address="::", role=snapshot.contents.roles[0].id)
    return decide(Query(nobody, url.host, at, url), snapshot).reason
