"""Judging what was fetched: whatever is wrong with it, the list in force stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.store import lists, subscriptions
from tests.appliance.lists.list_server import Request
from tests.appliance.refresh.conftest import Bed, names


@pytest.mark.parametrize(
    ("text", "content_type", "state", "words"),
    [
        ("", "text/plain", "failed", "empty"),
        ("# nothing yet\n", "text/plain", "failed", "not one name"),
        ("<!doctype html><p>Sign in", "text/plain", "failed", "web page"),
        (names(200), "text/html", "failed", "text/html"),
        ("?? ??\n" * 90 + names(30), "text/plain", "failed", "are no names"),
        (names(20), "text/plain", "held", "It had 200 names and now has 20: kept the old one."),
        (names(401), "text/plain", "held", "now has 401"),
        (names(200, 120), "text/plain", "held", "120 of its 200 names are gone"),
    ],
)
def test_a_bad_update_keeps_the_old_list(
    bed: Bed, text: str, content_type: str, state: str, words: str
) -> None:
    bed.subscribe()
    bed.server.text(names(200), ETag='"good"')
    bed.update()
    revision = bed.revision()
    bed.server.text(text, content_type=content_type, ETag='"bad"')
    found = bed.update()
    assert found.state == state
    assert words in found.trouble
    assert len(bed.names()) == 200
    assert bed.revision() == revision
    assert found.etag == '"good"', "else the next fetch would take the bad one for known"
    assert found.succeeded is not None
    assert found.tried is not None
    assert found.succeeded < found.tried


def test_servers_that_break_off_change_nothing(bed: Bed) -> None:
    bed.subscribe()
    bed.server.text(names(200))
    bed.update()

    def half(request: Request) -> None:
        request.head(Content_Length="5000")
        request.wfile.write(names(150).encode())

    bed.server.answer = half
    assert "broke off" in bed.update().trouble
    bed.server.answer = lambda request: request.head(503, Content_Length="0")
    assert "503" in bed.update().trouble
    assert len(bed.names()) == 200


def test_a_held_change_is_taken_as_it_was_looked_at(bed: Bed) -> None:
    bed.subscribe()
    bed.server.text(names(100))
    bed.update()
    bed.server.text(names(30, 90))
    held = bed.update()
    assert (held.state, held.come, held.gone) == ("held", 20, 90)
    assert held.first_come[0] == "n100.example"
    assert held.first_gone[0] == "n0.example"
    assert len(bed.names()) == 100
    assert not bed.accept("another")
    assert bed.accept(held.digest)
    bed.server.text("quite.another.example\n")  # what nobody has looked at
    found = bed.update()
    assert found.state == "good"
    assert len(bed.names()) == 30
    assert not bed.accept(held.digest), "nothing is held any more"
    assert (found.come, found.first_come) == (0, ())
    assert list(bed.work.glob("held-*")) == []


def test_an_accepted_change_that_is_not_there_any_more_is_looked_at_again(bed: Bed) -> None:
    bed.subscribe()
    bed.server.text(names(100))
    bed.update()
    bed.server.text(names(10))
    held = bed.update()
    for waiting in bed.work.glob("held-*"):
        waiting.unlink()
    bed.accept(held.digest)
    bed.server.text(names(5))
    again = bed.update()
    assert (again.state, again.entries, len(bed.names())) == ("held", 5, 100)
    bed.accept(again.digest)
    assert bed.update().state == "good"
    assert len(bed.names()) == 5


def test_a_list_in_a_file(bed: Bed, tmp_path: Path) -> None:
    file = tmp_path / "ours.txt"
    file.write_text(names(10))
    bed.subscribe(address=str(file))
    assert bed.update().state == "good"
    assert bed.update().state == "unchanged"
    file.write_text(names(100))
    held = bed.update()
    assert held.state == "held"
    assert file.exists(), "it is the school's own file"
    bed.accept(held.digest)
    assert bed.update().state == "good"
    assert len(bed.names()) == 100
    assert file.read_text() == names(100)
    file.unlink()
    assert "cannot be read" in bed.update().trouble
    assert len(bed.names()) == 100


def test_the_illegal_class_keeps_its_names_to_itself(bed: Bed) -> None:
    bed.subscribe("iwf", category="illegal")
    bed.server.text("a.example\nsecret words here\n" + names(20))
    found = bed.update("iwf")
    kept = bed.kept("iwf")
    assert kept is not None
    assert (found.state, kept.hashed, kept.entries) == ("good", True, 21)
    assert found.first_refused == ("2: not shown",)
    with bed.store.reading() as session, pytest.raises(ValueError, match="itself"):
        list(lists.names_of(session, "iwf"))
    bed.server.text(names(2))
    held = bed.update("iwf")
    assert (held.state, held.first_gone, held.first_come) == ("held", (), ())
    raw = b"".join(path.read_bytes() for path in bed.work.rglob("*") if path.is_file())
    assert b"example" not in raw
    bed.accept(held.digest, "iwf")
    assert bed.update("iwf").state == "good"
    assert bed.update("iwf").state == "good"


def test_another_category_is_another_list(bed: Bed) -> None:
    bed.subscribe()
    bed.server.text(names(10), ETag='"1"')
    bed.update()
    with bed.store.session() as session:
        subscriptions.change(session, "bad", category="gambling")
    assert bed.update().state == "good"
    kept = bed.kept()
    assert kept is not None
    assert kept.category == "gambling"
