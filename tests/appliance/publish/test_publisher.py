"""From a change in the store to every process that enforces it; and what never gets there."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from sqlalchemy import delete

from appliance import policy_file
from appliance.lists.formats import Format
from appliance.lists.gather import gather
from appliance.lists.parse import parse
from appliance.policy.model import (
    Grant,
    Subject,
    SubjectKind,
    Target,
    TargetKind,
)
from appliance.publish import files, publisher
from appliance.publish.compile import NoPolicyError
from appliance.publish.hold import Holder
from appliance.publish.publisher import Publisher
from appliance.store import (
    grants,
    lists,
    policies,
    settings,
)
from appliance.store.list_tables import ListSecretRow
from appliance.store.session import Store, open_store
from appliance.store.tables import PolicyVersion

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
PUPIL = Subject(SubjectKind.ROLE, "pupil")
TEMPLATE = policy_file.template_text(policy_file.TEMPLATES[0])


def grant(n: int = 1, **more: object) -> Grant:
    """Return a grant for all pupils on one host."""
    values: dict[str, object] = {"start": AT, "end": AT + timedelta(hours=1), **more}
    target = Target(TargetKind.HOST, f"g{n}.example")
    return Grant(id=f"G{n}", subject=PUPIL, target=target, **values)  # type: ignore[arg-type]


def until(true: Callable[[], object], seconds: float = 10.0) -> bool:
    """Poll until something holds or the time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.005)
    return False


def test_only_a_change_is_published(store: Store, place: Path) -> None:
    one = Publisher(store, place)
    assert one.publish_if_changed(AT) == 1
    assert one.publish_if_changed(AT) is None
    with store.session() as s:
        grants.add(s, grant(), author="head", reason="", at=AT)
    assert one.publish_if_changed(AT) == 2
    assert Publisher(store, place).publish_if_changed(AT) is None  # a restart changes nothing
    with store.session() as s:
        assert grants.revoke(s, "G1", by="head", at=AT)
    assert Publisher(store, place).publish_if_changed(AT) == 3


def test_without_a_policy_nothing_is_published(tmp_path: Path, place: Path) -> None:
    empty = open_store(tmp_path / "empty.db")
    assert Publisher(empty, place).publish_if_changed(AT) is None
    with pytest.raises(NoPolicyError):
        Publisher(empty, place).publish(AT)
    empty.close()
    assert Holder(place).state == "closed"


def test_a_broken_policy_never_replaces_a_good_snapshot(store: Store, place: Path) -> None:
    one = Publisher(store, place)
    one.publish(AT)
    before = sorted(place.iterdir())
    with pytest.raises(policy_file.PolicyFileError), store.session() as s:
        policies.set_policy(s, "rules: [", "broken.yaml", "tests", "", AT)
    with store.session() as s:  # as after an update that accepts less than the one before
        s.add(PolicyVersion(text="rules: [", source="broken", author="x", reason="", at=AT))
    assert one.publish_if_changed(AT) is None
    assert "the last good one stays" in one.trouble
    assert sorted(place.iterdir()) == before
    with pytest.raises(policy_file.PolicyFileError):
        one.publish(AT)
    assert sorted(place.iterdir()) == before
    with store.session() as s:
        policies.set_policy(s, TEMPLATE, "template", "tests", "", AT)
        settings.put(s, "clock_offset", 1)
    assert one.publish_if_changed(AT) == 2
    assert one.trouble == ""


