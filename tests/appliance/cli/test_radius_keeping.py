"""The Wi-Fi's word on who is where: taken down, told to the faces, and ended."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from ipaddress import ip_network

import pytest
from sqlalchemy.orm import Session

from admin_ui import key
from appliance import clock
from appliance.accounts.sealing import seal
from appliance.cli.radius_keeping import LASTS, REPLAYED
from appliance.cli.signed_in import SignedIn as Told
from appliance.identity.sign_ins import SignIns
from appliance.policy.subjects import Network, Person, Register, Role
from appliance.store import radius, sign_ins
from appliance.store.sign_ins import PORTAL, SignedIn
from tests.appliance.cli.wifi import MAC, OTHER, School
from tests.appliance.identity.accounting import INTERIM, OFF, ON, SECRET, START, STOP, request
from tests.appliance.identity.signed_in import person_of

RADCLIENT = shutil.which("radclient")
HOUR = timedelta(hours=1)


def test_who_comes_is_signed_in_and_who_goes_is_not(wifi: School) -> None:
    assert wifi.hear(request(START, addresses=("10.3.0.7",)))
    assert wifi.person() == "t-larch"
    assert wifi.hear(request(STOP))
    assert wifi.person() is None


def test_an_interim_is_enough_where_the_start_was_lost(wifi: School) -> None:
    wifi.hear(request(INTERIM, "T-LARCH@school.example"))
    assert wifi.person() == "t-larch"


def test_it_lasts_as_long_as_it_is_heard_of(wifi: School) -> None:
    wifi.hear(request(START))
    wifi.at += LASTS - HOUR
    wifi.hear(request(INTERIM))
    wifi.at += HOUR * 2
    assert wifi.person() == "t-larch"
    wifi.at += LASTS
    assert wifi.person() is None


def test_ordinary_interims_are_not_written_down(wifi: School) -> None:
    wifi.hear(request(START))
    with wifi.store.reading() as session:
        before = sign_ins.state(session)
    wifi.at += timedelta(minutes=10)
    wifi.hear(request(INTERIM))
    with wifi.store.reading() as session:
        assert sign_ins.state(session) == before
    wifi.hear(request(INTERIM, addresses=("10.3.0.9",)))
    assert wifi.running()[0].addresses == ("10.3.0.9",)


@pytest.mark.parametrize("wait", [timedelta(minutes=1), REPLAYED - HOUR])
def test_a_session_that_ended_is_not_begun_again(wifi: School, wait: timedelta) -> None:
    wifi.hear(request(START))
    wifi.at += HOUR
    wifi.hear(request(STOP))
    wifi.at += wait
    for status in (START, INTERIM):
        wifi.hear(request(status))
        assert wifi.person() is None
    assert wifi.keeping.counts["ended before"] == 2


def test_a_reused_number_counts_when_it_says_that_it_is_of_later(wifi: School) -> None:
    wifi.at = clock.real()
    wifi.hear(request(START))
    wifi.hear(request(STOP))
    wifi.at += HOUR
    wifi.hear(request(START, at=int(clock.real().timestamp()) + 2))
    assert wifi.person() == "t-larch"


@pytest.mark.parametrize("status", [ON, OFF])
def test_an_access_point_that_restarts_has_nobody_any_more(wifi: School, status: int) -> None:
    wifi.hear(request(START), request(START, "sam", OTHER, "s2", nas="ap2", id_=2))
    wifi.hear(request(status, "", "", ""))
    assert (wifi.person(), wifi.person(OTHER)) == (None, "sam")
    wifi.hear(request(START))  # it counts its sessions from the beginning
    assert wifi.person() == "t-larch"


def test_another_user_on_the_device_takes_its_place(wifi: School) -> None:
    wifi.hear(request(START))
    wifi.hear(request(START, "sam", session="s2"))
    assert wifi.person() == "sam"
    wifi.hear(request(START, "t-larch", session="s3"))
    wifi.hear(request(START, "somebody-unknown", session="s4"))
    assert wifi.person() is None
    assert [one.person for one in wifi.running()] == [""]


def test_another_user_ends_who_signed_in_on_the_devices_page(wifi: School) -> None:
    def by_page() -> list[SignedIn]:
        return [one for one in wifi.running() if one.how == PORTAL]

    with wifi.store.session() as session:
        sign_ins.begin(session, SignedIn(person="t-larch", how=PORTAL, by="larch", mac=MAC,
                       starts=wifi.at - HOUR, ends=wifi.at + HOUR))  # fmt: skip
    wifi.hear(request(START))
    assert len(by_page()) == 1  # the same person
    wifi.hear(request(START, "sam", session="s2"))
    assert by_page() == []


def test_an_address_belongs_to_the_device_that_got_it_last(wifi: School) -> None:
    wifi.hear(request(START, addresses=("10.3.0.7",)))
    wifi.hear(request(START, "sam", OTHER, "s2", addresses=("10.3.0.7",)))
    assert {one.mac: one.addresses for one in wifi.running()} == {MAC: (), OTHER: ("10.3.0.7",)}


@pytest.mark.parametrize(
    "sent",
    [request(START, "t-larch", ""), request(START, "t-larch", MAC, ""),
     request(START, "t-larch", "no mac")],
)  # fmt: skip
def test_what_does_not_say_which_device_is_nobody(wifi: School, sent: bytes) -> None:
    assert wifi.hear(sent)
    assert wifi.running() == ()
    assert wifi.keeping.counts["incomplete"] == 1


@pytest.mark.parametrize("user", ["", " ", "host/laptop", "t-larch2", "a" * 253])
def test_a_name_that_nobody_has_signs_nobody_in(wifi: School, user: str) -> None:
    assert wifi.hear(request(START, user))
    assert wifi.person() is None
    assert wifi.keeping.counts["unknown user"] == 1


def test_a_store_that_is_away_keeps_nothing_and_says_so(wifi: School) -> None:
    wifi.store.engine.dispose()
    (wifi.run.parent / "bellgate.db").rename(wifi.run.parent / "away.db")
    assert not wifi.hear(request(START))
    assert wifi.keeping.senders() == ()


def test_a_secret_that_cannot_be_read_is_nobodys(wifi: School) -> None:
    with wifi.store.session() as session:
        radius.add_client(session, "10.0.0.0/24", "", "a secret", lambda _, text: b"torn")
        radius.add_client(
            session, "10.0.1.0/24", "", SECRET.decode(),
            lambda purpose, text: seal(key.ensure(wifi.run.parent), purpose, text),
        )  # fmt: skip
    assert [one.prefix for one in wifi.keeping.senders()] == [ip_network("10.0.1.0/24")]


def test_what_was_heard_is_what_the_faces_look_up(wifi: School) -> None:
    wifi.hear(request(START, addresses=("10.3.0.7",)))
    wifi.run.mkdir(exist_ok=True)
    told = Told(wifi.run)
    with wifi.store.session() as session:
        _set_clock(session, wifi.at)
    told.tell(wifi.store)
    found = SignIns(wifi.run)
    assert person_of(found, "10.3.0.200", MAC, wifi.at) == "t-larch"
    assert person_of(found, "10.3.0.7", None, wifi.at) == "t-larch"


def test_a_device_is_its_users_on_a_stricter_network_when_the_wifi_says_that_it_is_there(
    wifi: School,
) -> None:
    """At the start of most sessions it has no address yet. A MAC alone is easily copied."""
    wifi.run.mkdir(exist_ok=True)
    told = Told(wifi.run)
    with wifi.store.session() as session:
        _set_clock(session, wifi.at)
    register = Register(
        (Role(id="staff", name="Staff", rank=1), Role(id="visitor", name="Visitor", rank=9)),
        (Network(id="wifi", name="Wi-Fi", prefixes=("10.3.0.0/16", "fd00:3::/64"), role="visitor"),
         Network(id="hall", name="Hall", prefixes=("10.4.0.0/16",), role="visitor")),
        (), (Person(id="t-larch", name="T. Larch", role="staff"),),
    )  # fmt: skip

    def role(address: str) -> str:
        told.tell(wifi.store)
        said = SignIns(wifi.run).presence(address, MAC, wifi.at)
        return register.resolve(address, MAC, said).role

    wifi.hear(request(START))
    assert [role(one) for one in ("10.3.0.7", "fd00:3::7")] == ["visitor", "visitor"]
    wifi.hear(request(INTERIM, addresses=("10.3.0.7",)))
    assert [role(one) for one in ("10.3.0.7", "fd00:3::7")] == ["staff", "staff"]
    assert role("10.4.0.7") == "visitor"
    wifi.hear(request(INTERIM, addresses=("10.4.0.7",)))  # it walked there
    assert role("10.4.0.7") == "staff"


def _set_clock(session: Session, at: datetime) -> None:
    from appliance.store import settings

    settings.put(session, "clock_offset", (at - clock.real()).total_seconds())
