"""Who reads the log on this request, and what that lets them see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import abort, current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_ui import school_policy, who
from admin_ui.gate import View, gate
from admin_ui.log.visibility import Staff, Visibility, scope, staff_of, visibility
from appliance.policy_file.schema_workflow import MonitoringEntry
from appliance.store.account_tables import AccountRow
from appliance.store.accounts import Account
from appliance.store.attempt_wanted import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody who reads the log. scope: the rows that the query may find for them."""

    account: Account
    seen: Visibility
    staff: Staff
    scope: Scope
    view: View
    policy: MonitoringEntry
    illegal: str
    people: Mapping[str, str]
    key: bytes

    @property
    def open_people(self) -> dict[str, str]:
        """Return the people whom this reader may know by name, and search for."""
        if not self.seen.names:
            return {}
        roles = {person.id: person.role for person in self.view.snapshot.contents.people}
        return {i: n for i, n in self.people.items() if self.scope.opens(roles[i], i)}

    def hides_device(self, id_: str) -> bool:
        """Whether a registered device is one of staff, which this reader may not know of."""
        if self.scope.everybody:
            return False
        devices = self.view.snapshot.contents.devices
        return any(
            device.person in self.staff.people
            or (device.role is not None and device.role not in self.staff.others)
            for device in devices
            if device.id == id_
        )


def reader(session: Session) -> Reader:
    """Return whoever is signed in as a reader of the log."""
    return reader_of(session, who.me())


def reader_of(session: Session, account: Account) -> Reader:
    """Return an account as a reader of the log."""
    view = gate().view()
    contents = view.snapshot.contents
    document = school_policy.document(session)
    # Fails closed: without a policy nobody is named as a reader.
    policy = MonitoringEntry(readers=(), staff_readers=())
    seen = visibility(account.posts, document.monitoring if document else policy)
    staff = staff_of(
        contents.roles, ((p.id, p.role) for p in contents.people),
        (person for person in session.scalars(select(AccountRow.person)) if person),
    )  # fmt: skip
    key = current_app.config["SECRET_KEY"]
    assert isinstance(key, bytes)
    return Reader(
        account=account, seen=seen, staff=staff, scope=scope(seen, staff), view=view,
        policy=document.monitoring if document else policy,
        illegal=document.illegal.notice if document and document.illegal else "",
        people={person.id: person.name for person in contents.people}, key=key,
    )  # fmt: skip


def named_reader(session: Session) -> Reader:
    """Return whoever is signed in, who reads by name; for everybody else the page ends here."""
    found = reader(session)
    if not found.seen.names:
        abort(403)  # fails closed: a post in the table of pages is not enough, the policy decides
    return found
