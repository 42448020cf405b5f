"""Reviewing and deciding: who may, what it makes, and what stops it in between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from admin_ui.requests.signing import digest_of
from appliance import clock
from appliance.accounts.posts import Post
from appliance.policy.model import (
    ReportedBlock,
    Sanction,
    Subject,
    SubjectKind,
    Target,
    TargetKind,
)
from appliance.store import accounts, grants, permissions, reports, requests, sanctions, settings
from appliance.store.account_tables import AccountRow
from appliance.store.accounts import Account
from appliance.store.audit_tables import AuditRow
from tests.admin_ui.conftest import School
from tests.admin_ui.requests.conftest import (
    LESSON,
    VIDEO,
    ask,
    authorised,
    decide,
    kept,
    make_illegal,
    open_to,
    review,
)

DAY = timedelta(days=1)


def made(school: School) -> tuple[grants.KeptGrant, ...]:
    with school.store.reading() as session:
        return grants.list_(session)


def move_clock(school: School, to: datetime) -> None:
    with school.store.session() as session:
        settings.put(session, "clock_offset", (to - clock.real()).total_seconds())
    school.publish()


def person_of(school: School, post: Post, person: str) -> Account:
    """Say which human being an account belongs to."""
    with school.store.session() as session:
        row = session.get(AccountRow, school.accounts[post].id)
        assert row is not None
        row.person = person
        session.flush()
        school.accounts[post] = accounts.account(row)
    return school.accounts[post]


def test_from_the_form_to_a_grant_no_wider_than_shown(monday: School) -> None:
    request = authorised(monday, periods=["lesson"])
    (found,) = made(monday)
    grant = found.grant
    assert (grant.id, grant.clause) == (request.grant, "7.5")
    assert grant.subject == Subject(SubjectKind.ROLE, "pupil")
    assert grant.target == Target(TargetKind.URL, "www.youtube.com/watch?v=abc")
    assert (grant.when, grant.methods) == (frozenset({"lesson"}), ())
    assert grant.start <= LESSON + timedelta(minutes=1)
    assert grant.end == datetime(2026, 11, 24, tzinfo=UTC)
    assert (found.author, found.reason) == ("headteacher", "It is needed")
    assert request.authoriser_name == "A. Head"
    assert request.signature["digest"] == digest_of(request)
    assert request.signature["login"] == "headteacher"
    monday.publish()
    later = LESSON + timedelta(minutes=10)
    assert open_to(monday, "127.0.10.7", VIDEO, later)
    assert not open_to(monday, "127.0.10.7", "https://www.youtube.com/watch?v=xyz", later)
    assert not open_to(monday, "127.0.20.7", VIDEO, later)
    assert not open_to(monday, "127.0.10.7", VIDEO, LESSON + timedelta(minutes=65))  # break
    assert not open_to(monday, "127.0.10.7", VIDEO, LESSON + DAY)  # it ended by itself


def test_every_step_is_told_and_in_the_audit_chain(monday: School) -> None:
    request = authorised(monday)
    with monday.store.reading() as session:
        assert [e.what for e in requests.events(session, request.id)] == [
            "submitted", "reviewed", "authorised",
        ]  # fmt: skip
        said = session.query(AuditRow).filter(AuditRow.subject == request.id).all()
    assert [(e.action, e.actor) for e in said] == [
        ("request.submitted", "staff"), ("request.reviewed", "it_technician"),
        ("request.authorised", "headteacher"),
    ]  # fmt: skip
    assert said[-1].detail["digest"] == request.signature["digest"]


def test_a_refusal_opens_nothing(monday: School) -> None:
    id_ = ask(monday.client(Post.STAFF))
    review(monday, id_)
    assert decide(monday, id_, "no") == 303
    found = kept(monday, id_)
    assert (found.state, found.approved, found.grant) == ("refused", False, None)
    assert found.signature["digest"] == digest_of(found)
    assert made(monday) == ()


@pytest.mark.parametrize("post", list(Post))
def test_the_policys_posts_alone_take_each_step(monday: School, post: Post) -> None:
    id_ = ask(monday.client(Post.STAFF))
    if post is not Post.IT_TECHNICIAN:
        assert review(monday, id_, post) == 403
        assert review(monday, id_) == 303
    else:
        assert review(monday, id_, post) == 303
    assert (decide(monday, id_, post=post) == 303) == (post is Post.HEADTEACHER)


@pytest.mark.parametrize(
    ("template", "post", "steps"),
    [
        ("clarendon-cottage", Post.SLT, 1), ("diamond-partnership", Post.EXECUTIVE_HEAD, 2),
        ("diamond-partnership", Post.HEADTEACHER, 2), ("date-palm", Post.HEADTEACHER, 2),
    ],
)  # fmt: skip
def test_other_policies_have_other_steps(
    at_lesson: Callable[..., School], template: str, post: Post, steps: int
) -> None:
    school = at_lesson(template)
    id_ = ask(school.client(Post.STAFF))
    assert (decide(school, id_, post=post) == 303) == (steps == 1)
    if steps == 2:
        assert review(school, id_) == 303
        assert decide(school, id_, post=post) == 303
    else:
        assert review(school, id_) in (403, 409)
    assert kept(school, id_).grant == "G1"


def test_nobody_reviews_or_decides_what_they_asked_for(monday: School) -> None:
    everything = monday.accounts[Post.IT_TECHNICIAN]
    with monday.store.session() as session:
        accounts.set_posts(session, everything.id, [post.value for post in Post])
        row = session.get(AccountRow, everything.id)
        assert row is not None
        monday.accounts[Post.IT_TECHNICIAN] = accounts.account(row)
    id_ = ask(monday.client(Post.IT_TECHNICIAN))
    assert review(monday, id_) == 403
    assert decide(monday, id_, post=Post.IT_TECHNICIAN) == 403
    page = monday.client(Post.IT_TECHNICIAN).get(f"/requests/{id_}").text
    assert "Nobody reviews or decides a request of their own" in page
    with monday.store.session() as session:  # a second account of the same human being
        row = session.get(AccountRow, everything.id)
        assert row is not None
        row.person = "boss"
    person_of(monday, Post.HEADTEACHER, "boss")
    other = ask(monday.client(Post.STAFF))
    assert review(monday, other) == 303
    assert decide(monday, other) == 303
    own = ask(monday.client(Post.IT_TECHNICIAN))
    with monday.store.session() as session:
        requests.change(session, own, 1, state="reviewed", review={"done": 1})
    assert decide(monday, own) == 403


@pytest.mark.parametrize("more", [{"who": "me"}, {"who": "device", "device": "laptop"}])
def test_nobody_decides_a_request_about_themselves(monday: School, more: dict[str, str]) -> None:
    id_ = ask(monday.client(Post.STAFF), **more)
    person_of(monday, Post.HEADTEACHER, "ann")
    assert review(monday, id_) == 303
    assert decide(monday, id_) == 403
    person_of(monday, Post.HEADTEACHER, "somebody-else")
    assert decide(monday, id_) == 303


def test_the_second_factor_is_shown_again_before_signing(monday: School) -> None:
    id_ = ask(monday.client(Post.STAFF))
    review(monday, id_)
    stale = monday.client(Post.HEADTEACHER, proved=False)
    assert "Sign in again to decide" in stale.get(f"/requests/{id_}/decide").text
    data = {"version": "2", "reasons": "Typed with care", "name": "A. Head", "decision": "yes"}
    answer = stale.post(f"/requests/{id_}/decide", data=data)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/second-factor?next=")
    assert kept(monday, id_).state == "reviewed"
    assert made(monday) == ()
    again = stale.get(f"/requests/{id_}/decide")
    assert "Sign in again to decide" in again.text


def test_what_was_typed_comes_back_after_signing_in_again(monday: School) -> None:
    id_ = ask(monday.client(Post.STAFF))
    review(monday, id_)
    client = monday.client(Post.HEADTEACHER, proved=False)
    data = {"version": "2", "reasons": "Typed with care", "name": "A. Head", "decision": "yes"}
    client.post(f"/requests/{id_}/decide", data=data)
    fresh = monday.client(Post.HEADTEACHER).get_cookie("bellgate")
    assert fresh is not None
    client.set_cookie("bellgate", fresh.value)
    assert "Typed with care" in client.get(f"/requests/{id_}/decide").text


def test_of_two_approvers_one_wins_and_the_other_is_told(monday: School) -> None:
    id_ = ask(monday.client(Post.STAFF))
    review(monday, id_)
    assert decide(monday, id_, "no", version=2) == 303
    late = {"version": "2", "reasons": "My own view of it", "name": "B. Head", "decision": "yes"}
    answer = monday.client(Post.HEADTEACHER).post(f"/requests/{id_}/decide", data=late)
    assert answer.status_code == 409
    assert "Somebody else changed this request" in answer.text
    assert "My own view of it" in answer.text
    assert kept(monday, id_).state == "refused"
    assert made(monday) == ()


def blocked(session: Session) -> None:
    target = Target(TargetKind.URL, "www.youtube.com/watch?v=abc")
    reports.block(session, ReportedBlock(id="", target=target, start=LESSON), author="dsl")


def restricted(session: Session) -> None:
    subject = Subject(SubjectKind.DEVICE, "tablet")
    sanctions.add(session, Sanction(id="", subject=subject, start=LESSON, end=None),
                  author="dsl", reason="r", at=LESSON)  # fmt: skip


@pytest.mark.parametrize(
    ("happens", "said"), [(blocked, "after a report"), (restricted, "restricted for now")]
)
def test_what_became_closed_in_between_stays_closed(
    monday: School, happens: Callable[[Session], None], said: str
) -> None:
    id_ = ask(monday.client(Post.STAFF), who="device", device="tablet")
    review(monday, id_)
    with monday.store.session() as session:
        happens(session)  # the gate has not even published it
    client = monday.client(Post.HEADTEACHER)
    data = {"version": "2", "reasons": "It is needed", "name": "A. Head", "decision": "yes"}
    answer = client.post(f"/requests/{id_}/decide", data=data)
    assert answer.status_code == 409
    assert said in answer.text
    assert made(monday) == ()
    monday.publish()
    page = client.get(f"/requests/{id_}/decide").text
    assert "This cannot be opened" in page
    assert 'value="yes"' not in page
    assert decide(monday, id_, "no") == 303


def test_what_became_illegal_in_between_is_not_shown_any_more(monday: School) -> None:
    id_ = ask(monday.client(Post.STAFF), url="https://bad.example/secret")
    review(monday, id_)
    make_illegal(monday, "bad.example")
    assert decide(monday, id_) == 409
    client = monday.client(Post.HEADTEACHER)
    for path in ("/requests", "/requests/export.csv", f"/requests/{id_}", f"/requests/{id_}/decide",
                 f"/requests/bulk?id={id_}"):  # fmt: skip
        text = client.get(path).get_data(as_text=True)
        assert "bad.example" not in text, path
    assert "bad.example" not in monday.client(Post.STAFF).get(f"/requests/new?again={id_}").text


@pytest.mark.parametrize(
    ("minutes", "ends"), [(0, "10:30"), (20, "10:30"), (59, "10:30"), (60, None), (80, None)]
)
def test_until_the_end_of_this_lesson(monday: School, minutes: int, ends: str | None) -> None:
    id_ = ask(monday.client(Post.STAFF), until="lesson")
    review(monday, id_)
    move_clock(monday, LESSON + timedelta(minutes=minutes, seconds=1))
    client = monday.client(Post.HEADTEACHER)
    page = client.get(f"/requests/{id_}/decide").text
    assert ("The time that was asked for is over" in page) == (ends is None)
    assert decide(monday, id_) == (303 if ends else 409)
    assert [f"{k.grant.end:%H:%M}" for k in made(monday)] == ([ends] if ends else [])


def test_the_answer_says_whether_the_gate_has_it(monday: School) -> None:
    id_ = ask(monday.client(Post.STAFF))
    review(monday, id_)
    client = monday.client(Post.HEADTEACHER)
    data = {"version": "2", "reasons": "It is needed", "name": "A. Head", "decision": "yes"}
    client.post(f"/requests/{id_}/decide", data=data)
    page = client.get(f"/requests/{id_}").text
    assert "authorised as grant G1" in page
    assert "The gate has not confirmed it yet" in page  # no core runs in this test


def test_a_standing_permission_is_none_of_it(monday: School) -> None:
    authorised(monday)
    with monday.store.reading() as session:
        assert permissions.list_(session) == ()
