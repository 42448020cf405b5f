"""Who is told what: names for all who work here, reasons for a few, staff for fewer still."""

from __future__ import annotations

from datetime import timedelta

import pytest

from admin_ui.access import ASKERS
from appliance import clock
from appliance.accounts.posts import Post
from appliance.store import audit, people
from appliance.store.account_tables import AccountRow
from tests.admin_ui.conftest import School
from tests.admin_ui.requests.conftest import registered
from tests.admin_ui.sanctions.conftest import LESSON, REASON, at_time, ban, kept

TOLD = {Post.HEADTEACHER, Post.EXECUTIVE_HEAD, Post.DSL, Post.DEPUTY_DSL, Post.E_SAFETY_OFFICER}


@pytest.mark.parametrize("post", sorted(ASKERS))
def test_all_who_work_here_see_whom_and_few_see_why(monday: School, post: Post) -> None:
    id_ = ban(monday)
    web = monday.client(post)
    for path in ("/sanctions", f"/sanctions/id/{id_}"):
        page = web.get(path).text
        assert "P. Pupil" in page
        assert "Wednesday 25 November" in page
        assert (REASON in page) == (post in TOLD), path
    assert ("Why it was made is for" in page) == (post not in TOLD)


@pytest.mark.parametrize("post", [Post.GOVERNOR, Post.AUDITOR])
def test_who_only_looks_on_sees_nobody(monday: School, post: Post) -> None:
    id_ = ban(monday)
    for path in ("/sanctions", f"/sanctions/id/{id_}"):
        assert monday.client(post).get(path).status_code == 403


def test_what_is_over_is_for_those_who_are_told_why(monday: School) -> None:
    id_ = ban(monday, days=1)
    at_time(monday, LESSON + timedelta(days=1, hours=1))
    assert REASON in monday.client(Post.DSL).get("/sanctions").text
    page = monday.client(Post.STAFF).get("/sanctions").text
    assert "Nobody is under a sanction" in page
    assert "P. Pupil" not in page
    assert "By its date" in monday.client(Post.DSL).get("/sanctions").text
    assert kept(monday, id_).lifted_at is None


@pytest.mark.parametrize(
    ("template", "post", "sees"),
    [
        ("duffield-meadows", Post.HEADTEACHER, True),
        ("duffield-meadows", Post.DSL, True),  # 7.4: may monitor staff
        ("date-palm", Post.HEADTEACHER, True),
        ("date-palm", Post.DSL, False),
        ("duffield-meadows", Post.E_SAFETY_OFFICER, False),
        ("duffield-meadows", Post.SLT, False),
        ("duffield-meadows", Post.IT_TECHNICIAN, False),
    ],
)
@pytest.mark.parametrize("who", ["person:ann", "device:laptop"])
def test_a_member_of_staff_is_the_business_of_few(
    make_school: object, template: str, post: Post, sees: bool, who: str
) -> None:
    assert callable(make_school)
    rehearse = (LESSON - clock.real()).total_seconds()
    school: School = registered(make_school(template=template, rehearse=rehearse))
    id_ = ban(school, who)
    web = school.client(post)
    named = "A. Teacher" if who.startswith("person") else "Staff laptop 4"
    assert (named in web.get("/sanctions").text) == sees
    assert web.get(f"/sanctions/id/{id_}").status_code == (200 if sees else 404)
    if post in (Post.DSL, Post.HEADTEACHER):
        query = who.replace(":", "=")
        assert web.get(f"/sanctions/new?{query}").status_code == (200 if sees else 404)


def test_whoever_has_an_account_is_staff_whatever_their_role(monday: School) -> None:
    """A sixth former who helps in the office: nobody of their class need know."""
    with monday.store.session() as session:
        row = session.get(AccountRow, monday.accounts[Post.LINE_MANAGER].id)
        assert row is not None
        row.person = "pip"
    ban(monday)
    assert "P. Pupil" not in monday.client(Post.STAFF).get("/sanctions").text


def test_who_left_the_register_is_shown_to_few_and_said(monday: School) -> None:
    id_ = ban(monday, "device:tablet")
    with monday.store.session() as session:
        from appliance.store import devices

        devices.remove(session, "tablet")
    monday.publish()
    page = monday.client(Post.HEADTEACHER).get(f"/sanctions/id/{id_}").text
    assert "The register does not have this device any more" in page
    assert "Not in the register" in monday.client(Post.HEADTEACHER).get("/sanctions").text
    assert monday.client(Post.STAFF).get(f"/sanctions/id/{id_}").status_code == 404


def test_hostile_names_and_reasons_are_only_text(monday: School) -> None:
    with monday.store.session() as session:
        from appliance.policy.subjects import Person

        person = Person(id="pip", name="<script>alert(1)</script>", role="pupil")
        people.add_person(session, person)
    id_ = ban(monday, reason="<b>why</b>")
    for path in ("/sanctions", f"/sanctions/id/{id_}", f"/sanctions/id/{id_}/supervise",
                 f"/sanctions/id/{id_}/lift", "/sanctions/new?words=script"):  # fmt: skip
        page = monday.client(Post.DSL).get(path).text
        assert "<script>alert" not in page, path
        assert "<b>why" not in page, path
        assert "&lt;script&gt;alert" in page, path


def test_each_look_is_in_the_chain_and_the_technician_reads_no_name_there(monday: School) -> None:
    id_ = ban(monday)
    monday.client(Post.STAFF).get("/sanctions")
    monday.client(Post.STAFF).get(f"/sanctions/id/{id_}")
    with monday.store.reading() as session:
        looks = [link.entry for link in audit.every(session)
                 if link.entry.action == "sanction.looked"]  # fmt: skip
    assert [(one.actor, one.subject, one.detail["rows"]) for one in looks] == [
        ("staff", "", 1), ("staff", "person:pip", 1),
    ]  # fmt: skip
    assert "person:pip" not in monday.client(Post.IT_TECHNICIAN).get("/audit").text
    assert "person:pip" in monday.client(Post.HEADTEACHER).get("/audit").text


def test_one_of_the_policy_file_is_shown_and_not_changed_here(monday: School) -> None:
    from appliance import policy_file
    from appliance.store import policies

    text = policy_file.template_text("duffield-meadows")
    text += "\ndevices:\n  pad-1: {name: Pad 1, addresses: [127.0.10.61]}\nsanctions:\n"
    text += "  - {id: term, who: 'device:pad-1', start: 2026-11-23T08:00, clause: '7.2'}\n"
    with monday.store.session() as session:
        policies.set_policy(session, text, "test", "test", "test", clock.real())
    monday.publish()
    head = monday.client(Post.HEADTEACHER)
    page = head.get("/sanctions/id/term").text
    assert "The policy file. The technician changes it there." in page
    assert "/sanctions/id/term/lift" not in page
    data = {"reason": "x", "seen": "1"}
    assert head.post("/sanctions/id/term/lift", data=data).status_code == 403
    begun = {"who": "device:pad-1", "beside": "yes"}
    assert head.post("/sanctions/id/term/supervise", data=begun).status_code == 303
