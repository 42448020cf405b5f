"""From what workers wrote to what the technician finds: taken in once, kept through failures."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from appliance import clock, policy_file
from appliance.look_alikes import feed
from appliance.look_alikes.feed import Feed
from appliance.look_alikes.gatherer import KEEP, LOOK, Gatherer
from appliance.store import audit, lists, look_alikes, name_uses, policies, settings
from appliance.store.look_alikes import State
from appliance.store.session import Store, open_store
from tests.appliance.look_alikes.salt import fixed_salt


class Ticking:
    """A monotonic clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "bellgate.db")
    with opened.session() as session:
        text = policy_file.template_text("duffield-meadows")
        policies.set_policy(session, text, "duffield-meadows", "test", "test", clock.real())
        settings.put(session, "local_domains", ["facebook.duffield.example"])
    yield opened
    opened.close()


@pytest.fixture
def run(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    return tmp_path / "run"


def today() -> date:
    return clock.real().date()


def told(run: Path, *hosts: str, clients: int = 1, day: date | None = None) -> None:
    fixed_salt(run, day or today())
    worker = Feed(run)
    worker.begin(day or today())
    for host in hosts:
        for number in range(clients):
            worker.note(host, number.to_bytes(4))
    worker.flush()


def open_ones(store: Store) -> dict[str, look_alikes.LookAlike]:
    with store.reading() as session:
        return {one.site: one for one in look_alikes.list_(session, State.OPEN)}


def test_a_look_alike_is_put_up_held_and_told_of_once(store: Store, run: Path) -> None:
    tick = Ticking()
    gatherer = Gatherer(run, tick)
    told(run, "www.faceb00k.example", "bbc.co.uk", "facebook.com", "facebook.duffield.example")
    gatherer.look(store)
    found = open_ones(store)
    assert list(found) == ["faceb00k.example"]
    assert (found["faceb00k.example"].service, found["faceb00k.example"].held) == ("facebook", True)
    assert found["faceb00k.example"].clients == 0  # one device is no number
    assert feed.waiting(run) == ()
    with store.reading() as session:
        assert list(lists.names_of(session, look_alikes.HELD)) == ["faceb00k.example"]
        kept = next(one for one in lists.list_(session) if one.id == look_alikes.HELD)
        assert kept.category == "unclassified_social"
        entries = [link.entry for link in audit.every(session)]
    assert [e.subject for e in entries if e.action == "look_alike.found"] == ["faceb00k.example"]
    told(run, "faceb00k.example", clients=6)
    tick.at += LOOK
    gatherer.look(store)
    with store.reading() as session:
        again = [e for e in audit.every(session) if e.entry.action == "look_alike.found"]
    assert len(again) == 1
    assert open_ones(store)["faceb00k.example"].clients == 6


def test_what_was_decided_stays_decided(store: Store, run: Path) -> None:
    tick = Ticking()
    gatherer = Gatherer(run, tick)
    told(run, "faceb00k.example")
    gatherer.look(store)
    with store.session() as session:
        look_alikes.dismiss(session, "faceb00k.example", by="ict", at=clock.real())
        assert lists.list_(session) == ()  # and it is held no longer
    told(run, "www.faceb00k.example", clients=9)
    tick.at += KEEP
    gatherer.look(store)
    assert open_ones(store) == {}
    with store.reading() as session:
        assert lists.list_(session) == ()


def test_sudden_use_is_measured_against_the_days_before(store: Store, run: Path) -> None:
    with store.session() as session:
        for back in range(1, 7):
            name_uses.put(session, today() - timedelta(days=back), {"steady.example": 20})
    told(run, "www.steady.example", "new.example", "chat.new.example", clients=20)
    Gatherer(run, Ticking()).look(store)
    found = open_ones(store)
    assert list(found) == ["new.example"]
    assert re.match(r"About (1[89]|2[0-2]) devices used it", found["new.example"].reasons[0])
    assert "“chat” is part of it" in found["new.example"].reasons[0]
    assert not found["new.example"].held
    with store.reading() as session:
        assert lists.list_(session) == ()


def test_numbers_are_kept_without_few_and_forgotten_in_time(store: Store, run: Path) -> None:
    old = today() - timedelta(days=40)
    with store.session() as session:
        name_uses.put(session, old, {"old.example": 9})
    told(run, "two.example", clients=2)
    told(run, "many.example", clients=5)
    Gatherer(run, Ticking()).look(store)
    with store.reading() as session:
        days = name_uses.days_before(session, today() + timedelta(days=1), 9)
        found = name_uses.of(session, ["two.example", "many.example"], days)
    assert days == (today(),)
    assert found == {"two.example": (0,), "many.example": (5,)}


def test_the_salt_of_a_day_that_is_over_is_removed(store: Store, run: Path) -> None:
    yesterday = today() - timedelta(days=1)
    told(run, "a.example", day=yesterday)
    told(run, "a.example")
    Gatherer(run, Ticking()).look(store)
    assert [p.name for p in (run / feed.FOLDER).glob("salt-*")] == [f"salt-{today()}"]


def test_files_that_are_none_of_ours_cost_nothing(store: Store, run: Path) -> None:
    told(run, "faceb00k.example")
    folder = run / feed.FOLDER
    (folder / "0-1.json").write_text("{", encoding="ascii")
    said = {"day": today().isoformat(), "hosts": {"": "1", "a b": "1", "x" * 300: "1"}}
    (folder / "0-2.json").write_text(json.dumps(said), encoding="ascii")
    Gatherer(run, Ticking()).look(store)
    assert list(open_ones(store)) == ["faceb00k.example"]
    assert feed.waiting(run) == ()


def test_a_store_that_fails_loses_no_file(
    store: Store, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tick = Ticking()
    gatherer = Gatherer(run, tick)
    told(run, "faceb00k.example")

    def full(*_: object) -> bool:
        raise OperationalError("", {}, Exception("database or disk is full"))

    with monkeypatch.context() as patch:
        patch.setattr(look_alikes, "put", full)
        with pytest.raises(OperationalError):
            gatherer.look(store)
    assert len(feed.waiting(run)) == 1
    assert open_ones(store) == {}
    tick.at += LOOK
    gatherer.look(store)
    assert list(open_ones(store)) == ["faceb00k.example"]


def test_it_looks_only_now_and_then(store: Store, run: Path) -> None:
    tick = Ticking()
    gatherer = Gatherer(run, tick)
    gatherer.look(store)
    told(run, "faceb00k.example")
    gatherer.look(store)
    assert len(feed.waiting(run)) == 1
    gatherer.look(store, ending=True)
    assert feed.waiting(run) == ()


def test_without_a_policy_everything_waits(tmp_path: Path, run: Path) -> None:
    empty = open_store(tmp_path / "empty.db")
    told(run, "faceb00k.example")
    Gatherer(run, Ticking()).look(empty)
    empty.close()
    assert len(feed.waiting(run)) == 1


def test_more_sites_than_are_counted_hide_no_look_alike(
    store: Store, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.look_alikes.gatherer.MOST_SITES", 5)
    monkeypatch.setattr("appliance.look_alikes.gatherer.MOST_HOSTS", 5)
    told(run, *(f"site{n}.example" for n in range(50)), "faceb00k.example")
    Gatherer(run, Ticking()).look(store)
    assert list(open_ones(store)) == ["faceb00k.example"]


def test_a_flood_is_taken_in_piece_by_piece(
    store: Store, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.look_alikes.gatherer._AT_ONCE", 10)
    for file in range(3):
        told(run, *(f"site{n}.{file}.example" for n in range(10)), f"faceb00k{file}.example")
    tick = Ticking()
    gatherer = Gatherer(run, tick)
    for left in (2, 1, 0):
        gatherer.look(store)
        assert len(feed.waiting(run)) == left
        tick.at += LOOK
    assert len(open_ones(store)) == 3


def test_names_made_up_by_the_thousand_flood_nobody(
    store: Store, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look_alikes, "MOST_OPEN", 3)
    told(run, *(f"facebook-login{n}.github.io" for n in range(9)))
    Gatherer(run, Ticking()).look(store)
    assert len(open_ones(store)) == 3
