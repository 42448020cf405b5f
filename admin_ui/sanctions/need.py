"""Who needs to know of a sanction, and who may do what about it.

- Whoever works here sees which pupils, visitors and shared devices are under a sanction and
  until when: they meet them in lessons, and may sit beside one.
- The reason, and what it came from, is for the headteachers, the safeguarding leads and the
  e-safety officer.
- A member of staff under a sanction is nobody else's business: the headteachers know, and of
  the others only whom the policy lets read what staff did (``log/visibility.py``).
- A headteacher or safeguarding lead makes, changes and lifts; nobody does for themselves, and
  nobody who is under a sanction sits beside anybody.

Fails closed: somebody whom the register does not know counts as staff.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from admin_ui.access import ASKERS, DSLS, HEADS, OFFICERS
from admin_ui.log.reader import reader
from admin_ui.log.visibility import Sight, Staff
from appliance.policy.model import Sanction, Subject, SubjectKind
from appliance.policy.snapshot import Contents
from appliance.store.accounts import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What one account needs to know. colleagues: the policy lets them read what staff did."""

    account: Account
    contents: Contents
    staff: Staff
    colleagues: bool

    @property
    def decides(self) -> bool:
        """Whether they make and lift sanctions at all."""
        return bool(self.account.posts & (HEADS | DSLS))

    @property
    def reasons(self) -> bool:
        """Whether they are told why."""
        return bool(self.account.posts & (HEADS | OFFICERS))

    def sees(self, subject: Subject) -> bool:
        """Whether they may know that somebody is under a sanction."""
        if self.account.posts & HEADS:
            return True
        if self.about_staff(subject):
            return self.reasons and self.colleagues
        return bool(self.account.posts & ASKERS)

    def may_decide(self, subject: Subject) -> bool:
        """Whether they may make, change or lift a sanction on somebody."""
        return self.decides and self.sees(subject) and not self.about_me(subject)

    def may_supervise(self, subject: Subject, running: Iterable[Sanction]) -> bool:
        """Whether they may sit beside somebody. running: every sanction that holds now."""
        if not self.account.posts & ASKERS or self.about_me(subject) or not self.sees(subject):
            return False
        return not any(self.about_me(one.subject) for one in running)

    def about_staff(self, subject: Subject) -> bool:
        """Whether a person or device is of staff, or not known."""
        person = self._person(subject)
        if subject.kind is SubjectKind.PERSON:
            known = any(one.id == subject.id for one in self.contents.people)
            return not known or person in self.staff.people
        device = next((one for one in self.contents.devices if one.id == subject.id), None)
        if device is None:
            return True
        of_staff = device.role is not None and device.role not in self.staff.others
        return of_staff or person in self.staff.people

    def about_me(self, subject: Subject) -> bool:
        """Whether a person or device is whoever is signed in, or theirs."""
        person = self._person(subject)
        return bool(person) and person == self.account.person

    def _person(self, subject: Subject) -> str:
        if subject.kind is SubjectKind.PERSON:
            return subject.id
        return next((d.person or "" for d in self.contents.devices if d.id == subject.id), "")


def need(session: Session) -> Need:
    """Return what whoever is signed in needs to know."""
    found = reader(session)
    return Need(
        account=found.account, contents=found.view.snapshot.contents, staff=found.staff,
        colleagues=found.seen.staff is Sight.NAME,
    )  # fmt: skip
