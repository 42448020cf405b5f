"""Who signs in on a device is who the running gate answers, and no longer once signed out."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance.cli import signed_in as telling
from appliance.cli.radius_serving import gate_time
from appliance.cli.signed_in import SignedIn as Told
from appliance.identity.sign_ins import FILE, SignIns
from appliance.policy.subjects import Person
from appliance.store import accounts, people, settings, sign_ins
from appliance.store.session import Store, open_store
from appliance.store.sign_ins import KEPT, PORTAL, RADIUS, SignedIn
from tests.appliance.cli.gate_process import VISITOR, Gate, refused, until, upstream
from tests.appliance.identity.signed_in import person_of

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
MAC = "00:16:3e:00:00:01"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "bellgate.db")
    with opened.session() as session:
        people.add_person(session, Person(id="t1", name="A teacher", role="staff"))
        accounts.add(session, "teacher", "A teacher", [], at=AT, person="t1")
    yield opened
    opened.close()


def begin(store: Store, how: str = PORTAL, at: datetime = AT, **more: object) -> int:
    new = {"person": "t1", "by": "teacher", "mac": MAC, "starts": at, "ends": at + HOUR, **more}
    with store.session() as session:
        offset = (AT - datetime.now(UTC)).total_seconds()
        settings.put(session, "clock_offset", offset)
        return sign_ins.begin(session, SignedIn(how=how, **new)).id  # type: ignore[arg-type]


def test_the_file_is_written_when_something_changed_and_only_then(
    store: Store, tmp_path: Path
) -> None:
    told = Told(tmp_path)
    told.tell(store)
    first = (tmp_path / FILE).stat().st_ino
    told.tell(store)
    assert (tmp_path / FILE).stat().st_ino == first
    begin(store)
    told.tell(store)
    assert person_of(SignIns(tmp_path), "10.3.0.7", MAC, AT) == "t1"


def test_without_room_nobody_is_signed_in_and_with_room_they_are_again(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Told(tmp_path)
    begin(store)
    told.tell(store)
    real = telling.write

    def full(run: Path, entries: object) -> None:
        (run / FILE).unlink()
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(telling, "write", full)
    begin(store, mac="00:16:3e:00:00:02")
    told.tell(store)
    assert person_of(SignIns(tmp_path), "10.3.0.7", MAC, AT) is None
    monkeypatch.setattr(telling, "write", real)
    told.tell(store)
    assert person_of(SignIns(tmp_path), "10.3.0.7", MAC, AT) == "t1"


def test_the_portals_rest_on_the_account_and_the_wifis_do_not(store: Store, tmp_path: Path) -> None:
    begin(store)
    begin(store, RADIUS, mac="00:16:3e:00:00:02", by="somebody")
    with store.session() as session:
        (one,) = accounts.list_(session)
        accounts.set_enabled(session, one.id, False)
    Told(tmp_path).tell(store)
    found = SignIns(tmp_path)
    assert person_of(found, "10.3.0.7", MAC, AT) is None
    assert person_of(found, "10.3.0.7", "00:16:3e:00:00:02", AT) == "t1"


def test_what_ended_long_ago_is_forgotten(store: Store) -> None:
    begin(store)
    newest = begin(store, mac="00:16:3e:00:00:02")
    with store.session() as session:
        assert sign_ins.prune(session, AT + KEPT) == 0
        assert sign_ins.prune(session, AT + KEPT + HOUR * 2) == 1
        before = sign_ins.state(session)
        sign_ins.end(session, newest, at=AT + HOUR / 2)
        assert sign_ins.state(session) != before


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"mac": "x"}, "mac"), ({"mac": ""}, "device"), ({"ends": AT}, "end"), ({"by": " "}, "by"),
     ({"mac": "", "addresses": ("x",)}, "addresses")],
)  # fmt: skip
def test_what_is_wrong_is_named(store: Store, wrong: dict[str, object], field: str) -> None:
    with pytest.raises(ValueError, match=f"^{field}:"):
        begin(store, **wrong)


def test_a_running_gate_takes_who_signed_in_and_lets_them_go(tmp_path: Path) -> None:
    """DNS and proxy of one gate: what a grant opens for a teacher, a visitor's phone has too."""
    rehearse = ("--rehearse", "2026-11-23T10:31")
    with upstream() as port, Gate(tmp_path / "data", port, *rehearse).ready() as gate:
        store = open_store(gate.data / "bellgate.db")
        with store.session() as session:
            people.add_person(session, Person(id="t1", name="A teacher", role="staff"))
            accounts.add(session, "teacher", "A teacher", [], at=AT, person="t1")
        done = gate.command("grants", "add", "--service", "youtube", "--for", "person:t1",
                            "--until", "lesson", "--reason", "Volcanoes")  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert _refused(gate)
        with store.session() as session:
            now = gate_time(session)
            new = SignedIn(person="t1", how=PORTAL, by="teacher", addresses=(VISITOR,),
                           starts=now, ends=now + HOUR)  # fmt: skip
            id_ = sign_ins.begin(session, new).id
        until(lambda: not _refused(gate))
        with store.session() as session:
            sign_ins.end(session, id_, at=gate_time(session))
        store.close()
        until(lambda: _refused(gate))


def _refused(gate: Gate) -> bool:
    return refused(gate.lookup("www.youtube.com", VISITOR))
