"""A new sanction: found, previewed, made with its reason, enforced, written down."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appliance.accounts.posts import Post
from tests.admin_ui.conftest import School
from tests.admin_ui.sanctions.conftest import REASON, ban, kept, reason_at, told

FORM = {"who": "person:pip", "seen": "none", "until": "date", "until_date": "27/11/2026",
        "reason": REASON, "clause": "7.2"}  # fmt: skip


def test_a_sanction_closes_all_but_helplines_at_once(monday: School) -> None:
    assert reason_at(monday, "www.example.org") == ("allow", "default")
    done = monday.client(Post.DSL).post("/sanctions/new?person=pip", data=FORM)
    assert (done.status_code, done.location) == (303, "/sanctions/id/S1")
    assert reason_at(monday, "www.example.org") == ("block", "sanction")
    assert reason_at(monday, "www.childline.org.uk")[0] == "allow"
    found = kept(monday, "S1")
    assert (found.author, found.reason, found.sanction.clause) == ("dsl", REASON, "7.2")
    assert found.sanction.end is not None
    assert found.sanction.end.isoformat() == "2026-11-28T00:00:00+00:00"  # that day included
    assert REASON not in found.sanction.text  # the block page shows the text
    assert told(monday) == [
        ("sanction.made", "person:pip", REASON,
         {"sanction": "S1", "until": "2026-11-28T00:00:00+00:00", "clause": "7.2", "source": ""}),
    ]  # fmt: skip


def test_until_somebody_lifts_it(monday: School) -> None:
    data = {**FORM, "until": "lifted", "who": "device:pc7"}
    done = monday.client(Post.HEADTEACHER).post("/sanctions/new?device=pc7", data=data)
    assert done.status_code == 303
    assert kept(monday, "S1").sanction.end is None
    assert reason_at(monday, "www.example.org", "127.0.10.7") == ("block", "sanction")
    assert reason_at(monday, "www.example.org")[0] == "allow"  # Pip's own is another device


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"reason": " "}, "Give the reason"),
        ({"reason": "x" * 2001}, "Use 2000 characters or fewer"),
        ({"until": ""}, "Choose until when it holds"),
        ({"until": "ever"}, "Choose until when it holds"),
        ({"until_date": "22/11/2026"}, "The date must be today or later"),
        ({"until_date": "31/02/2027"}, "Enter a real date"),
        ({"until_date": ""}, "Enter a real date"),
        ({"until_date": "31/12/9999"}, "Choose a date within three years"),
        ({"who": "person:ann"}, "Choose whom or what it is on"),
        ({"who": "role:pupil"}, "Choose whom or what it is on"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(
    monday: School, more: dict[str, str], said: str
) -> None:
    answer = monday.client(Post.DSL).post("/sanctions/new?person=pip", data={**FORM, **more})
    assert answer.status_code == 400
    assert said in answer.text
    assert "There is a problem" in answer.text
    assert {**FORM, **more}["reason"].strip() in answer.text
    assert told(monday) == []


def test_today_is_the_shortest(monday: School) -> None:
    data = {**FORM, "until": "today", "until_date": ""}
    assert monday.client(Post.DSL).post("/sanctions/new?person=pip", data=data).status_code == 303
    end = kept(monday, "S1").sanction.end
    assert end is not None
    assert end.isoformat() == "2026-11-24T00:00:00+00:00"
    assert reason_at(monday, "www.example.org", at=end - timedelta(seconds=1))[0] == "block"
    assert reason_at(monday, "www.example.org", at=end)[0] == "allow"


def test_the_preview_says_whom_it_reaches_and_what_stays_open(monday: School) -> None:
    page = monday.client(Post.DSL).get("/sanctions/new?person=pip").text
    assert "It closes the internet on <strong>Tablet 8</strong>" in page
    assert "childline.org.uk" in page
    assert "The policy’s short list is empty" in page
    assert 'value="7.2" selected' in page.replace("selected value", "value")
    page = monday.client(Post.DSL).get("/sanctions/new?device=pc7").text
    assert "Classroom PC 7</strong>, whoever uses it" in page


def test_a_person_whom_nothing_shows_is_warned_about(monday: School) -> None:
    from appliance.policy.subjects import Person
    from appliance.store import people

    with monday.store.session() as session:
        people.add_person(session, Person(id="quinn", name="Q. <i>Pupil", role="pupil"))
    monday.publish()
    page = monday.client(Post.DSL).get("/sanctions/new?person=quinn").text
    assert "No device is registered as Q. &lt;i&gt;Pupil’s" in page
    assert "<i>Pupil" not in page


def test_somebody_else_was_faster(monday: School) -> None:
    web = monday.client(Post.DSL)
    ban(monday)
    answer = web.post("/sanctions/new?person=pip", data=FORM)
    assert answer.status_code == 409
    assert "Somebody else has put them under a sanction" in answer.text
    assert "is under a sanction already, until" in answer.text
    assert REASON in answer.text
    mark = answer.text.split('name="seen" type="hidden" value="')[1].split('"')[0]
    assert web.post("/sanctions/new?person=pip", data={**FORM, "seen": mark}).status_code == 303
    assert kept(monday, "S2").reason == REASON


def test_found_by_words(monday: School) -> None:
    web = monday.client(Post.DSL)
    page = web.get("/sanctions/new?words=pupil").text
    assert 'href="/sanctions/new?person=pip"' in page
    assert 'href="/sanctions/new?device=tablet"' in page  # it is P. Pupil's
    assert "A. Teacher" not in page
    assert "Nobody and nothing of that name" in web.get("/sanctions/new?words=zzz").text
    assert web.get("/sanctions/new").status_code == 200


@pytest.mark.parametrize("path", ["person=nobody", "device=nothing", "attempt=99", "attempt=x",
                                  "concern=7", "attempt=" + "9" * 30])  # fmt: skip
def test_what_is_not_there_has_no_page(monday: School, path: str) -> None:
    assert monday.client(Post.DSL).get(f"/sanctions/new?{path}").status_code == 404


def test_nobody_puts_themselves_under_one_or_takes_themselves_out(monday: School) -> None:
    from appliance.store.account_tables import AccountRow

    with monday.store.session() as session:
        row = session.get(AccountRow, monday.accounts[Post.HEADTEACHER].id)
        assert row is not None
        row.person = "ann"
    head = monday.client(Post.HEADTEACHER)
    assert head.get("/sanctions/new?person=ann").status_code == 404
    assert head.get("/sanctions/new?device=laptop").status_code == 404
    id_ = ban(monday, "person:ann")
    for path in ("lift", "end"):
        answer = head.post(f"/sanctions/id/{id_}/{path}", data={"reason": "x", "seen": "1"})
        assert answer.status_code == 403
    assert "This is about you" in head.get(f"/sanctions/id/{id_}").text


@pytest.mark.parametrize("post", [Post.STAFF, Post.IT_TECHNICIAN, Post.E_SAFETY_OFFICER,
                                  Post.SLT, Post.GOVERNOR])  # fmt: skip
def test_only_headteachers_and_safeguarding_leads_make_one(monday: School, post: Post) -> None:
    assert monday.client(post).post("/sanctions/new?person=pip", data=FORM).status_code == 403
    assert told(monday) == []