def test_a_full_disk_leaves_what_is_in_force_and_is_tried_again(
    store: Store, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Publisher(store, place)
    one.publish(AT)
    with store.session() as s:
        settings.put(s, "clock_offset", 1)

    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(files, "replace", full)
        with pytest.raises(OSError, match="No space"):
            one.publish_if_changed(AT)
    assert Holder(place).snapshot.contents.version == 1
    assert one.publish_if_changed(AT) == 2


def test_a_clock_that_woke_up_in_the_past_does_not_lower_the_stamp(
    store: Store, place: Path
) -> None:
    lost = Publisher(store, place, synchronised=lambda: False)
    lost.publish(AT)
    lost.publish(AT - timedelta(days=20000))
    assert Holder(place).snapshot.contents.built_at == AT
    Publisher(store, place, synchronised=lambda: True).publish(AT - timedelta(days=1))
    assert Holder(place).snapshot.contents.built_at == AT - timedelta(days=1)


def test_old_snapshots_go_the_last_good_stays(store: Store, place: Path) -> None:
    one = Publisher(store, place)
    for _ in range(6):
        one.publish(AT)
    assert files.versions(place) == (6, 5, 4)


def test_lists_are_built_once_and_reused(
    store: Store, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_list(store, "bad.example", "worse.example")
    one = Publisher(store, place)
    one.publish(AT)
    found = Holder(place).snapshot.lists.find("www.worse.example")
    assert [(m.category, m.list_id, m.entry) for m in found] == [("adult", "L1", "worse.example")]
    monkeypatch.setattr(publisher, "build_lists", lambda *_: pytest.fail("built again"))
    with store.session() as s:
        settings.put(s, "clock_offset", 1)
    assert one.publish_if_changed(AT) == 2
    assert one.publish(AT) == 3


def test_while_lists_are_built_everything_else_is_published(
    store: Store, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Publisher(store, place)
    one.publish(AT)
    go, real = threading.Event(), publisher.build_lists
    monkeypatch.setattr(publisher, "build_lists", lambda *args: go.wait(10) and real(*args))
    add_list(store, "bad.example")
    one.publish_if_changed(AT)
    with store.session() as s:
        grants.add(s, grant(), author="head", reason="", at=AT)
    assert one.publish_if_changed(AT)
    holder = Holder(place)
    assert holder.snapshot.contents.grants
    assert not holder.snapshot.lists.find("bad.example")
    go.set()
    assert until(lambda: one.publish_if_changed(AT)), one.trouble
    assert holder.refresh()
    assert holder.snapshot.lists.find("bad.example")
    with store.session() as s:
        lists.enable(s, "L1", enabled=False)
    one.publish_if_changed(AT)
    assert holder.refresh()
    assert not holder.snapshot.lists.find("bad.example")


def test_lists_that_cannot_be_built_leave_the_old_ones(
    store: Store, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_list(store, "bad.example")
    one = Publisher(store, place)
    one.publish(AT)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    add_list(store, "bad.example", "more.example")
    with monkeypatch.context() as patched:
        patched.setattr(publisher, "build_lists", full)
        assert until(lambda: one.publish_if_changed(AT) or one.trouble)
    assert "No space" in one.trouble
    assert Holder(place).snapshot.lists.find("bad.example")


def test_a_list_file_that_the_disk_damaged_is_made_again_at_the_next_start(
    store: Store, place: Path
) -> None:
    add_list(store, "bad.example")
    Publisher(store, place).publish(AT)
    (trie,) = place.glob("*.trie")
    good = trie.read_bytes()
    trie.write_bytes(good[:-1])
    assert Holder(place).state == "closed"
    again = Publisher(store, place)
    assert until(lambda: again.publish_if_changed(AT) or trie.read_bytes() == good), again.trouble
    assert Holder(place).snapshot.lists.find("bad.example")


def test_marks_and_names_kept_back_reach_the_faces(
    store: Store, place: Path, tmp_path: Path
) -> None:
    text = ["||host.example^", "@@||good.host.example^"]
    with gather(text, Format.ADBLOCK, tmp_path) as gathered, store.session() as s:
        lists.put(s, "L1", "adult", gathered, source="test", at=AT)
    with gather(["unspeakable.example"], Format.DOMAINS, tmp_path) as kept, store.session() as s:
        lists.put(s, "K", "illegal", kept, source="test", at=AT, hashed=True)
    Publisher(store, place).publish(AT)
    found = Holder(place).snapshot.lists
    assert [m.entry for m in found.find("www.host.example")] == ["host.example"]
    assert not found.find("www.good.host.example")
    assert [(m.list_id, m.entry) for m in found.find("www.unspeakable.example")] == [("K", "")]
    assert not any(b"unspeakable" in path.read_bytes() for path in place.iterdir())


def test_digests_without_their_secret_leave_the_lists_in_force(
    store: Store, place: Path, tmp_path: Path
) -> None:
    one = Publisher(store, place)
    one.publish(AT)
    with gather(["unspeakable.example"], Format.DOMAINS, tmp_path) as kept, store.session() as s:
        lists.put(s, "K", "illegal", kept, source="test", at=AT, hashed=True)
        s.execute(delete(ListSecretRow))
    assert until(lambda: one.publish_if_changed(AT) or one.trouble)
    assert "secret" in one.trouble


def add_list(store: Store, *names: str) -> None:
    """Put a list of names into the category adult."""
    with store.session() as s:
        lists.add(s, "L1", "adult", parse(names), source="test", at=AT)


def test_a_change_is_enforced_in_another_process_within_a_second(store: Store, place: Path) -> None:
    """The core's turn is 0.2 s; here it goes round as fast as it can for the same work."""
    one = Publisher(store, place)
    one.publish(AT)
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    face = context.Process(target=_face, args=(place, theirs))
    face.start()
    try:
        assert ours.recv() == 1
        for version in range(2, 7):
            begun = time.monotonic()
            with store.session() as s:
                grants.add(s, grant(version), author="head", reason="", at=AT)
            assert one.publish_if_changed(AT) == version
            assert ours.poll(5)
            assert ours.recv() == version
            assert time.monotonic() - begun < 0.8  # leaves the core's turn of 0.2 s
    finally:
        face.kill()
        face.join()


def _face(place: Path, seen: Connection) -> None:
    holder = Holder(place)
    seen.send(holder.snapshot.contents.version)
    while True:
        if holder.refresh():
            seen.send(holder.snapshot.contents.version)
        time.sleep(0.01)
