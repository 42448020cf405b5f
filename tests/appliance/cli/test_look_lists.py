"""What ``status`` says of lists and of the filter behind the gate: any doubt is amber."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from appliance import clock
from appliance.cli.look_lists import the_lists
from appliance.cli.places import Places
from appliance.lists.body import Known
from appliance.lists.presets import presets
from appliance.status.checks import Check, Level
from appliance.store import fetches, filter_checks, subscriptions
from appliance.store.filter_checks import FilterTest, Look
from appliance.store.session import Store, open_store


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path)


@pytest.fixture
def store(places: Places) -> Iterator[Store]:
    opened = open_store(places.database)
    yield opened
    opened.close()


def check(places: Places, name: str) -> Check:
    return next(one for one in the_lists(places) if one.name == name)


def subscribe(store: Store, made: datetime) -> str:
    with store.session() as session:
        wanted = presets()[0].subscription(made=made, made_by="test")
        return subscriptions.add(session, wanted).subscription.list_id


@pytest.mark.usefixtures("store")
def test_without_lists_nothing_is_wrong(places: Places) -> None:
    assert check(places, "lists").level is Level.GOOD


def test_a_list_that_fails_is_amber_until_it_is_there(places: Places, store: Store) -> None:
    now = clock.real()
    id_ = subscribe(store, now)
    assert check(places, "lists").level is Level.GOOD, "it was asked for just now"
    with store.session() as session:
        fetches.failed(session, id_, "The server answered 404: gone.", at=now, share=0.5)
    amber = check(places, "lists")
    assert amber.level is Level.AMBER
    assert "404" in amber.words
    assert "stays" in amber.words
    with store.session() as session:
        fetches.good(session, id_, Known(), at=now, share=0.5, entries=1, refused=0,
                     first_refused=(), digest="d")  # fmt: skip
    assert check(places, "lists").level is Level.GOOD
    with store.session() as session:
        subscriptions.change(session, id_, enabled=False)
        fetches.failed(session, id_, "It is off.", at=now, share=0.5)
    assert check(places, "lists").level is Level.GOOD, "nobody wants it"


def test_a_list_that_nobody_fetches_any_more_is_amber(places: Places, store: Store) -> None:
    subscribe(store, clock.real() - timedelta(days=40))
    assert "not fetched since" in check(places, "lists").words


@pytest.mark.parametrize(
    ("age", "good", "level"),
    [
        (timedelta(hours=1), True, Level.GOOD),
        (timedelta(hours=1), False, Level.AMBER),
        (timedelta(hours=27), True, Level.AMBER),
        (timedelta(days=-3), True, Level.AMBER),
    ],
)
def test_the_filter(places: Places, store: Store, age: timedelta, good: bool, level: Level) -> None:
    assert "Nobody set the test names" in check(places, "filter").words
    assert check(places, "filter").level is Level.AMBER
    with store.session() as session:
        filter_checks.put_tests(session, [FilterTest("blocked.filter.example")])
    assert check(places, "filter").level is Level.AMBER
    with store.session() as session:
        filter_checks.note(session, Look(clock.real() - age, good, "It says so."))
    assert check(places, "filter").level is level


def test_a_store_that_cannot_be_used_says_nothing(places: Places) -> None:
    assert list(the_lists(places)) == []
    places.database.write_bytes(b"no database at all, and long enough to be read as one" * 100)
    assert list(the_lists(places)) == []
