"""The search finds what going through every row finds, page by page, and never what is closed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.attempts.attempt import Attempt, Visit
from appliance.attempts.visits import Changes, Entry
from appliance.store import attempt_search
from appliance.store import attempts as log
from appliance.store.attempt_search import newer, newest_id, one, page
from appliance.store.attempt_wanted import Cursor, Scope, Wanted
from appliance.store.session import Store, open_store
from tests.builders import at, attempt

EVERYBODY = Scope(everybody=True, illegal=True)
PUPILS = Scope(roles=frozenset({"pupil"}), closed=frozenset({"ann"}), illegal=True)
HOUR = timedelta(hours=1)

made = st.builds(
    lambda minute, host, who, role, visit, service, reason: attempt(
        host, at=at("08:00") + timedelta(minutes=minute), person=who, role=role, visit=visit,
        service=service, groups=("7a",) if who == "sam" else ("7",), device="pc",
        mac="02:00:00:00:00:01" if who else "", address=f"10.0.0.{len(who)}", reason=reason,
        url=f"https://{host}/{who}", search="100%_sure" if who == "sam" else "",
    ),
    st.integers(0, 60 * 40), st.sampled_from(("facebook.com", "x.com", "a_b.example")),
    st.sampled_from(("", "sam", "ann")), st.sampled_from(("pupil", "staff")),
    st.sampled_from(list(Visit)), st.sampled_from(("", "x")),
    st.sampled_from(("service_rule", "illegal")),
)  # fmt: skip
wanted_ = st.builds(
    Wanted, person=st.sampled_from(("", "sam", "bob")), role=st.sampled_from(("", "staff")),
    device=st.sampled_from(("", "pc", "02:00:00:00:00:01")),
    address=st.sampled_from(("", "10.0.0.3")), group=st.sampled_from(("", "7", "7a")),
    service=st.sampled_from(("", "x")), reason=st.sampled_from(("", "illegal")),
    visit=st.sampled_from(("", "background")), noise=st.booleans(),
    text=st.sampled_from(("", "B.EX", "%", "_s", "sam")),
    since=st.sampled_from((None, at("10:30"))), until=st.sampled_from((None, at("20:15"))),
)  # fmt: skip
scopes = st.builds(
    Scope, everybody=st.booleans(), roles=st.sampled_from((frozenset(), frozenset({"pupil"}))),
    closed=st.sampled_from((frozenset(), frozenset({"ann"}))),
    own=st.sampled_from(("", "ann")), illegal=st.booleans(),
)  # fmt: skip


def fits(row: Attempt, scope: Scope, wanted: Wanted) -> bool:
    """Whether a row is to be found: said once more, without a database."""
    own = bool(scope.own) and row.person == scope.own
    if not own and (
        not scope.opens(row.role, row.person) or (row.reason == "illegal" and not scope.illegal)
    ):
        return False
    names = ("person", "role", "address", "service", "reason", "visit")
    if any(getattr(wanted, n) and getattr(wanted, n) != getattr(row, n) for n in names):
        return False
    if wanted.device and wanted.device not in (row.device, row.mac):
        return False
    if wanted.group and wanted.group not in row.groups:
        return False
    if wanted.folds and row.visit is Visit.BACKGROUND:
        return False
    if wanted.since and row.at < wanted.since:
        return False
    if wanted.until and row.at >= wanted.until:
        return False
    places = (row.host, row.url, row.search)
    return any(wanted.text.lower() in place.lower() for place in places)


def fill(store: Store, rows: list[Attempt]) -> None:
    with store.session() as session:
        log.write(session, Changes(tuple(map(Entry, rows)), (), ()))


@settings(max_examples=60, deadline=None)
@given(st.lists(made, max_size=40), scopes, wanted_, st.integers(1, 9), st.integers(0, 20))
def test_every_page_together_is_what_fits(
    rows: list[Attempt], scope: Scope, wanted: Wanted, limit: int, most_read: int
) -> None:
    with TemporaryDirectory() as place:
        store = open_store(Path(place) / "b.db")
        fill(store, rows)
        found, before, pages = [], None, 0
        with store.reading() as session:
            every = log.select(session)
            while pages == 0 or before is not None:
                got = page(session, scope, wanted, before=before, limit=limit, most_read=most_read)
                assert len(got.rows) <= limit
                found += got.rows
                before, pages = got.older, pages + 1
                assert pages < 200
        expected = [kept for kept in every if fits(kept.attempt, scope, wanted)]
        expected.sort(key=lambda kept: (kept.attempt.at, kept.id), reverse=True)
        assert found == expected
        store.close()


@pytest.mark.parametrize("scope", [Scope(), Scope(closed=frozenset({"sam"})), Scope(illegal=True)])
def test_a_scope_that_opens_nothing_finds_nothing(store: Store, scope: Scope) -> None:
    fill(store, [attempt(person="sam", role="pupil"), attempt(role="staff"), attempt(role="")])
    with store.reading() as session:
        assert page(session, scope, Wanted(noise=True)).rows == ()
        assert newer(session, scope, Wanted(noise=True), 0) == ()
        assert one(session, scope, 1) is None


def test_noise_between_is_counted_up_to_a_limit(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = [attempt(at=at("09:10"), visit=Visit.BACKGROUND) for _ in range(7)]
    older = attempt(at=at("09:00"), visit=Visit.BACKGROUND)
    fill(store, [attempt(at=at("09:05")), *noise, attempt(at=at("09:20")), older])
    with store.reading() as session:
        assert page(session, EVERYBODY, Wanted(), limit=2).folded == 8
        assert page(session, EVERYBODY, Wanted(), limit=1).folded == 0  # all between is older
        assert page(session, EVERYBODY, Wanted(noise=True)).folded == 0
        monkeypatch.setattr(attempt_search, "COUNTED", 3)
        assert page(session, EVERYBODY, Wanted()).folded == 4


def test_a_search_that_stops_says_how_far_it_looked(store: Store) -> None:
    fill(store, [attempt("x.com", at=at("06:00") + n * HOUR) for n in range(12)])
    with store.reading() as session:
        got = page(session, EVERYBODY, Wanted(text="nothing"), most_read=-1)
        assert (got.rows, got.looked_to) == ((), at("18:00"))
        again = page(session, EVERYBODY, Wanted(text="nothing"), before=got.older)
        assert (again.rows, again.older, again.looked_to) == ((), None, None)


def test_the_log_is_watched_by_id(store: Store) -> None:
    fill(store, [attempt("a.example"), attempt("b.example", at=at("08:00"))])
    with store.reading() as session:
        assert newest_id(session) == 2
        assert [k.attempt.host for k in newer(session, EVERYBODY, Wanted(), 0)] == [
            "a.example", "b.example",
        ]  # fmt: skip
        assert [k.attempt.host for k in newer(session, EVERYBODY, Wanted(), 1)] == ["b.example"]
        assert newer(session, EVERYBODY, Wanted(text="a.ex"), 1) == ()


def test_a_cursor_stands_between_rows_of_one_instant(store: Store) -> None:
    fill(store, [attempt(f"{n}.example", at=at("09:00")) for n in range(5)])
    with store.reading() as session:
        first = page(session, EVERYBODY, Wanted(), limit=2)
        assert first.older == Cursor(at("09:00"), 4)
        rest = page(session, EVERYBODY, Wanted(), before=first.older, limit=9)
        assert [k.id for k in (*first.rows, *rest.rows)] == [5, 4, 3, 2, 1]
