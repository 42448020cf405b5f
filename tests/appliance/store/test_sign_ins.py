"""Sign-ins in the store: one for each way on a device, ended once, addresses with the last."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from appliance.store import sign_ins
from appliance.store.session import Store
from appliance.store.sign_ins import PORTAL, RADIUS, SignedIn

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
ONE, TWO = "00:16:3e:00:00:01", "00:16:3e:00:00:02"


def begin(s: Session, mac: str = ONE, how: str = RADIUS, *addresses: str, called: str = "") -> int:
    new = SignedIn(person="t1", how=how, by="t1", mac=mac, addresses=addresses, session=called,
                   starts=AT, ends=AT + HOUR)  # fmt: skip
    return sign_ins.begin(s, new).id


def ids(s: Session, at: datetime = AT) -> list[int]:
    return [one.id for one in sign_ins.running(s, at)]


def test_one_way_on_one_device_is_one_sign_in(store: Store) -> None:
    with store.session() as s:
        wifi, page, other = begin(s), begin(s, ONE, PORTAL), begin(s, TWO)
        assert ids(s) == [wifi, page, other]
        again = begin(s, ONE.upper().replace(":", "-"))
        assert ids(s) == [page, other, again]


def test_it_ends_once_and_never_before_it_began(store: Store) -> None:
    with store.session() as s:
        one = begin(s)
        assert sign_ins.end(s, one, at=AT - HOUR)
        assert not sign_ins.end(s, one, at=AT)
        assert not sign_ins.end(s, 99, at=AT)
        assert ids(s) == []


def test_to_prolong_never_shortens(store: Store) -> None:
    with store.session() as s:
        one = begin(s)
        sign_ins.prolong(s, one, ends=AT)
        assert ids(s, AT + HOUR / 2) == [one]
        sign_ins.prolong(s, one, ends=AT + 2 * HOUR, addresses=["10.1.0.7"])
        assert ids(s, AT + HOUR) == [one]


def test_each_change_is_seen_and_looking_is_none(store: Store) -> None:
    with store.session() as s:
        one = begin(s)
        states = [sign_ins.state(s)]
        sign_ins.prolong(s, one, ends=AT)
        assert sign_ins.state(s) == states[0]
        sign_ins.end(s, one, at=AT)
        assert sign_ins.state(s) != states[0]


def test_only_the_very_address_is_taken_and_only_from_other_devices(store: Store) -> None:
    with store.session() as s:
        begin(s, ONE, RADIUS, "10.1.0.7", "10.1.0.77")
        begin(s, TWO, RADIUS, "10.1.0.7")
        sign_ins.take_addresses(s, TWO, ["10.1.0.7", "10.1.0._", "%"], at=AT)
        found = {one.mac: one.addresses for one in sign_ins.running(s, AT)}
        assert found == {ONE: ("10.1.0.77",), TWO: ("10.1.0.7",)}


def test_names_of_sessions_are_no_patterns(store: Store) -> None:
    with store.session() as s:
        begin(s, ONE, called="ap_1 s1")
        kept = begin(s, TWO, called="apx1 s1")
        assert sign_ins.forget_sessions(s, "ap_1 ", at=AT) == 1
        assert ids(s) == [kept]
        assert sign_ins.of_session(s, "ap_1 s1") is None
