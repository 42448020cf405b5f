"""Notes and concerns: kept, read by those who may, closed once."""

from __future__ import annotations

import pytest

from appliance.store import notes
from appliance.store.attempt_wanted import Scope
from appliance.store.session import Store
from tests.builders import at

EVERYBODY = Scope(everybody=True)
PUPILS = Scope(roles=frozenset({"pupil"}), closed=frozenset({"ann"}))


def fill(store: Store) -> None:
    with store.session() as s:
        notes.add(s, "person", "sam", "pupil", "one", by="dsl", at=at(), attempt=7)
        notes.add(s, "person", "sam", "pupil", "two", by="dsl", at=at(), concern=True)
        notes.add(s, "person", "ann", "staff", "three", by="head", at=at(), concern=True)
        notes.add(s, "person", "ann", "pupil", "four", by="head", at=at(), concern=True)
        notes.add(s, "device", "ann", "pupil", "five", by="dsl", at=at(), concern=True, attempt=7)


@pytest.mark.parametrize(
    ("scope", "texts"),
    [(EVERYBODY, {"two", "three", "four", "five"}), (PUPILS, {"two", "five"}), (Scope(), set()),
     (Scope(own="ann"), set())],
)  # fmt: skip
def test_concerns_are_read_by_those_who_may(store: Store, scope: Scope, texts: set[str]) -> None:
    fill(store)
    with store.reading() as s:
        assert {note.text for note in notes.concerns(s, scope)} == texts
        assert notes.open_concerns(s, scope) == len(texts)
        assert (notes.get(s, scope, 3) is not None) is ("three" in texts)


def test_notes_are_found_by_whom_and_by_attempt(store: Store) -> None:
    fill(store)
    with store.reading() as s:
        about = notes.of_subject(s, PUPILS, "person", "sam")
        assert [note.text for note in about] == ["two", "one"]
        assert notes.of_subject(s, PUPILS, "person", "ann") == ()
        by_attempt = notes.of_attempts(s, PUPILS, [7, 8])
        assert [note.text for note in by_attempt[7]] == ["one", "five"]
        assert 8 not in by_attempt


def test_a_concern_is_closed_once_and_a_note_never(store: Store) -> None:
    fill(store)
    with store.session() as s:
        assert notes.close(s, 2, by="dsl", at=at("11:00"), outcome=" Parents told. ")
        assert not notes.close(s, 2, by="head", at=at("12:00"), outcome="again")
        assert not notes.close(s, 1, by="dsl", at=at(), outcome="no concern")
        assert not notes.close(s, 99, by="dsl", at=at(), outcome="none")
    with store.reading() as s:
        (done,) = notes.concerns(s, PUPILS, closed=True)
        assert (done.closed_by, done.outcome, done.open) == ("dsl", "Parents told.", False)


@pytest.mark.parametrize(
    ("kind", "text", "field"),
    [("person", " ", "text"), ("person", "x" * 4001, "text"), ("role", "x", "kind")],
)
def test_what_is_wrong_is_named(store: Store, kind: str, text: str, field: str) -> None:
    with store.session() as s, pytest.raises(ValueError, match=rf"^{field}"):
        notes.add(s, kind, "sam", "pupil", text, by="dsl", at=at())
