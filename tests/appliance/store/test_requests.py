"""Requests as they are kept: numbered, found, moved on by one person at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from appliance import policy_file
from appliance.policy.model import Grant, Subject, SubjectKind, Target, TargetKind
from appliance.store import accounts, grants, policies, requests
from appliance.store.requests import ChangedMeanwhileError, Request, Wanted
from appliance.store.session import Store

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
PUPILS = Subject(SubjectKind.ROLE, "pupil")
PAGE = Target(TargetKind.URL, "https://www.youtube.com/watch?v=abc")


@pytest.fixture
def school(store: Store) -> Store:
    """Return a store with a policy and two accounts."""
    with store.session() as session:
        text = policy_file.template_text("duffield-meadows")
        policies.set_policy(session, text, "test", "test", "test", AT)
        accounts.add(session, "ann", "A. Teacher", ["staff"], at=AT)
        accounts.add(session, "bob", "B. Teacher", ["staff"], at=AT)
    return store


def form(**more: object) -> Request:
    base = Request(
        made=AT, account=1, staff_name="A. Teacher", day=date(2026, 11, 23),
        url="https://www.youtube.com/watch?v=abc", content="A film", reasons="Geography",
        risks="Adverts", subject=PUPILS, target=PAGE, until="today", starts=AT, ends=AT + HOUR,
    )  # fmt: skip
    return replace(base, **more)  # type: ignore[arg-type]


def opened(store: Store, request: Request, start: datetime, end: datetime) -> Request:
    with store.session() as session:
        grant = grants.add(
            session, Grant(id="", subject=PUPILS, target=PAGE, start=start, end=end),
            author="head", reason="r", at=AT,
        )  # fmt: skip
        return requests.change(
            session, request.id, request.version, state="authorised", grant=grant.id
        )


def test_a_form_comes_back_as_it_was_given_but_canonical(school: Store) -> None:
    given = form(when=frozenset({"lunch", "break"}), block_reference="AB12", due=AT + HOUR)
    with school.session() as session:
        kept = requests.add(session, given)
    assert (kept.id, kept.version, kept.state) == ("R1", 1, "submitted")
    assert kept.target == Target(TargetKind.URL, "www.youtube.com/watch?v=abc")
    with school.reading() as session:
        found = requests.get(session, "R1")
        assert requests.get(session, "R2") is None
    assert found == kept
    assert kept == replace(given, id="R1", target=kept.target)


@pytest.mark.parametrize(
    "more",
    [
        {"subject": Subject(SubjectKind.GROUP, "nobody")},
        {"target": Target(TargetKind.SERVICE, "nothing")},
        {"ends": AT},
    ],
)
def test_what_cannot_be_is_not_kept(school: Store, more: dict[str, object]) -> None:
    with pytest.raises(ValueError), school.session() as session:
        requests.add(session, form(**more))
    with school.reading() as session:
        assert requests.find(session, Wanted(), AT) == ((), 0)


def test_of_two_who_change_one_request_one_wins(school: Store) -> None:
    with school.session() as session:
        kept = requests.add(session, form())
        first = requests.change(session, kept.id, kept.version, state="reviewed")
    assert first.version == 2
    with pytest.raises(ChangedMeanwhileError), school.session() as session:
        requests.change(session, kept.id, kept.version, state="refused")
    with pytest.raises(KeyError), school.session() as session:
        requests.change(session, "R9", 1, state="refused")
    with school.reading() as session:
        assert requests.get(session, kept.id) == first


def test_what_happened_is_told_in_order(school: Store) -> None:
    with school.session() as session:
        requests.add(session, form())
        requests.tell(session, "R1", at=AT, by="A. Teacher", what="submitted", text="Geography")
        requests.tell(session, "R1", at=AT + HOUR, by="T", what="asked", text="Which class?")
    with school.reading() as session:
        events = requests.events(session, "R1")
    assert [(e.what, e.by, e.text) for e in events] == [
        ("submitted", "A. Teacher", "Geography"), ("asked", "T", "Which class?"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), ["R3", "R2", "R1"]),
        (Wanted(account=2), ["R2"]),
        (Wanted(text="volcano"), ["R2"]),
        (Wanted(text="VOLCANO geography"), []),
        (Wanted(text="100%"), []),
        (Wanted(text="r3"), ["R3"]),
        (Wanted(person="b. t"), ["R2"]),
        (Wanted(url="facebook"), ["R3"]),
        (Wanted(kind="curriculum"), ["R3"]),
        (Wanted(states=frozenset({"submitted"})), ["R2", "R1"]),
        (Wanted(states=frozenset({"refused"})), ["R3"]),
        (Wanted(states=frozenset({"refused", "submitted"})), ["R3", "R2", "R1"]),
        (Wanted(states=frozenset({"nonsense"})), []),
    ],
)
def test_requests_are_found(school: Store, wanted: Wanted, found: list[str]) -> None:
    with school.session() as session:
        requests.add(session, form())
        requests.add(session, form(made=AT + HOUR, account=2, staff_name="B. Teacher",
                                   content="Volcanoes", reasons="Art"))  # fmt: skip
        requests.add(session, form(made=AT + 2 * HOUR, kind="curriculum", state="refused",
                                   url="https://www.facebook.com/x"))  # fmt: skip
    with school.reading() as session:
        rows, total = requests.find(session, wanted, AT)
    assert [row.id for row in rows] == found
    assert total == len(found)


@pytest.mark.parametrize(
    ("start", "end", "state"),
    [
        (AT - HOUR, AT + HOUR, "active"), (AT, AT + HOUR, "active"),
        (AT + HOUR, AT + 2 * HOUR, "authorised"), (AT - 2 * HOUR, AT - HOUR, "expired"),
        (AT - HOUR, AT, "expired"),
    ],
)  # fmt: skip
def test_time_says_what_is_active(
    school: Store, start: datetime, end: datetime, state: str
) -> None:
    with school.session() as session:
        kept = requests.add(session, form())
    moved = opened(school, kept, start, end)
    assert moved.opened == (start, end)
    timed = ("active", "authorised", "expired", "revoked", "submitted", "lapsed")
    with school.reading() as session:
        found = {s: requests.find(session, Wanted(states=frozenset({s})), AT)[1] for s in timed}
    assert found == {s: int(s == state) for s in timed}


def test_a_grant_revoked_elsewhere_makes_the_request_revoked(school: Store) -> None:
    with school.session() as session:
        kept = requests.add(session, form())
    moved = opened(school, kept, AT, AT + HOUR)
    with school.session() as session:
        grants.revoke(session, moved.grant or "", by="command", at=AT + HOUR / 2)
    with school.reading() as session:
        found = requests.get(session, kept.id)
        assert requests.find(session, Wanted(states=frozenset({"revoked"})), AT + HOUR)[1] == 1
        assert requests.find(session, Wanted(states=frozenset({"expired"})), AT + HOUR)[1] == 0
    assert found is not None
    assert found.ended_by == "command"


def test_what_waits_is_sorted_by_when_it_is_due(school: Store) -> None:
    with school.session() as session:
        requests.add(session, form(made=AT))
        requests.add(session, form(made=AT + HOUR, due=AT + 3 * HOUR))
        requests.add(session, form(made=AT + HOUR, due=AT + 2 * HOUR, state="question_asked"))
        requests.add(session, form(state="refused"))
    with school.reading() as session:
        assert [one.id for one in requests.waiting(session)] == ["R3", "R2", "R1"]


def test_a_list_comes_page_by_page(school: Store) -> None:
    with school.session() as session:
        for number in range(7):
            requests.add(session, form(made=AT + number * HOUR))
    with school.reading() as session:
        second, total = requests.find(session, Wanted(), AT, limit=3, offset=3)
    assert ([one.id for one in second], total) == (["R4", "R3", "R2"], 7)
