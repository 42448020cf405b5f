"""A school with a pupil, a teacher and a visitor in its log, and readers of every kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from appliance import clock
from appliance.accounts.posts import Post
from appliance.attempts.attempt import Attempt, Layer, Visit
from appliance.attempts.visits import Changes, Entry
from appliance.policy.subjects import Device, Group, Person
from appliance.store import attempts, devices, people
from appliance.store.account_tables import AccountRow
from appliance.store.audit_tables import AuditRow
from tests.admin_ui.conftest import School
from tests.builders import attempt

PUPIL, TEACHER, VISITOR = "Sam Pupil", "Ann Teacher", "Visitor phone"
HIDDEN = (
    "Ann Teacher",
    "ann.t",
    "teacher-laptop",
    "Ann’s laptop",
    "10.2.0.77",
    "02:00:00:00:00:77",
)


@dataclass
class Log:
    """A school whose log can be written to. now: the time of the newest rows."""

    school: School
    now: datetime
    ids: dict[str, int] = field(default_factory=dict)

    def write(self, *made: Attempt) -> list[int]:
        """Write rows as the recorder does."""
        with self.school.store.session() as session:
            entries = tuple(Entry(one) for one in made)
            return list(attempts.write(session, Changes(entries, (), ())))

    def entries(self, *actions: str) -> list[AuditRow]:
        """Return the audit entries of some actions, oldest first."""
        with self.school.store.reading() as session:
            query = select(AuditRow).where(AuditRow.action.in_(actions)).order_by(AuditRow.number)
            return list(session.scalars(query))

    def pupil(self, host: str = "tiktok.com", minutes: int = 5, **more: object) -> Attempt:
        """Return an attempt of the pupil so many minutes ago."""
        values = {
            "at": self.now - timedelta(minutes=minutes), "person": "sam", "role": "pupil",
            "address": "10.1.0.5", "mac": "02:00:00:00:00:05", "device": "class-pc",
            "device_name": "Class PC 5", "groups": ("y5",), "layer": Layer.HTTP,
            "visit": Visit.PAGE, "url": f"https://{host}/path-of-sam", "service": "tiktok",
            "category": "media_sharing", **more,
        }  # fmt: skip
        return attempt(host, **values)

    def teacher(self, host: str = "facebook.com", minutes: int = 6, **more: object) -> Attempt:
        """Return an attempt of the teacher."""
        values = {
            "at": self.now - timedelta(minutes=minutes), "person": "ann.t", "role": "staff",
            "address": "10.2.0.77", "mac": "02:00:00:00:00:77", "device": "teacher-laptop",
            "device_name": "Ann’s laptop", "layer": Layer.HTTP, "visit": Visit.PAGE,
            "url": f"https://{host}/page-of-ann", **more,
        }  # fmt: skip
        return attempt(host, **values)


def fill(school: School) -> Log:
    """Put people, devices and rows into a school."""
    with school.store.session() as session:
        people.add_group(session, Group(id="y5", name="Year 5"))
        people.add_person(session, Person(id="sam", name=PUPIL, role="pupil", groups=("y5",)))
        people.add_person(session, Person(id="ann.t", name=TEACHER, role="staff"))
        devices.add(session, Device(
            id="teacher-laptop", name="Ann’s laptop", macs=("02:00:00:00:00:77",), person="ann.t",
        ))  # fmt: skip
        row = session.get(AccountRow, school.accounts[Post.STAFF].id)
        assert row is not None
        row.person = "ann.t"
    school.publish()
    log = Log(school, clock.real() - timedelta(minutes=1))
    ids = log.write(
        log.pupil(), log.teacher(),
        log.pupil("noise.example", 4, visit=Visit.BACKGROUND, url=""),
        attempt("x.com", at=log.now - timedelta(minutes=7), person="", role="visitor",
                address="10.3.0.9", mac="02:00:00:00:00:09", device="", device_name=VISITOR,
                visit=Visit.LOOKUP),
        log.teacher("instagram.com", 8, role="pupil"),  # a teacher on a classroom computer
    )  # fmt: skip
    log.ids = dict(zip(("pupil", "teacher", "noise", "visitor", "shared"), ids, strict=True))
    return log


@pytest.fixture
def log(school: School) -> Log:
    """Return a filled school under the reference policy."""
    return fill(school)


@pytest.fixture
def log_of(make_school: Callable[..., School]) -> Callable[[str], Log]:
    """Return a maker of filled schools: ``log_of("daffodil-prep")``."""
    return lambda template: fill(make_school(template))
