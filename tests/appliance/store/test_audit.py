"""The chain in the database: nobody rewrites it, and no change escapes it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError

from appliance.audit.chain import START, Entry
from appliance.audit.verify import verify
from appliance.policy.subjects import Group
from appliance.store import audit, people, settings
from appliance.store.audit_tables import AuditRow
from appliance.store.session import Store
from appliance.store.tables import GroupRow

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def entry(subject: str = "R1", action: str = "request.reviewed", actor: str = "tech") -> Entry:
    return Entry(at=AT, actor=actor, action=action, subject=subject)


def every(store: Store) -> list[Entry]:
    with store.reading() as session:
        return [link.entry for link in audit.every(session)]


def test_entries_follow_from_each_other(store: Store) -> None:
    with store.session() as session:
        first, second = audit.append(session, entry()), audit.append(session, entry("R2"))
    assert (first.number, first.previous) == (1, START)
    assert (second.number, second.previous) == (2, first.digest)
    with store.reading() as session:
        assert verify(audit.every(session)).entries == 2


def test_what_is_rolled_back_leaves_no_gap(store: Store) -> None:
    def fail_halfway() -> None:
        with store.session() as session:
            audit.append(session, entry())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()
    with store.session() as session:
        assert audit.append(session, entry()).number == 1


@pytest.mark.parametrize(
    "statement",
    [
        update(AuditRow).values(reason="changed"), delete(AuditRow),
        text("UPDATE audit_entry SET digest = ''"), text("DELETE FROM audit_entry"),
        text("REPLACE INTO audit_entry SELECT * FROM audit_entry"),
        text("INSERT INTO audit_entry SELECT number + 5, at, actor, address, action, subject, "
             "reason, detail, previous, digest FROM audit_entry"),
    ],
)  # fmt: skip
def test_the_database_refuses_to_change_or_delete(store: Store, statement: object) -> None:
    with store.session() as session:
        audit.append(session, entry())
    with pytest.raises(DBAPIError), store.session() as session:
        session.execute(statement)  # type: ignore[call-overload]
    assert every(store) == [entry()]


def test_many_at_once_never_get_one_number(store: Store) -> None:
    def write() -> None:
        for _ in range(10):
            with store.session() as session:
                audit.append(session, entry())

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as session:
        found = verify(audit.every(session))
    assert (found.holds, found.entries) == (True, 40)


def test_a_change_that_nobody_tells_of_is_told(store: Store) -> None:
    with store.session(actor="command:root", doing="bellgate x", reason="why") as session:
        people.add_group(session, Group(id="3B", name="3B"))
        settings.put(session, "demo", True)
    (said,) = every(store)
    assert (said.actor, said.action, said.subject, said.reason) == (
        "command:root", "command.ran", "bellgate x", "why",
    )  # fmt: skip
    assert said.detail == {"changed": ["school_group 3B", "setting demo"]}


def test_a_statement_past_the_objects_is_told_too(store: Store) -> None:
    with store.session() as session:
        people.add_group(session, Group(id="3B", name="3B"))
    with store.session() as session:
        session.execute(delete(GroupRow))
    assert [said.action for said in every(store)] == ["store.changed"] * 2
    assert every(store)[1].detail == {"changed": ["school_group"]}


def test_a_change_that_somebody_tells_of_is_told_once(store: Store) -> None:
    with store.session() as session:
        people.add_group(session, Group(id="3B", name="3B"))
        audit.append(session, entry())
    assert every(store) == [entry()]


def test_a_great_change_is_counted_not_listed(store: Store) -> None:
    with store.session() as session:
        for number in range(50):
            people.add_group(session, Group(id=f"g{number}", name="x"))
    (said,) = every(store)
    assert len(said.detail["changed"]) == audit.SHOWN_CHANGES
    assert said.detail["and_more"] == 50 - audit.SHOWN_CHANGES


def test_a_session_that_changes_nothing_says_nothing(store: Store) -> None:
    with store.session() as session:
        settings.get(session, "demo")
    with store.session() as session:
        settings.put(session, "demo", True)
    with store.session() as session:
        settings.put(session, "demo", True)
    assert len(every(store)) == 1


def test_pages_are_newest_first_and_filtered(store: Store) -> None:
    with store.session() as session:
        for number in range(5):
            audit.append(session, entry(f"R{number}"))
        audit.append(session, entry("sam", "log.looked", "dsl"))
    with store.reading() as session:
        assert [link.number for link in audit.page(session, limit=2)] == [6, 5]
        assert [link.number for link in audit.page(session, before=5, limit=2)] == [4, 3]
        assert [link.number for link in audit.page(session, area="log")] == [6]
        assert [link.number for link in audit.page(session, area="log.looked")] == [6]
        assert [link.number for link in audit.page(session, area="lo")] == []
        assert [link.number for link in audit.page(session, actor="dsl", subject="sam")] == [6]
