"""Signs are found client by client, only where the log is open to the reader; rulings are kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from appliance.attempts.attempt import Attempt
from appliance.attempts.visits import Changes, Entry
from appliance.circumvention.rulings import State
from appliance.circumvention.signals import Signal
from appliance.circumvention.weights import shipped
from appliance.store import attempts, signals
from appliance.store.attempt_wanted import Scope
from appliance.store.session import Store
from tests.builders import at, attempt

EVERYBODY = Scope(everybody=True, illegal=True)
PUPILS = Scope(roles=frozenset({"pupil"}), closed=frozenset({"ann"}), illegal=True)
SINCE, DAY = at("08:00"), timedelta(days=1)


def sign(host: str = "nordvpn.com", when: datetime | None = None, **more: Any) -> Attempt:
    values = {
        "reason": "circumvention", "category": "vpn", "service": "", "role": "pupil",
        "at": when or at("09:30"),
    }  # fmt: skip
    return attempt(host, **{**values, **more})


def write(store: Store, *found: Attempt) -> None:
    with store.session() as session:
        attempts.write(session, Changes(tuple(Entry(one) for one in found), (), ()))


def seen(store: Store, scope: Scope = EVERYBODY) -> dict[str, signals.Sighting]:
    with store.reading() as session:
        return {one.client: one for one in signals.sightings(session, scope, SINCE)}


def test_signs_are_gathered_by_person_device_or_address(store: Store) -> None:
    write(
        store,
        sign(person="sam", device="pc", device_name="Old name"),
        sign("torproject.org", at("09:40"), person="sam", category="tor", count=3),
        sign(device="pc", device_name="Library 3", network="library"),
        sign(mac="02:00:00:00:00:01"), sign(address="10.0.0.9"),
        sign("192.0.2.1", signal="dot_port", category="", person="bob"),
        sign(reason="service_rule", person="eve"), sign(signal="of another world", person="eve"),
        sign(when=at("07:00"), person="early"),
    )  # fmt: skip
    found = seen(store)
    assert set(found) == {
        "person:sam", "device:pc", "device:02:00:00:00:00:01", "address:10.0.0.9", "person:bob",
    }  # fmt: skip
    events = {(e.signal, e.target, e.count) for e in found["person:sam"].events}
    assert events == {(Signal.VPN_NAME, "nordvpn.com", 1), (Signal.TOR_NAME, "torproject.org", 3)}
    assert found["person:bob"].events[0].signal is Signal.DOT_PORT
    assert (found["device:pc"].device_name, found["device:pc"].network) == ("Library 3", "library")


def test_only_rows_that_are_open_to_the_reader(store: Store) -> None:
    write(store, sign(person="sam"), sign(person="ann"), sign(person="t", role="staff"))
    assert set(seen(store, PUPILS)) == {"person:sam"}
    assert seen(store, Scope()) == {}
    with store.reading() as session:
        for who, rows in ((("person", "sam"), 1), (("person", "ann"), 0), (("person", "t"), 0)):
            assert len(signals.evidence(session, PUPILS, who, SINCE)) == rows


def test_the_evidence_is_that_client_s_alone_newest_first(store: Store) -> None:
    write(
        store, sign(device="pc"), sign("b.example", at("09:50"), device="pc"),
        sign("c.example", device="pc", person="sam"), sign("d.example", mac="pc"),
    )  # fmt: skip
    with store.reading() as session:
        rows = signals.evidence(session, EVERYBODY, ("device", "pc"), SINCE)
        few = signals.evidence(session, EVERYBODY, ("device", "pc"), SINCE, limit=1)
    assert [row.attempt.host for row in rows] == ["b.example", "d.example", "nordvpn.com"]
    assert few == rows[:1]


def test_whoever_makes_rows_by_the_thousand_hides_nobody(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signals, "MOST", 50)
    monkeypatch.setattr(signals, "EACH", 10)
    flood = [sign(f"{n}.example", at("10:00"), person="mallory") for n in range(200)]
    write(store, sign(person="sam"), *flood)
    found = seen(store)
    assert len(found["person:sam"].events) == 1
    assert len(found["person:mallory"].events) == 10


def test_the_rows_are_found_by_their_own_index(store: Store) -> None:
    with store.reading() as session:
        plan = session.execute(
            text("EXPLAIN QUERY PLAN SELECT host FROM attempt WHERE attempt.reason = "
                 "'circumvention' AND attempt.at >= 5 ORDER BY at DESC")
        )  # fmt: skip
        assert "ix_attempt_circumvention" in " ".join(str(row) for row in plan)


def test_what_was_said_is_kept_replaced_and_taken_back(store: Store) -> None:
    now = at("10:00")
    with store.session() as session:
        made = signals.rule(
            session, "person:sam", State.FALSE_ALARM, by="dsl", at=now, until=now + DAY,
            kinds=[Signal.VPN_NAME, Signal.DOT_PORT], note="  A speech therapist’s app  ",
        )  # fmt: skip
        assert (made.note, made.kinds) == (
            "A speech therapist’s app", frozenset({Signal.VPN_NAME, Signal.DOT_PORT}),
        )  # fmt: skip
        assert signals.rulings(session) == {"person:sam": made}
        said = signals.rule(session, "person:sam", State.SEEN, by="head", at=now + DAY, kinds=[])
        assert signals.rulings(session) == {"person:sam": said}
        later = now + signals.KEPT + 2 * DAY
        signals.rule(session, "device:pc", State.SEEN, by="head", at=later, kinds=[])
        assert set(signals.rulings(session)) == {"device:pc"}
        assert signals.withdraw(session, "device:pc")
        assert not signals.withdraw(session, "device:pc")


@pytest.mark.parametrize(
    ("state", "days"),
    [(State.FALSE_ALARM, None), (State.SEEN, 1), (State.FALSE_ALARM, 0), (State.FALSE_ALARM, 400)],
)
def test_an_end_that_cannot_be_is_refused(store: Store, state: State, days: int | None) -> None:
    now = at("10:00")
    until = None if days is None else now + days * DAY
    with store.session() as session, pytest.raises(ValueError, match="until: "):
        signals.rule(session, "person:sam", state, by="dsl", at=now, until=until, kinds=[])


def test_the_school_s_own_figures(store: Store) -> None:
    with store.session() as session:
        assert signals.weights(session) == shipped()
        assert signals.change_weights(session, {"likely": 9.0}).likely == 9
        assert signals.change_weights(session, {"vpn_name": 2.0}).likely == 9
        assert signals.weights(session).signals[Signal.VPN_NAME].weight == 2
        with pytest.raises(ValueError, match="likely: "):
            signals.change_weights(session, {"likely": 1.0})
        assert signals.weights(session).likely == 9
        assert signals.change_weights(session, {}) == shipped()
