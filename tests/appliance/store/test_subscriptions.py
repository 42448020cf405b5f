"""Subscriptions in the store: what may be in them, when they are due, what is told of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.lists.body import Known
from appliance.lists.subscription import Subscription
from appliance.store import audit, fetches, lists, starting_lists, subscriptions
from appliance.store.session import Store
from appliance.store.tables import Revision

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
GIVEN = Subscription(
    list_id="bad", name="Bad sites", address="https://lists.example/bad.txt", format="domains",
    category="adult", licence="MIT", attribution="Somebody", every=24, most_change=0.5, made=NOW,
    made_by="test",
)  # fmt: skip


def changed(**fields: object) -> Subscription:
    from dataclasses import replace

    return replace(GIVEN, **fields)  # type: ignore[arg-type]


def test_one_is_kept_changed_and_ended(store: Store) -> None:
    with store.session() as session:
        subscriptions.add(session, GIVEN)
        assert subscriptions.get(session, "bad") == subscriptions.Subscribed(
            GIVEN, subscriptions.Fetch(state="waiting")
        )
        found = subscriptions.change(session, "bad", every=6, name=" Worse sites ")
        assert found is not None
        assert (found.subscription.every, found.subscription.name) == (6, "Worse sites")
        assert subscriptions.change(session, "other", every=6) is None
        assert subscriptions.remove(session, "bad")
        assert not subscriptions.remove(session, "bad")
        assert subscriptions.list_(session) == ()
        subscriptions.add(session, GIVEN)  # nothing of the old one is in the way


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"list_id": "a b"}, "id: "), ({"name": " "}, "name: "), ({"format": "xml"}, "format: "),
        ({"address": "ftp://x.example/"}, "address: "), ({"address": "/etc/passwd"}, "address: "),
        ({"every": 0}, "every: "), ({"every": 10**6}, "every: "),
        ({"most_change": 0.0}, "most_change: "), ({"most_change": 2.0}, "most_change: "),
        ({"category": ""}, "category: "), ({"made": NOW.replace(tzinfo=None)}, "start: "),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(store: Store, fields: dict[str, object], words: str) -> None:
    with store.session() as session:
        with pytest.raises(ValueError, match=words):
            subscriptions.add(session, changed(**fields))
        assert subscriptions.list_(session) == ()


def test_there_is_one_of_an_id(store: Store) -> None:
    with store.session() as session:
        subscriptions.add(session, GIVEN)
        with pytest.raises(ValueError, match="already"):
            subscriptions.add(session, GIVEN)
        with pytest.raises(KeyError, match="made_by"):
            subscriptions.change(session, "bad", made_by="nobody")


def test_a_file_that_the_console_named_stays_and_no_page_names_another(store: Store) -> None:
    with store.session() as session:
        subscriptions.add(session, changed(address="/srv/bad.txt"), files=True)
        assert subscriptions.change(session, "bad", name="Ours") is not None
        with pytest.raises(ValueError, match="https"):
            subscriptions.change(session, "bad", address="/etc/shadow")


def test_nothing_of_it_is_enforced_and_all_of_it_is_told(store: Store) -> None:
    with store.session() as session:
        before = session.query(Revision).one().number
    with store.session(actor="command:test") as session:
        subscriptions.add(session, GIVEN)
    with store.reading() as session:
        assert session.query(Revision).one().number == before
        newest = audit.newest(session)
        assert newest is not None
        assert newest.entry.actor == "command:test"
        assert newest.entry.detail["changed"] == ["subscription bad"]


def test_another_address_is_fetched_whole(store: Store) -> None:
    with store.session() as session:
        subscriptions.add(session, GIVEN)
        fetches.begin(session, "bad", NOW)
        _good(session)
        assert subscriptions.due(session, NOW) == ()
        subscriptions.change(session, "bad", every=12)
        assert subscriptions.due(session, NOW) == ()
        subscriptions.change(session, "bad", address="https://lists.example/other.txt")
        assert [one.list_id for one in subscriptions.due(session, NOW)] == ["bad"]
        found = subscriptions.get(session, "bad")
        assert found is not None
        assert found.fetch.etag == ""


def _good(session: object) -> None:
    fetches.good(
        session, "bad", Known(etag='"1"'), at=NOW, share=0.5, entries=1, refused=0,  # type: ignore[arg-type]
        first_refused=(), digest="d",
    )  # fmt: skip


def test_only_a_list_that_is_there_is_known_to_its_source(store: Store) -> None:
    from appliance.lists.parse import parse

    with store.session() as session:
        subscriptions.add(session, GIVEN)
        _good(session)
        assert fetches.known(session, "bad") == Known()
        lists.add(session, "bad", "adult", parse(["a.example"]), source="x", at=NOW)
        assert fetches.known(session, "bad") == Known(etag='"1"')
        subscriptions.change(session, "bad", category="drugs")
        assert fetches.known(session, "bad") == Known()
        assert fetches.known(session, "none") == Known()


def test_whoever_asks_while_it_is_fetched_gets_another(store: Store) -> None:
    with store.session() as session:
        subscriptions.add(session, GIVEN)
        subscriptions.ask_now(session, "bad", NOW)
        fetches.begin(session, "bad", NOW + timedelta(seconds=1))
        subscriptions.ask_now(session, "bad", NOW + timedelta(seconds=2))
        _good(session)
        assert subscriptions.due(session, NOW) != ()
        fetches.begin(session, "bad", NOW + timedelta(seconds=3))
        _good(session)
        assert subscriptions.due(session, NOW + timedelta(seconds=4)) == ()


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    st.integers(1, 24 * 60),
    st.floats(0, 1, exclude_max=True),
)
def test_the_next_fetch_is_never_late_and_never_at_once(
    at: datetime, every: int, share: float
) -> None:
    due = fetches.next_due(at, every, share)
    span = timedelta(hours=every)
    assert at + span / 3 <= due <= at + span


@pytest.mark.parametrize(
    ("at", "due"),
    [
        (datetime(2026, 11, 23, 10, tzinfo=UTC), datetime(2026, 11, 24, 2, 30, tzinfo=UTC)),
        (datetime(2026, 11, 24, 2, 30, tzinfo=UTC), datetime(2026, 11, 25, 2, 30, tzinfo=UTC)),
        (datetime(2026, 11, 23, 20, tzinfo=UTC), datetime(2026, 11, 24, 20, tzinfo=UTC)),
    ],
)
def test_what_is_daily_is_fetched_by_night(at: datetime, due: datetime) -> None:
    assert fetches.next_due(at, 24, 0.5) == due


@given(st.integers(1, 10**6), st.integers(1, 24 * 60), st.floats(0, 1))
def test_the_wait_after_failures_has_an_end(failures: int, every: int, share: float) -> None:
    wait = fetches.wait(failures, every, share)
    assert timedelta(minutes=11) < wait <= min(timedelta(hours=15), timedelta(hours=every) * 1.25)


def test_a_starter_goes_for_a_longer_list_alone(store: Store) -> None:
    from appliance.lists.parse import parse

    with store.session() as session:
        id_ = starting_lists.PREFIX + "adult"
        lists.add(
            session, id_, "adult", parse(["a.example", "b.example"]),
            source=starting_lists.SOURCE, at=NOW,
        )  # fmt: skip
        assert starting_lists.retire(session, "drugs", "bad", 100) == ""
        assert starting_lists.retire(session, "adult", "bad", 2) == ""
        assert starting_lists.retire(session, "adult", id_, 100) == ""
        assert starting_lists.retire(session, "adult", "bad", 3) == id_
        assert lists.list_(session) == ()
        lists.add(session, id_, "adult", parse(["c.example"]), source="a person", at=NOW)
        assert starting_lists.retire(session, "adult", "bad", 100) == "", "it is the school's own"
        assert starting_lists.add(session, NOW) == (), "there is no policy yet"
