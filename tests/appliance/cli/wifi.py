"""A school that hears from its Wi-Fi who is where."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from admin_ui import key
from appliance.cli.radius_keeping import Keeping
from appliance.identity.radius import read, record
from appliance.identity.radius_server import Heard
from appliance.policy.subjects import Network, Person
from appliance.store import networks, people, sign_ins
from appliance.store.session import Store, open_store
from appliance.store.sign_ins import SignedIn
from tests.appliance.cli.test_stored import Bench
from tests.appliance.identity.accounting import SECRET

MAC, OTHER = "00:16:3e:00:00:01", "00:16:3e:00:00:02"


class School:
    """A store with two people, and a clock that is moved by hand."""

    def __init__(self, data: Path) -> None:
        self.bench = Bench.__new__(Bench)  # prepared already
        self.bench.data = data
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


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make one data directory to be copied: preparing each costs ten times as much."""
    data = tmp_path_factory.mktemp("wifi") / "data"
    Bench(data)
    return data


@pytest.fixture
def wifi(tmp_path: Path, prepared: Path) -> Iterator[School]:
    """Give a school."""
    shutil.copytree(prepared, tmp_path / "data")
    made = School(tmp_path / "data")
    yield made
    made.store.close()
