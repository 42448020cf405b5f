"""The Wi-Fi's word on who is where: taken down, told to the faces, ended; and the real thing."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from admin_ui import key
from appliance import clock
from appliance.accounts.sealing import seal
from appliance.cli.radius_keeping import LASTS, REPLAYED, Keeping
from appliance.cli.signed_in import SignedIn as Told
from appliance.identity.radius import read, record
from appliance.identity.radius_server import Heard
from appliance.identity.sign_ins import SignIns
from appliance.policy.subjects import Network, Person
from appliance.store import networks, people, radius, sign_ins
from appliance.store.session import Store, open_store
from appliance.store.sign_ins import PORTAL, SignedIn
from tests.appliance.cli.gate_process import free_ports, until
from tests.appliance.cli.test_stored import Bench
from tests.appliance.identity.accounting import INTERIM, OFF, ON, SECRET, START, STOP, request

MAC, OTHER = "00:16:3e:00:00:01", "00:16:3e:00:00:02"
RADCLIENT = shutil.which("radclient")
HOUR = timedelta(hours=1)


class School:
    """A store with two people, and a clock that is moved by hand."""

    def __init__(self, data: Path) -> None:
        self.bench = Bench(data)
        self.store: Store = open_store(data / "bellgate.db")
        self.at = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
        self.run = data / "run"
        self.keeping = Keeping(self.store, key.ensure(data), lambda _: self.at)
        with self.store.session() as session:
            networks.add(session, Network(id="wifi", name="Wi-Fi", prefixes=("10.3.0.0/16",),
                         role="visitor"))  # fmt: skip
            people.add_person(session, Person(id="t-larch", name="T. Larch", role="staff"))
            people.add_person(session, Person(id="sam", name="Sam Oak", role="pupil"))

    def hear(self, *sent: bytes, source: str = "10.0.0.5") -> bool:
        heard = [Heard(source, record(packet), packet, SECRET) for packet in map(read, sent)]
        return self.keeping.keep(heard)

    def person(self, mac: str = MAC, address: str = "10.3.0.7") -> str | None:
        with self.store.reading() as session:
            found = sign_ins.counting(session, self.at)
        named = {one.mac: one.person for one in found}
        return named.get(mac)

    def running(self) -> tuple[SignedIn, ...]:
        with self.store.reading() as session:
            return sign_ins.running(session, self.at)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[School]:
    made = School(tmp_path / "data")
    yield made
    made.store.close()


def test_who_comes_is_signed_in_and_who_goes_is_not(school: School) -> None:
    assert school.hear(request(START, addresses=("10.3.0.7",)))
    assert school.person() == "t-larch"
    assert school.hear(request(STOP))
    assert school.person() is None


def test_an_interim_is_enough_where_the_start_was_lost(school: School) -> None:
    school.hear(request(INTERIM, "T-LARCH@school.example"))
    assert school.person() == "t-larch"


def test_it_lasts_as_long_as_it_is_heard_of(school: School) -> None:
    school.hear(request(START))
    school.at += LASTS - HOUR
    school.hear(request(INTERIM))
    school.at += HOUR * 2
    assert school.person() == "t-larch"
    school.at += LASTS
    assert school.person() is None


def test_ordinary_interims_are_not_written_down(school: School) -> None:
    school.hear(request(START))
    with school.store.reading() as session:
        before = sign_ins.state(session)
    school.at += timedelta(minutes=10)
    school.hear(request(INTERIM))
    with school.store.reading() as session:
        assert sign_ins.state(session) == before
    school.hear(request(INTERIM, addresses=("10.3.0.9",)))
    assert school.running()[0].addresses == ("10.3.0.9",)


@pytest.mark.parametrize("wait", [timedelta(minutes=1), REPLAYED - HOUR])
def test_a_session_that_ended_is_not_begun_again(school: School, wait: timedelta) -> None:
    school.hear(request(START))
    school.at += HOUR
    school.hear(request(STOP))
    school.at += wait
    for status in (START, INTERIM):
        school.hear(request(status))
        assert school.person() is None
    assert school.keeping.counts["ended before"] == 2


def test_a_reused_number_counts_when_it_says_that_it_is_of_later(school: School) -> None:
    school.at = clock.real()
    school.hear(request(START))
    school.hear(request(STOP))
    school.at += HOUR
    school.hear(request(START, at=int(clock.real().timestamp()) + 2))
    assert school.person() == "t-larch"


@pytest.mark.parametrize("status", [ON, OFF])
def test_an_access_point_that_restarts_has_nobody_any_more(school: School, status: int) -> None:
    school.hear(request(START), request(START, "sam", OTHER, "s2", nas="ap2", id_=2))
    school.hear(request(status, "", "", ""))
    assert (school.person(), school.person(OTHER)) == (None, "sam")
    school.hear(request(START))  # it counts its sessions from the beginning
    assert school.person() == "t-larch"


def test_another_user_on_the_device_takes_its_place(school: School) -> None:
    school.hear(request(START))
    school.hear(request(START, "sam", session="s2"))
    assert school.person() == "sam"
    school.hear(request(START, "t-larch", session="s3"))
    school.hear(request(START, "somebody-unknown", session="s4"))
    assert school.person() is None
    assert [one.person for one in school.running()] == [""]


def test_another_user_ends_who_signed_in_on_the_devices_page(school: School) -> None:
    def by_page() -> list[SignedIn]:
        return [one for one in school.running() if one.how == PORTAL]

    with school.store.session() as session:
        sign_ins.begin(session, SignedIn(person="t-larch", how=PORTAL, by="larch", mac=MAC,
                       starts=school.at - HOUR, ends=school.at + HOUR))  # fmt: skip
    school.hear(request(START))
    assert len(by_page()) == 1  # the same person
    school.hear(request(START, "sam", session="s2"))
    assert by_page() == []


def test_an_address_belongs_to_the_device_that_got_it_last(school: School) -> None:
    school.hear(request(START, addresses=("10.3.0.7",)))
    school.hear(request(START, "sam", OTHER, "s2", addresses=("10.3.0.7",)))
    assert {one.mac: one.addresses for one in school.running()} == {MAC: (), OTHER: ("10.3.0.7",)}


@pytest.mark.parametrize(
    "sent",
    [request(START, "t-larch", ""), request(START, "t-larch", MAC, ""),
     request(START, "t-larch", "no mac")],
)  # fmt: skip
def test_what_does_not_say_which_device_is_nobody(school: School, sent: bytes) -> None:
    assert school.hear(sent)
    assert school.running() == ()
    assert school.keeping.counts["incomplete"] == 1


@pytest.mark.parametrize("user", ["", " ", "host/laptop", "t-larch2", "a" * 253])
def test_a_name_that_nobody_has_signs_nobody_in(school: School, user: str) -> None:
    assert school.hear(request(START, user))
    assert school.person() is None
    assert school.keeping.counts["unknown user"] == 1


def test_a_store_that_is_away_keeps_nothing_and_says_so(school: School) -> None:
    school.store.engine.dispose()
    (school.run.parent / "bellgate.db").rename(school.run.parent / "away.db")
    assert not school.hear(request(START))
    assert school.keeping.senders() == ()


def test_a_secret_that_cannot_be_read_is_nobodys(school: School) -> None:
    with school.store.session() as session:
        radius.add_client(session, "10.0.0.0/24", "", "a secret", lambda _, text: b"torn")
        radius.add_client(
            session, "10.0.1.0/24", "", SECRET.decode(),
            lambda purpose, text: seal(key.ensure(school.run.parent), purpose, text),
        )  # fmt: skip
    assert [one.prefix for one in school.keeping.senders()] == [ip_network("10.0.1.0/24")]


def test_what_was_heard_is_what_the_faces_look_up(school: School) -> None:
    school.hear(request(START, addresses=("10.3.0.7",)))
    school.run.mkdir(exist_ok=True)
    told = Told(school.run)
    with school.store.session() as session:
        _set_clock(session, school.at)
    told.tell(school.store)
    found = SignIns(school.run)
    assert found.person_of("10.3.0.200", MAC, school.at) == "t-larch"
    assert found.person_of("10.3.0.7", None, school.at) == "t-larch"


def test_names_and_realms_and_clients_are_put_by_command(tmp_path: Path) -> None:
    bench, file = Bench(tmp_path / "data"), tmp_path / "secret"
    file.write_text("not so secret, but long\n")
    added = bench.json("radius", "clients", "add", "10.0.0.0/24", "--secret-file", str(file))
    assert added == {"prefix": "10.0.0.0/24", "name": ""}
    assert bench.json("radius", "clients", "list") == [added]
    assert b"not so secret" not in (tmp_path / "data" / "bellgate.db").read_bytes()
    for words in (("10.0.0.1/24",), ("nonsense",), ("0.0.0.0/0",)):
        refused = bench.run("radius", "clients", "add", *words, "--secret-file", str(file))
        assert (refused.exit_code, refused.stdout) == (2, "")
    file.write_text("short")
    assert bench.run("radius", "clients", "add", "10.0.2.0/24", "--secret-file",
                     str(file)).exit_code == 2  # fmt: skip
    assert bench.run("radius", "names", "add", "larch.t", "nobody").exit_code == 2
    assert bench.json("radius", "realms", "add", "@School.Example") == {"realm": "school.example"}
    assert bench.json("radius", "realms", "list") == ["school.example"]
    for part, what in (("clients", "10.0.0.0/24"), ("realms", "school.example")):
        assert bench.json("radius", part, "remove", what) == {"removed": what}
        assert bench.run("radius", part, "remove", what).exit_code == 2
        assert bench.json("radius", part, "list") == []
    actions = [one["action"] for one in bench.json("audit", "show")]
    assert "settings.radius_client_added" in actions
    assert "settings.radius_client_removed" in actions


def test_a_name_means_whom_the_school_says(school: School) -> None:
    assert school.bench.run("radius", "names", "add", "Larch.T", "t-larch").exit_code == 0
    assert school.bench.json("radius", "names", "list") == {"larch.t": "t-larch"}
    school.hear(request(START, "LARCH.T@anywhere.example"))
    assert school.person() == "t-larch"
    assert school.bench.run("radius", "realms", "add", "school.example").exit_code == 0
    school.hear(request(START, "larch.t@anywhere.example", session="s2"))
    assert school.person() is None


def test_a_sign_in_is_listed_and_ended_by_command(school: School) -> None:
    school.at = datetime(2026, 11, 23, 10, 31, tzinfo=UTC)  # as the gate's clock is rehearsed
    school.hear(request(START))
    (one,) = school.bench.json("sign-ins", "list")
    assert (one["person"], one["how"], one["mac"]) == ("t-larch", "radius", MAC)
    assert school.bench.json("sign-ins", "end", str(one["id"])) == {"ended": one["id"]}
    assert school.bench.json("sign-ins", "list") == []
    assert school.bench.run("sign-ins", "end", str(one["id"])).exit_code == 2


@pytest.mark.skipif(RADCLIENT is None, reason="radclient (freeradius-utils) is not here")
def test_a_real_radius_client_is_heard_and_answered(tmp_path: Path) -> None:
    """The process as ``up`` starts it, and the client of FreeRADIUS."""
    bench, file = Bench(tmp_path / "data"), tmp_path / "secret"
    file.write_bytes(SECRET)
    bench.run("radius", "clients", "add", "127.0.0.1/32", "--secret-file", str(file))
    (port,) = free_ports(1)
    process = subprocess.Popen([sys.executable, "-m", "appliance.cli", "run", "radius", "--data",
                               str(bench.data), "--listen", f"127.0.0.1:{port}"])  # fmt: skip
    try:
        until(lambda: (bench.data / "run" / "radius.json").exists())
        said = (
            'Acct-Status-Type = Start, User-Name = "Sam", Acct-Session-Id = "7", '
            'Calling-Station-Id = "00-16-3E-00-00-01", Framed-IP-Address = 127.0.30.9, '
            'NAS-Identifier = "ap1"'
        )
        with_right = _radclient(said, port, SECRET.decode())
        assert "Received Accounting-Response" in with_right.stdout, with_right
        (one,) = bench.json("sign-ins", "list")
        assert (one["by"], one["mac"], one["addresses"]) == ("Sam", MAC, ["127.0.30.9"])
        assert "Received" not in _radclient(said, port, "another secret").stdout
        stop = _radclient(said.replace("Start", "Stop"), port, SECRET.decode())
        assert "Received Accounting-Response" in stop.stdout
        assert bench.json("sign-ins", "list") == []
        until(lambda: bench.json("radius", "counts").get("taken") == 2)
        assert bench.json("radius", "counts")["forged"] >= 1
    finally:
        process.terminate()
        assert process.wait(30) == 0


def _radclient(said: str, port: int, secret: str) -> subprocess.CompletedProcess[str]:
    assert RADCLIENT is not None
    return subprocess.run(
        [RADCLIENT, "-x", "-r", "1", "-t", "5", f"127.0.0.1:{port}", "acct", secret],
        input=said, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def _set_clock(session: Session, at: datetime) -> None:
    from appliance.store import settings

    settings.put(session, "clock_offset", (at - clock.real()).total_seconds())


def test_without_a_database_the_listener_ends_and_says_why(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    done = subprocess.run(
        [sys.executable, "-m", "appliance.cli", "run", "radius", "--data", str(tmp_path),
         "--listen", f"127.0.0.1:{port}"], capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "bellgate.db" in done.stderr
