"""Fetching subscriptions for real: what gets into the store, and all that must not."""

from __future__ import annotations

import fcntl
import sqlite3
from datetime import timedelta
from pathlib import Path

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
    assert (newest.entry.actor, newest.entry.action) == ("appliance", "list.updated")
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


@pytest.mark.parametrize(
    ("text", "content_type", "state", "words"),
    [
        ("", "text/plain", "failed", "empty"),
        ("# nothing yet\n", "text/plain", "failed", "not one name"),
        ("<!doctype html><p>Sign in", "text/plain", "failed", "web page"),
        (names(200), "text/html", "failed", "text/html"),
        ("?? ??\n" * 90 + names(30), "text/plain", "failed", "are no names"),
        (names(20), "text/plain", "held", "It had 200 names and now has 20: kept the old one."),
        (names(401), "text/plain", "held", "now has 401"),
        (names(200, 120), "text/plain", "held", "120 of its 200 names are gone"),
    ],
)
def test_a_bad_update_keeps_the_old_list(
    bed: Bed, text: str, content_type: str, state: str, words: str
) -> None:
    bed.subscribe()
    bed.server.text(names(200), ETag='"good"')
    bed.update()
    revision = bed.revision()
    bed.server.text(text, content_type=content_type, ETag='"bad"')
    found = bed.update()
    assert found.state == state
    assert words in found.trouble
    assert len(bed.names()) == 200
    assert bed.revision() == revision
    assert found.etag == '"good"', "else the next fetch would take the bad one for known"
    assert found.succeeded is not None
    assert found.tried is not None
    assert found.succeeded < found.tried


def test_servers_that_break_off_change_nothing(bed: Bed) -> None:
    bed.subscribe()
    bed.server.text(names(200))
    bed.update()

    def half(request: Request) -> None:
        request.head(Content_Length="5000")
        request.wfile.write(names(150).encode())

    bed.server.answer = half
    assert "broke off" in bed.update().trouble
    bed.server.answer = lambda request: request.head(503, Content_Length="0")
    assert "503" in bed.update().trouble
    assert len(bed.names()) == 200


def test_a_held_change_is_taken_as_it_was_looked_at(bed: Bed) -> None:
    bed.subscribe()
    bed.server.text(names(100))
    bed.update()
    bed.server.text(names(30, 90))
    held = bed.update()
    assert (held.state, held.come, held.gone) == ("held", 20, 90)
    assert held.first_come[0] == "n100.example"
    assert held.first_gone[0] == "n0.example"
    assert len(bed.names()) == 100
    assert not bed.accept("another")
    assert bed.accept(held.digest)
    bed.server.text("quite.another.example\n")  # what nobody has looked at
    found = bed.update()
    assert found.state == "good"
    assert len(bed.names()) == 30
    assert not bed.accept(held.digest), "nothing is held any more"
    assert (found.come, found.first_come) == (0, ())
    assert list(bed.work.glob("held-*")) == []


def test_an_accepted_change_that_is_not_there_any_more_is_looked_at_again(bed: Bed) -> None:
    bed.subscribe()
    bed.server.text(names(100))
    bed.update()
    bed.server.text(names(10))
    held = bed.update()
    for waiting in bed.work.glob("held-*"):
        waiting.unlink()
    bed.accept(held.digest)
    bed.server.text(names(5))
    again = bed.update()
    assert (again.state, again.entries, len(bed.names())) == ("held", 5, 100)
    bed.accept(again.digest)
    assert bed.update().state == "good"
    assert len(bed.names()) == 5


def test_a_list_in_a_file(bed: Bed, tmp_path: Path) -> None:
    file = tmp_path / "ours.txt"
    file.write_text(names(10))
    bed.subscribe(address=str(file))
    assert bed.update().state == "good"
    assert bed.update().state == "unchanged"
    file.write_text(names(100))
    held = bed.update()
    assert held.state == "held"
    assert file.exists(), "it is the school's own file"
    bed.accept(held.digest)
    assert bed.update().state == "good"
    assert len(bed.names()) == 100
    assert file.read_text() == names(100)
    file.unlink()
    assert "cannot be read" in bed.update().trouble
    assert len(bed.names()) == 100


def test_the_illegal_class_keeps_its_names_to_itself(bed: Bed) -> None:
    bed.subscribe("iwf", category="illegal")
    bed.server.text("a.example\nsecret words here\n" + names(20))
    found = bed.update("iwf")
    kept = bed.kept("iwf")
    assert kept is not None
    assert (found.state, kept.hashed, kept.entries) == ("good", True, 21)
    assert found.first_refused == ("2: not shown",)
    with bed.store.reading() as session, pytest.raises(ValueError, match="itself"):
        list(lists.names_of(session, "iwf"))
    bed.server.text(names(2))
    held = bed.update("iwf")
    assert (held.state, held.first_gone, held.first_come) == ("held", (), ())
    raw = b"".join(path.read_bytes() for path in bed.work.rglob("*") if path.is_file())
    assert b"example" not in raw
    bed.accept(held.digest, "iwf")
    assert bed.update("iwf").state == "good"
    assert bed.update("iwf").state == "good"


def test_another_category_is_another_list(bed: Bed) -> None:
    bed.subscribe()
    bed.server.text(names(10), ETag='"1"')
    bed.update()
    with bed.store.session() as session:
        subscriptions.change(session, "bad", category="gambling")
    assert bed.update().state == "good"
    kept = bed.kept()
    assert kept is not None
    assert kept.category == "gambling"


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
