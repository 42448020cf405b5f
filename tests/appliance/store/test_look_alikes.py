"""What becomes of a name before the technician: decided, undone, and in the right list."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from appliance import policy_file
from appliance.lists.parse import Parsed
from appliance.policy_file import catalogue
from appliance.store import lists, look_alikes, policies, tables
from appliance.store.look_alikes import DecidedMeanwhileError, Seen, State
from appliance.store.session import Store

AT = datetime(2026, 11, 23, 10, 35, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 10, 35, tzinfo=UTC)


def seen(**more: Any) -> Seen:
    values: dict[str, Any] = {
        "site": "faceb00k.example", "names": ("www.faceb00k.example",), "clients": 4, "score": 95,
        "service": "facebook", "reasons": ("It looks like it.",), "held": True,
    }  # fmt: skip
    return Seen(**{**values, **more})


@pytest.fixture
def filled(store: Store) -> Store:
    with store.session() as session:
        text = policy_file.template_text("daffodil-prep")
        policies.set_policy(session, text, "daffodil-prep", "test", "test", AT)
        look_alikes.put(session, seen(), AT)
    return store


def names(session: Session, id_: str) -> list[str]:
    return list(lists.names_of(session, id_))


def test_a_name_is_put_up_once_and_grows(filled: Store) -> None:
    with filled.session() as session:
        more = seen(names=("m.faceb00k.example",), clients=2, score=97, reasons=("More so.",))
        assert not look_alikes.put(session, more, LATER)
        assert not look_alikes.put(session, seen(score=60, held=False, reasons=("Less.",)), AT)
        found = look_alikes.get(session, "faceb00k.example")
    assert found is not None
    assert (found.first_seen, found.last_seen) == (AT, LATER)
    assert found.names == ("www.faceb00k.example", "m.faceb00k.example")
    assert (found.clients, found.score, found.reasons, found.held) == (4, 97, ("More so.",), True)


def test_no_more_names_of_a_site_are_kept_than_anybody_reads(filled: Store) -> None:
    with filled.session() as session:
        look_alikes.put(session, seen(names=tuple(f"{n}.faceb00k.example" for n in range(9))), AT)
        found = look_alikes.get(session, "faceb00k.example")
    assert found is not None
    assert len(found.names) == look_alikes.MOST_NAMES


def test_the_whole_site_goes_into_the_category_and_out_again(filled: Store) -> None:
    with filled.session() as session:
        look_alikes.hold(session, AT)
        assert names(session, look_alikes.HELD) == ["www.faceb00k.example"]
        done = look_alikes.classify(
            session, "faceb00k.example", "collaborative", by="ict", at=LATER, note=" A copy. "
        )
        assert (done.state, done.category, done.note) == (
            State.CLASSIFIED, "collaborative", "A copy.",
        )  # fmt: skip
        assert names(session, "own-collaborative") == ["faceb00k.example"]
        assert [kept.id for kept in lists.list_(session)] == ["own-collaborative"]  # not held now
        again = look_alikes.reopen(session, "faceb00k.example", by="ict", at=LATER)
        assert (again.state, again.category, again.entries) == (State.OPEN, "", ())
        assert [kept.id for kept in lists.list_(session)] == [look_alikes.HELD]


def test_only_the_names_that_show_it_where_the_site_is_somebody_elses(filled: Store) -> None:
    with filled.session() as session:
        look_alikes.classify(session, "faceb00k.example", "chat", by="ict", at=AT, names_alone=True)
        assert names(session, "own-chat") == ["www.faceb00k.example"]


def test_what_was_in_the_own_list_before_stays(filled: Store) -> None:
    with filled.session() as session:
        lists.add(session, "own-chat", "chat", Parsed(("mine.example",)), source="x", at=AT)
        look_alikes.classify(session, "faceb00k.example", "chat", by="ict", at=AT)
        assert names(session, "own-chat") == ["faceb00k.example", "mine.example"]
        look_alikes.reopen(session, "faceb00k.example", by="ict", at=AT)
        assert names(session, "own-chat") == ["mine.example"]


def test_a_list_that_somebody_removed_does_not_stop_the_undoing(filled: Store) -> None:
    with filled.session() as session:
        look_alikes.classify(session, "faceb00k.example", "chat", by="ict", at=AT)
        lists.remove(session, "own-chat")
        look_alikes.reopen(session, "faceb00k.example", by="ict", at=AT)
        assert look_alikes.count_open(session) == 1


@pytest.mark.parametrize("category", ["illegal", "nonsense", ""])
def test_a_category_that_takes_no_names(filled: Store, category: str) -> None:
    with filled.session() as session:
        with pytest.raises(ValueError, match="category"):
            look_alikes.classify(session, "faceb00k.example", category, by="ict", at=AT)
        assert look_alikes.count_open(session) == 1
        assert lists.list_(session) == ()


def test_a_list_that_is_off_is_said_and_not_filled_in_vain(filled: Store) -> None:
    with filled.session() as session:
        lists.add(session, "own-chat", "chat", Parsed(("mine.example",)), source="x", at=AT)
        lists.enable(session, "own-chat", enabled=False)
        with pytest.raises(ValueError, match="switched off"):
            look_alikes.classify(session, "faceb00k.example", "chat", by="ict", at=AT)


def test_a_name_that_is_fine_is_held_no_longer(filled: Store) -> None:
    with filled.session() as session:
        assert look_alikes.hold(session, AT)
        assert not look_alikes.hold(session, AT)  # nothing new: nothing is built anew
        look_alikes.dismiss(session, "faceb00k.example", by="ict", at=AT, note="Our own joke.")
        assert lists.list_(session) == ()
        found = look_alikes.list_(session, State.DISMISSED)
    assert [(one.site, one.decided_by, one.note) for one in found] == [
        ("faceb00k.example", "ict", "Our own joke.")
    ]


def test_nobody_decides_twice(filled: Store) -> None:
    with filled.session() as session:
        look_alikes.dismiss(session, "faceb00k.example", by="ict", at=AT)
        with pytest.raises(DecidedMeanwhileError, match="by ict"):
            look_alikes.classify(session, "faceb00k.example", "chat", by="head", at=AT)
        look_alikes.reopen(session, "faceb00k.example", by="ict", at=AT)
        with pytest.raises(DecidedMeanwhileError, match="open already"):
            look_alikes.reopen(session, "faceb00k.example", by="ict", at=AT)
        with pytest.raises(ValueError, match="never put"):
            look_alikes.dismiss(session, "other.example", by="ict", at=AT)


def test_putting_up_moves_no_revision_and_holding_does(filled: Store) -> None:
    def revision(session: Session) -> int:
        row = session.get(tables.Revision, 1)
        assert row is not None
        session.refresh(row)
        return row.number

    with filled.session() as session:
        before = revision(session)
        look_alikes.put(session, seen(site="tlktok.example"), AT)
        assert revision(session) == before
        look_alikes.hold(session, AT)
        assert revision(session) > before


def test_every_category_but_the_illegal_can_be_chosen(filled: Store) -> None:
    with filled.reading() as session:
        offered = {id_ for id_, _ in look_alikes.categories(session)}
    assert {"chat", "collaborative", "web_proxy"} <= offered
    assert "illegal" not in offered
    assert "illegal" in {category.id for category in catalogue.categories()}
