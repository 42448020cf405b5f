"""A store with the default policy, a source on loopback, and a runner between them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance import policy_file
from appliance.lists.body import Limits
from appliance.lists.subscription import Subscription
from appliance.refresh.progress import Watcher
from appliance.refresh.runner import Runner, Settings
from appliance.store import lists, policies, subscriptions
from appliance.store.lists import KeptList
from appliance.store.session import Store, open_store
from appliance.store.subscriptions import Fetch, Subscribed
from appliance.store.tables import Revision
from tests.appliance.lists.list_server import ListServer, serving

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@dataclass
class Bed:
    """Everything that a fetch needs. now: the time that the runner takes it to be."""

    store: Store
    server: ListServer
    work: Path
    now: datetime = START
    limits: Limits = Limits(size=50_000_000, seconds=30, quiet=5, room=0)  # noqa: RUF009

    @property
    def runner(self) -> Runner:
        return Runner(
            self.store,
            Settings(work=self.work, now=lambda: self.now, share=lambda: 0.5, limits=self.limits),
        )

    def subscribe(self, id_: str = "bad", **fields: object) -> None:
        given = {
            "name": "Bad sites", "address": self.server.url, "format": "domains",
            "category": "adult", "licence": "MIT", "attribution": "Somebody", "every": 24,
            "most_change": 0.5, "made": self.now, "made_by": "test",
        }  # fmt: skip
        with self.store.session() as session:
            subscriptions.add(
                session,
                Subscription(list_id=id_, **{**given, **fields}),  # type: ignore[arg-type]
                files=True,
            )

    def update(self, id_: str = "bad", watcher: Watcher | None = None) -> Fetch:
        self.now += timedelta(minutes=1)
        found = self.runner.update(id_, watcher)
        assert found is not None
        return found.fetch

    def get(self, id_: str = "bad") -> Subscribed:
        with self.store.reading() as session:
            found = subscriptions.get(session, id_)
        assert found is not None
        return found

    def accept(self, digest: str, id_: str = "bad") -> bool:
        with self.store.session() as session:
            return subscriptions.accept(session, id_, digest, self.now)

    def kept(self, id_: str = "bad") -> KeptList | None:
        with self.store.reading() as session:
            return next((one for one in lists.list_(session) if one.id == id_), None)

    def names(self, id_: str = "bad") -> list[str]:
        with self.store.reading() as session:
            return sorted(lists.names_of(session, id_))

    def revision(self) -> int:
        with self.store.reading() as session:
            return session.query(Revision).one().number


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make one store with a policy, to be copied."""
    path = tmp_path_factory.mktemp("founded") / "bellgate.db"
    store = open_store(path)
    name = policy_file.TEMPLATES[0]
    with store.session() as session:
        policies.set_policy(session, policy_file.template_text(name), name, "test", "test", START)
    store.close()
    return path


@pytest.fixture
def bed(tmp_path: Path, founded: Path) -> Iterator[Bed]:
    """Give a bed."""
    shutil.copy(founded, tmp_path / "bellgate.db")
    store = open_store(tmp_path / "bellgate.db")
    with serving() as server:
        yield Bed(store, server, tmp_path / "work")
    store.close()


def names(count: int, first: int = 0) -> str:
    """Return a list's text with so many names."""
    return "".join(f"n{i}.example\n" for i in range(first, first + count))
