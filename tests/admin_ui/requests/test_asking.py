"""The form of appendix A: who sees it, what is filled in, what is refused and in which words."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from appliance.accounts.posts import Post
from appliance.policy.model import (
    ReportedBlock,
    Sanction,
    Subject,
    SubjectKind,
    Target,
    TargetKind,
)
from appliance.store import reports, requests, sanctions
from appliance.store.audit_tables import AuditRow
from appliance.store.requests import Wanted
from tests.admin_ui.conftest import School
from tests.admin_ui.requests.conftest import (
    CLASSROOM,
    FORM,
    LAPTOP,
    LESSON,
    NAMELESS,
    VIDEO,
    ask,
    at_device,
    kept,
    make_illegal,
)

ASKING = {"url": VIDEO, "ref": "AB12-CD34"}
FIELDS = ("Staff name", "Date", "Full URL", "Site content", "Reasons for access",
          "Identified risks and control measures")  # fmt: skip


def test_a_pupil_is_told_what_to_tell_the_teacher(monday: School) -> None:
    page = at_device(monday.nobody(), CLASSROOM).get("/requests/new", query_string=ASKING).text
    for part in ("Show this page to a teacher", "AB12-CD34", "Classroom PC 7", "I work here"):
        assert part in page
    assert VIDEO in page
    assert f'href="{VIDEO}' not in page


def test_signing_in_comes_back_with_what_was_blocked(monday: School) -> None:
    page = monday.nobody().get("/requests/new", query_string=ASKING).text
    link = re.search(r'href="(/sign-in\?next=[^"]+)"', page)
    assert link
    assert "watch" in link[1]
    assert "AB12-CD34" in link[1]


@pytest.mark.parametrize("post", [Post.GOVERNOR, Post.AUDITOR])
def test_who_only_looks_on_cannot_ask(monday: School, post: Post) -> None:
    client = monday.client(post)
    assert "may look at requests but not send one" in client.get("/requests/new").text
    assert client.post("/requests/new", data=FORM).status_code == 403


@pytest.mark.parametrize("post", [p for p in Post if p not in (Post.GOVERNOR, Post.AUDITOR)])
def test_staff_see_every_field_of_the_appendix_filled_in(monday: School, post: Post) -> None:
    page = monday.client(post).get("/requests/new", query_string=ASKING).text
    for field in FIELDS:
        assert field in page
    assert f'value="{VIDEO}"' in page
    assert "Monday 23 November 2026" in page


@pytest.mark.parametrize(
    ("address", "checked", "said"),
    [
        (CLASSROOM, "here", "Classroom PC 7, whoever sits at it"),
        (CLASSROOM, "here", "Not on the device in front of you"),
        (LAPTOP, "me", "On your own devices: Staff laptop 4."),
        (NAMELESS, "me", "It is not in the register"),
    ],
)
def test_the_form_knows_the_device_in_use(
    monday: School, address: str, checked: str, said: str
) -> None:
    page = at_device(monday.client(Post.STAFF), address).get("/requests/new").text
    assert said in page
    assert re.search(rf'name="who" type="radio" value="{checked}"\s+checked', page)


@pytest.mark.parametrize(
    ("address", "who", "subject"),
    [
        (CLASSROOM, "here", Subject(SubjectKind.DEVICE, "pc7")),
        (CLASSROOM, "me", Subject(SubjectKind.PERSON, "ann")),
        (LAPTOP, "me", Subject(SubjectKind.PERSON, "ann")),
        (LAPTOP, "here", Subject(SubjectKind.DEVICE, "laptop")),
    ],
)
def test_whom_a_request_is_for(monday: School, address: str, who: str, subject: Subject) -> None:
    id_ = ask(at_device(monday.client(Post.STAFF), address), who=who)
    assert kept(monday, id_).subject == subject


def test_what_was_sent_is_kept_and_told(monday: School) -> None:
    client = monday.client(Post.STAFF)
    id_ = ask(client, periods=["lunch", "break"], until="date", until_date="18/12/2026", ref="AB12")
    found = kept(monday, id_)
    assert (found.url, found.content, found.block_reference) == (VIDEO, FORM["content"], "AB12")
    assert found.target == Target(TargetKind.URL, "www.youtube.com/watch?v=abc")
    assert found.when == {"lunch", "break"}
    assert found.ends.isoformat() == "2026-12-19T00:00:00+00:00"
    assert found.due is None  # the reference policy sets no time
    with monday.store.reading() as session:
        assert [e.what for e in requests.events(session, id_)] == ["submitted"]
        entry = session.query(AuditRow).order_by(AuditRow.number.desc()).first()
    assert entry is not None
    assert (entry.action, entry.subject, entry.actor) == ("request.submitted", id_, "staff")
    assert "It waits for: IT technician" in client.get(f"/requests/{id_}").text


def test_the_due_time_is_the_policys(at_lesson: Callable[..., School]) -> None:
    school = at_lesson("clarendon-cottage")
    found = kept(school, ask(school.client(Post.STAFF)))
    assert found.due is not None
    assert found.due - found.made == timedelta(hours=24)
    weekend = at_lesson("clarendon-cottage", LESSON + timedelta(days=5))
    found = kept(weekend, ask(weekend.client(Post.STAFF)))
    assert found.due is not None
    assert found.due.isoformat() == "2026-12-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"url": ""}, "Enter the full address"), ({"url": "javascript:x"}, "full web address"),
        ({"content": "  "}, "Say what is on the page"), ({"reasons": ""}, "needed for"),
        ({"risks": ""}, "what could go wrong"), ({"who": ""}, "Choose who it is for"),
        ({"who": "group", "group": "9Z"}, "Choose the class or group"),
        ({"until": ""}, "Choose until when"),
        ({"until": "date", "until_date": "1/9/2027"}, "31 August 2027"),
        ({"periods": "midnight"}, "Choose from the periods"),
        ({"reasons": "x" * 2001}, "2000 characters or fewer"),
        ({"width": "service", "url": "https://a.example/"}, "belongs to no service"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_and_nothing_typed_is_lost(
    monday: School, more: dict[str, str], said: str
) -> None:
    answer = monday.client(Post.STAFF).post("/requests/new", data={**FORM, **more})
    assert answer.status_code == 400
    assert said in answer.text
    assert "There is a problem" in answer.text
    for name in ("content", "reasons", "risks"):
        assert {**FORM, **more}[name].strip() in answer.text
    with monday.store.reading() as session:
        assert requests.find(session, Wanted(), LESSON)[1] == 0


def block_by_report(school: School) -> None:
    with school.store.session() as session:
        target = Target(TargetKind.HOST, "youtube.com")
        reports.block(session, ReportedBlock(id="", target=target, start=LESSON), author="dsl")


def restrict(school: School) -> None:
    with school.store.session() as session:
        subject = Subject(SubjectKind.PERSON, "pip")
        sanctions.add(session, Sanction(id="", subject=subject, start=LESSON, end=None),
                      author="dsl", reason="r", at=LESSON)  # fmt: skip


@pytest.mark.parametrize(
    ("happens", "more", "said"),
    [
        (block_by_report, {}, "after a report"),
        (restrict, {"who": "device", "device": "tablet"}, "restricted for now"),
        (None, {"url": "https://nordvpn.com/x"}, "way round the school"),
        (None, {"role": "visitor"}, "no permission opens this for them (clause 6.9)"),
    ],
)
def test_what_cannot_be_opened_cannot_be_asked_for(
    monday: School, happens: Callable[[School], None] | None, more: dict[str, str], said: str
) -> None:
    if happens:
        happens(monday)
    answer = monday.client(Post.STAFF).post("/requests/new", data={**FORM, **more})
    assert answer.status_code == 409
    assert said in answer.text
    with monday.store.reading() as session:
        assert requests.find(session, Wanted(), LESSON)[1] == 0


def test_an_illegal_address_is_not_shown_or_written_down(monday: School) -> None:
    make_illegal(monday, "bad.example")
    url = "https://bad.example/very-secret-path"
    answer = monday.client(Post.STAFF).post("/requests/new", data={**FORM, "url": url})
    assert answer.status_code == 409
    assert "list of illegal content" in answer.text
    assert "bad.example" not in answer.text
    with monday.store.reading() as session:
        entries = session.query(AuditRow).all()
    assert entries[-1].action == "request.not_taken"
    assert not any("bad.example" in f"{entry.reason}{entry.detail}" for entry in entries)


def test_an_earlier_request_can_be_asked_again(monday: School) -> None:
    client = monday.client(Post.STAFF)
    id_ = ask(client)
    assert FORM["reasons"] in client.get(f"/requests/new?again={id_}").text
    assert (
        FORM["reasons"]
        not in monday.client(Post.LINE_MANAGER).get(f"/requests/new?again={id_}").text
    )
