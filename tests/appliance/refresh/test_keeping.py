"""The core's thread: it fetches what is due, holds nothing up, and is begun again when it dies."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.refresh.keeping import Keeping
from appliance.store import subscriptions
from tests.appliance.cli.gate_process import until
from tests.appliance.lists.list_server import Request
from tests.appliance.refresh.conftest import Bed, names


@pytest.fixture
def stopping() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def keeper(bed: Bed, stopping: threading.Event) -> Keeping:
    return Keeping(bed.work.parent / "bellgate.db", bed.work, stopping, lambda: ())


def test_it_fetches_what_is_asked_for(bed: Bed, stopping: threading.Event) -> None:
    bed.subscribe()
    bed.server.text(names(5))
    keeper_ = keeper(bed, stopping)
    keeper_.look()
    until(lambda: bed.kept() is not None)
    bed.server.text(names(6))
    with bed.store.session() as session:
        subscriptions.ask_now(session, "bad", bed.get().fetch.tried or bed.now)
    until(lambda: len(bed.names()) == 6)
    stopping.set()
    keeper_.join(20)
    assert not _alive()


def test_a_source_that_drips_does_not_keep_it_from_stopping(
    bed: Bed, stopping: threading.Event
) -> None:
    bed.subscribe()
    reached = threading.Event()

    def drip(request: Request) -> None:
        request.head()
        while not stopping.wait(0.01):
            request.wfile.write(b"x.example\n" * 10_000)
            reached.set()

    bed.server.answer = drip
    keeper_ = keeper(bed, stopping)
    keeper_.look()
    assert reached.wait(30)
    stopping.set()
    keeper_.join(30)
    assert not _alive()
    assert bed.kept() is None


def test_without_a_database_it_waits_and_makes_none(
    tmp_path: Path, stopping: threading.Event
) -> None:
    keeper_ = Keeping(tmp_path / "none.db", tmp_path / "work", stopping, lambda: ())
    keeper_.look()
    until(_alive)
    stopping.set()
    keeper_.join(20)
    assert list(tmp_path.iterdir()) == []


def test_a_thread_that_died_is_begun_again(
    bed: Bed, stopping: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.kept_thread.AGAIN", 0.0)
    monkeypatch.setattr(threading, "excepthook", lambda args: None)
    keeper_ = keeper(bed, stopping)
    died: list[int] = []

    def die() -> None:
        died.append(1)
        raise RecursionError("nobody foresaw it")

    with monkeypatch.context() as broken:
        broken.setattr(keeper_, "_with_store", die)
        keeper_.look()
        until(lambda: died and not _alive())
    bed.subscribe()
    keeper_.look()
    until(lambda: bed.kept() is not None)
    stopping.set()
    keeper_.join(20)
    keeper_.look()
    assert not _alive(), "nothing begins when all ends"


def _alive() -> bool:
    return any(thread.name == "lists" for thread in threading.enumerate())
