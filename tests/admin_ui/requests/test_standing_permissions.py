"""Standing permissions: two halves by two people, and neither opens anything alone."""

from __future__ import annotations

import pytest

from admin_ui.requests.standing_permissions import CONTROLS
from appliance.accounts.posts import Post
from appliance.store import accounts, permissions
from appliance.store.account_tables import AccountRow
from appliance.store.audit_tables import AuditRow
from tests.admin_ui.conftest import School
from tests.admin_ui.requests.conftest import LAPTOP, LESSON, open_to

X, BREAK = "https://x.com/home", LESSON.replace(hour=10, minute=35)
FORM = {"permission": "staff_wifi", "subject": "person:ann", "reason": "Letter of 1 September"}
APPLIED = {"controls": list(CONTROLS), "reason": "Seen on the laptop"}


def permit(school: School, post: Post = Post.HEADTEACHER, **more: str) -> int:
    return school.client(post).post("/permissions", data={**FORM, **more}).status_code


def apply_controls(school: School, post: Post = Post.IT_TECHNICIAN, **more: object) -> int:
    data = {**APPLIED, **more}
    return school.client(post).post("/permissions/1/controls", data=data).status_code


def held(school: School) -> list[permissions.KeptPermission]:
    with school.store.reading() as session:
        return list(permissions.list_(session))


def test_both_halves_open_and_withdrawing_closes(monday: School) -> None:
    assert permit(monday) == 303
    monday.publish()
    assert not open_to(monday, LAPTOP, X, BREAK)
    assert apply_controls(monday) == 303
    monday.publish()
    assert open_to(monday, LAPTOP, X, BREAK)
    assert not open_to(monday, LAPTOP, X, LESSON.replace(minute=50))
    data = {"reason": "Left the school"}
    answer = monday.client(Post.HEADTEACHER).post("/permissions/1/withdraw", data=data)
    assert answer.status_code == 303
    monday.publish()
    assert not open_to(monday, LAPTOP, X, BREAK)
    with monday.store.reading() as session:
        said = session.query(AuditRow).filter(AuditRow.subject == "permission 1").all()
    assert [(e.action, e.actor, e.reason) for e in said] == [
        ("permission.permitted", "headteacher", "Letter of 1 September"),
        ("permission.controls_applied", "it_technician", "Seen on the laptop"),
        ("permission.withdrawn", "headteacher", "Left the school"),
    ]


@pytest.mark.parametrize("post", [p for p in Post if p not in (Post.GOVERNOR, Post.AUDITOR)])
def test_each_half_is_one_posts(monday: School, post: Post) -> None:
    assert (permit(monday, post) == 303) == (post is Post.HEADTEACHER)
    if post is not Post.HEADTEACHER:
        permit(monday)
    assert (apply_controls(monday, post) == 303) == (post is Post.IT_TECHNICIAN)
    withdrawn = monday.client(post).post("/permissions/1/withdraw", data={"reason": "r"})
    ends = (Post.HEADTEACHER, Post.IT_TECHNICIAN, Post.EXECUTIVE_HEAD)
    assert (withdrawn.status_code == 303) == (post in ends)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"permission": "none"}, "Choose the permission"),
        ({"subject": "person:gone"}, "Choose a person, a group or a role"),
        ({"subject": "network:x"}, "Choose a person, a group or a role"),
        ({"reason": " "}, "Say why it is permitted"),
        ({"until_date": "1/1/2020"}, "today or later"),
        ({"until_date": "soon"}, "real date"),
    ],
)  # fmt: skip
def test_a_half_filled_permission_is_none(monday: School, more: dict[str, str], said: str) -> None:
    answer = monday.client(Post.HEADTEACHER).post("/permissions", data={**FORM, **more})
    assert answer.status_code == 400
    assert said in answer.text
    assert held(monday) == []


def test_every_control_is_ticked_or_it_does_not_hold(monday: School) -> None:
    permit(monday, until_date="30/11/2026")
    assert "30 November" in monday.client(Post.STAFF).get("/permissions").text
    assert apply_controls(monday, controls=list(CONTROLS)[1:]) == 400
    assert apply_controls(monday, reason="") == 400
    assert not held(monday)[0].permission.controls_applied


def test_nobody_permits_or_marks_for_themselves(monday: School) -> None:
    for post in (Post.HEADTEACHER, Post.IT_TECHNICIAN):
        with monday.store.session() as session:
            row = session.get(AccountRow, monday.accounts[post].id)
            assert row is not None
            row.person = "ann"
            session.flush()
            monday.accounts[post] = accounts.account(row)
    assert permit(monday) == 403
    assert permit(monday, subject="role:staff") == 303
    assert held(monday)[0].permission.subject.id == "staff"
    with monday.store.session() as session:
        permissions.withdraw(session, 1, at=LESSON.replace(day=24))
    assert apply_controls(monday) == 303  # about a whole role, not about themselves


def test_what_has_ended_or_never_was(monday: School) -> None:
    client = monday.client(Post.IT_TECHNICIAN)
    assert client.get("/permissions/9/controls").status_code == 404
    permit(monday)
    assert client.get("/permissions/1/controls").status_code == 200
    assert client.get("/permissions/1/withdraw").status_code == 200
    client.post("/permissions/1/withdraw", data={"reason": "r"})
    assert apply_controls(monday) == 303
    assert not held(monday)[0].permission.controls_applied
    assert "Ended" in client.get("/permissions").text
