"""A school on a Monday in lesson time, with a sanction, ways to ask the gate, and the chain."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from appliance import clock
from appliance.accounts.posts import Post
from appliance.policy.engine import decide
from appliance.policy.model import Sanction, Subject, SubjectKind
from appliance.policy.situation import Query
from appliance.store import audit, sanctions, settings, supervision
from appliance.store.sanctions import KeptSanction
from appliance.store.supervision import KeptSession
from tests.admin_ui.conftest import School
from tests.admin_ui.requests.conftest import registered

LESSON = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # Lesson 1, until 10:30
TABLET, CLASSROOM = "127.0.10.8", "127.0.10.7"  # Pip's own; a shared one of 3B
REASON = "Looked for a VPN three times"


@pytest.fixture
def monday(make_school: Callable[..., School]) -> School:
    """Return the school under the default policy, in the first lesson of a Monday."""
    return registered(make_school(rehearse=(LESSON - clock.real()).total_seconds()))


def now(school: School) -> datetime:
    """Return the gate's time."""
    at: datetime = school.app.extensions["gate"].view().at
    return at.astimezone(UTC)


def ban(
    school: School, who: str = "person:pip", *, days: int | None = 2, reason: str = REASON
) -> str:
    """Put somebody under a sanction; return its id."""
    kind, _, id_ = who.partition(":")
    with school.store.session() as session:
        at = now(school)
        made = sanctions.add(
            session,
            Sanction(
                id="", subject=Subject(SubjectKind(kind), id_), start=at, clause="7.2",
                end=None if days is None else at + timedelta(days=days),
            ),
            author=Post.DSL.value, reason=reason, at=clock.real(),
        )  # fmt: skip
    school.publish()
    return made.id


def kept(school: School, id_: str) -> KeptSanction:
    """Return a sanction as it is kept."""
    with school.store.reading() as session:
        found = sanctions.get(session, id_)
    assert found is not None
    return found


def sessions(school: School) -> tuple[KeptSession, ...]:
    """Return every supervised session."""
    with school.store.reading() as session:
        return supervision.sessions(session)


def reason_at(
    school: School, host: str, address: str = TABLET, at: datetime | None = None
) -> tuple[str, str]:
    """Return what the snapshot in force says to a client: (action, reason)."""
    school.publish()
    view = school.app.extensions["gate"].view()
    client = view.snapshot.register.resolve(address)
    found = decide(Query(client, host, at or view.at), view.snapshot)
    return found.action.value, found.reason.value


def told(school: School) -> list[tuple[str, str, str, dict[str, Any]]]:
    """Return what the audit chain tells of sanctions, looks left out."""
    with school.store.reading() as session:
        entries = [link.entry for link in audit.every(session)]
    return [
        (e.action, e.subject, e.reason, e.detail) for e in entries
        if e.action.startswith("sanction.") and e.action != "sanction.looked"
    ]  # fmt: skip


def at_time(school: School, at: datetime) -> None:
    """Rehearse another time, in force."""
    with school.store.session() as session:
        settings.put(session, "clock_offset", (at - clock.real()).total_seconds())
    school.publish()
