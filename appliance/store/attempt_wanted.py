"""What is asked of the log, and whose rows the asker may read: as conditions of one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, String, and_, cast, false, or_, true

from appliance.attempts.attempt import Visit
from appliance.policy.model import Reason
from appliance.store.attempt_tables import AttemptRow

BY_NAME_ALONE: Final = (Reason.ILLEGAL.value, Reason.SANCTION.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose rows may be read. Fails closed: without any field nothing is.

    roles: rows of these roles, unless they are of one of ``closed``. everybody: all rows.
    own: rows of this person, whatever else is closed. illegal: rows of the illegal class too,
    which are for those alone whom the policy tells of them; and with them what a sanction
    stopped, since a pseudonym hides nobody from whoever knows who is under one.
    """

    everybody: bool = False
    roles: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()
    own: str = ""
    illegal: bool = False

    def condition(self) -> ColumnElement[bool]:
        """Return what the query asks of every row."""
        ways: list[ColumnElement[bool]] = [false()]
        if self.everybody:
            ways.append(true())
        elif self.roles:
            open_: ColumnElement[bool] = AttemptRow.role.in_(sorted(self.roles))
            if self.closed:
                open_ = and_(open_, AttemptRow.person.not_in(sorted(self.closed)))
            ways.append(open_)
        if not self.illegal:
            ways = [and_(way, AttemptRow.reason.not_in(BY_NAME_ALONE)) for way in ways]
        if self.own:
            ways.append(AttemptRow.person == self.own)
        return or_(*ways)

    def opens(self, role: str, person: str) -> bool:
        """Whether a row of that role and person may be read: the same, for one at hand."""
        if self.own and person == self.own:
            return True
        return self.everybody or (role in self.roles and person not in self.closed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for. Empty: anything. since, until: instants, the second is left out.

    device: an id or a MAC. text: part of a host, an address of a page or a search term;
    ``text_in`` says where it is looked for. noise: an app's background traffic too.
    """

    since: datetime | None = None
    until: datetime | None = None
    person: str = ""
    device: str = ""
    address: str = ""
    group: str = ""
    role: str = ""
    service: str = ""
    category: str = ""
    verdict: str = ""
    reason: str = ""
    period_kind: str = ""
    visit: str = ""
    text: str = ""
    text_in: tuple[str, ...] = ("host", "url", "search")
    noise: bool = False

    @property
    def folds(self) -> bool:
        """Whether background noise is left out."""
        return not self.noise and not self.visit


@dataclass(frozen=True, slots=True)
class Cursor:
    """The row after which a page begins; an id of 0 stands for the instant itself."""

    at: datetime
    id: int


def conditions(scope: Scope, wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return what every row found must be: open to the asker, and what was asked for."""
    asked: list[ColumnElement[bool]] = []
    for name in ("person", "address", "role", "service", "category", "verdict", "reason",
                 "period_kind", "visit"):  # fmt: skip
        if value := getattr(wanted, name):
            asked.append(getattr(AttemptRow, name) == value)
    if wanted.device:
        named = AttemptRow.device == wanted.device
        asked.append(or_(named, AttemptRow.mac == wanted.device))
    if wanted.group:
        listed: ColumnElement[Any] = cast(AttemptRow.groups, String)
        asked.append(listed.contains(f'"{wanted.group}"', autoescape=True))
    if wanted.text:
        places = (getattr(AttemptRow, name) for name in wanted.text_in)
        asked.append(or_(*(p.icontains(wanted.text, autoescape=True) for p in places)))
    if wanted.folds:
        asked.append(AttemptRow.visit != Visit.BACKGROUND.value)
    if wanted.since is not None:
        asked.append(AttemptRow.at >= wanted.since)
    if wanted.until is not None:
        asked.append(AttemptRow.at < wanted.until)
    return [*asked, scope.condition()]  # last: the others leave little for it to look at
