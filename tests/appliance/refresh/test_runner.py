"""Fetching subscriptions for real: what gets into the store, and all that must not."""

from __future__ import annotations

import fcntl
import sqlite3
from datetime import timedelta

import pytest
from sqlalchemy.exc import SQLAlchemyError

from appliance.lists.body import Limits
from appliance.refresh.progress import Watcher
from appliance.refresh.runner import BusyError
from appliance.store import audit, lists, subscriptions
from tests.appliance.lists.list_server import Request
from tests.appliance.refresh.conftest import Bed, names


def test_the_first_fetch_puts_the_list_in_force(bed: Bed) -> None:
    bed.subscribe()
    before = bed.revision()
    bed.server.text("a.example\nnot a name\nb.example\n", ETag='"1"')
    found = bed.update()
    assert (found.state, found.entries, found.refused, found.trouble) == ("good", 2, 1, "")
    assert found.first_refused[0].startswith("2: ")
    assert found.succeeded == found.tried == bed.now
    assert bed.names() == ["a.example", "b.example"]
    kept = bed.kept()
    assert kept is not None
    assert (kept.category, kept.source, kept.entries) == ("adult", bed.server.url, 2)
    assert bed.revision() > before
    with bed.store.reading() as session:
        newest = audit.newest(session)
    assert newest is not None
    assert (newest.entry.actor, newest.entry.action) == ("appliance", "subscription.updated")
    assert list(bed.work.glob("fetch-*")) == []


def test_what_is_unchanged_is_not_sent_and_moves_nothing(bed: Bed) -> None:
    bed.subscribe()

    def answer(request: Request) -> None:
        if request.headers.get("If-None-Match") == '"1"':
            request.head(304)
        else:
            request.text("a.example\n", ETag='"1"')

    bed.server.answer = answer
    bed.update()
    revision = bed.revision()
    found = bed.update()
    assert (found.state, found.succeeded) == ("unchanged", bed.now)
    assert bed.revision() == revision
    with bed.store.session() as session:  # somebody took the list away: it comes back whole
        lists.remove(session, "bad")
    assert bed.update().state == "good"
    assert bed.names() == ["a.example"]


def test_the_same_names_again_move_nothing(bed: Bed) -> None:
    bed.subscribe()
    bed.server.text("a.example\nb.example\n")
    bed.update()
    revision = bed.revision()
    bed.server.text("# newer\nb.example\na.example\na.example\n")
    assert bed.update().state == "good"
    assert bed.revision() == revision


def test_a_subscription_that_ends_meanwhile_leaves_nothing(bed: Bed) -> None:
    bed.subscribe()

    def answer(request: Request) -> None:
        with bed.store.session() as session:
            subscriptions.remove(session, "bad")
        request.text(names(10))

    bed.server.answer = answer
    assert bed.runner.update("bad") is None
    assert bed.kept() is None
    assert bed.runner.update("bad") is None


def test_a_subscription_that_changes_meanwhile_is_fetched_anew(bed: Bed) -> None:
    bed.subscribe()

    def answer(request: Request) -> None:
        with bed.store.session() as session:
            subscriptions.change(session, "bad", category="drugs")
        request.text(names(10))

    bed.server.answer = answer
    assert "fetched anew" in bed.update().trouble
    assert bed.kept() is None


def test_one_at_a_time(bed: Bed) -> None:
    bed.subscribe()
    bed.work.mkdir()
    with (bed.work / "lock").open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(BusyError):
            bed.runner.update("bad")
        assert bed.runner.turn() is None
    assert bed.server.asked == []
    assert bed.runner.turn() == "bad"


def test_a_turn_takes_what_is_due_and_waits_longer_after_each_failure(bed: Bed) -> None:
    bed.subscribe()
    bed.server.answer = lambda request: request.head(500, Content_Length="0")
    waits = []
    for _ in range(8):
        assert bed.runner.turn() == "bad"
        assert bed.runner.turn() is None
        due = bed.get().fetch.due
        assert due is not None
        waits.append(due - bed.now)
        bed.now = due
    assert waits[:3] == [timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1)]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=12)
    bed.server.text(names(3))
    assert bed.runner.turn() == "bad"
    assert bed.get().fetch.failures == 0


def test_whoever_asks_does_not_wait(bed: Bed) -> None:
    bed.subscribe("one")
    bed.subscribe("two")
    bed.server.text(names(3))
    assert {bed.runner.turn(), bed.runner.turn(), bed.runner.turn()} == {"one", "two", None}
    bed.now += timedelta(minutes=1)
    with bed.store.session() as session:
        assert subscriptions.ask_now(session, "two", bed.now)
        assert not subscriptions.ask_now(session, "three", bed.now)
    bed.now += timedelta(minutes=1)
    assert bed.runner.turn() == "two"
    assert bed.runner.turn() is None
    with bed.store.session() as session:
        subscriptions.change(session, "two", enabled=False)
        subscriptions.ask_now(session, "two", bed.now)
    assert bed.runner.turn() is None, "it is switched off"


def test_a_clock_that_was_ahead_holds_nothing_up(bed: Bed) -> None:
    bed.subscribe()
    bed.server.text(names(3))
    bed.now += timedelta(days=4000)
    bed.runner.turn()
    bed.now -= timedelta(days=4000)
    assert bed.runner.turn() == "bad"


def test_what_was_interrupted_is_tried_again(bed: Bed) -> None:
    bed.subscribe()
    bed.server.text(names(30_000))

    class PowerCutError(Exception):
        pass

    def cut(state: str, done: int, total: int | None) -> None:
        if state == "reading":
            raise PowerCutError

    with pytest.raises(PowerCutError):
        bed.update(watcher=Watcher(cut))
    assert bed.get().fetch.state == "fetching"
    assert bed.kept() is None
    (bed.work / "fetch-left").mkdir()  # what a killed process leaves
    assert bed.update().state == "good"
    assert not (bed.work / "fetch-left").exists()
    assert len(bed.names()) == 30_000


def test_progress_is_told(bed: Bed) -> None:
    bed.subscribe()
    text = names(30_000)
    bed.server.text(text)
    told: list[tuple[str, int, int | None]] = []
    bed.update(watcher=Watcher(lambda *one: told.append(one)))
    assert ("fetching", len(text), len(text)) in told
    assert told[-1][:2] == ("reading", 30_000)


def test_a_locked_store_changes_nothing(bed: Bed) -> None:
    bed.subscribe()
    bed.server.text(names(10))
    bed.update()
    path = bed.work.parent / "bellgate.db"
    blocked = sqlite3.connect(path, isolation_level=None, check_same_thread=False)

    def answer(request: Request) -> None:
        blocked.execute("BEGIN IMMEDIATE")
        request.text(names(12))

    bed.server.answer = answer
    with pytest.raises(SQLAlchemyError):
        bed.update()
    blocked.execute("ROLLBACK")
    blocked.close()
    assert len(bed.names()) == 10
    bed.server.text(names(12))
    assert bed.update().state == "good"


def test_a_folder_that_cannot_be_written_to_is_said(bed: Bed) -> None:
    bed.work.parent.joinpath("file").write_text("")
    bed.subscribe()
    bed.work = bed.work.parent / "file" / "work"
    with pytest.raises(OSError, match="directory"):
        bed.runner.update("bad")


def test_too_big_for_the_limits(bed: Bed) -> None:
    bed.subscribe()
    bed.server.text(names(5000))
    bed.limits = Limits(size=1000, room=0)
    assert "oo big" in bed.update().trouble
