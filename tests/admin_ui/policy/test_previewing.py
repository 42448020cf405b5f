"""A change of the policy: previewed, reasoned, signed where it opens something for pupils."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from appliance import clock
from appliance.accounts.posts import Post
from appliance.store import accounts, policies, policy_drafts
from appliance.store.account_tables import AccountRow
from appliance.store.audit_tables import AuditRow
from tests.admin_ui.conftest import School

STAFF_BREAK = {"id": "staff-break", "action": "allow", "who": "role:staff",
               "what": "category:social_media", "ownership": "personal", "clause": "5.9",
               "permission": "staff_wifi", "grants": "allowed", "monitor": "true"}  # fmt: skip
PUPIL_BREAK = {"id": "pupil-break", "action": "allow", "who": "role:pupil", "when": "break",
               "what": "service:tiktok", "clause": "6.8", "ownership": "", "permission": "",
               "grants": "allowed", "monitor": "true"}  # fmt: skip


def main_of(answer: TestResponse) -> str:
    """The words of a page, without markup and with single blanks."""
    inner = re.search(r"<main.*?</main>", answer.text, re.DOTALL)
    assert inner
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", inner[0]))


def begin(client: FlaskClient, path: str, fields: dict[str, Any]) -> str:
    """Send a form that begins a change; return the address of its preview."""
    answer = client.post(path, data=fields)
    assert answer.status_code == 303, main_of(answer)
    return answer.location


def actions(school: School) -> list[str]:
    with school.store.reading() as session:
        return list(session.scalars(select(AuditRow.action).order_by(AuditRow.number)))


def current(school: School) -> tuple[int, str, str, str]:
    with school.store.reading() as session:
        held = policies.current_policy(session)
        assert held
        return held.id, held.author, held.reason, held.text


def test_a_stricter_rule_is_in_force_as_soon_as_it_has_a_reason(school: School) -> None:
    client = school.client(Post.IT_TECHNICIAN)
    place = begin(client, "/policy/rules/staff-break", {**STAFF_BREAK, "when": ["break"]})
    said = main_of(client.get(place))
    assert "closes before school, at lunch and after school" in said
    assert "Nothing else changes" in said
    assert "Put it in force now" in said
    assert current(school)[0] == 1, "nothing is in force before it is confirmed"
    assert client.post(place, data={"reason": "  "}).status_code == 422
    assert current(school)[0] == 1, "and never without a reason"
    answer = client.post(place, data={"reason": "Asked for by the governors"})
    assert answer.status_code == 303
    number, author, reason, text = current(school)
    assert (number, author, reason) == (2, "it_technician", "Asked for by the governors")
    assert "    when: break\n" in text
    assert "# 3.1 speaks of any platform" in text, "comments survive"
    assert actions(school)[-1] == "policy.changed"


def test_what_opens_for_pupils_waits_for_the_headteacher(school: School) -> None:
    technician = school.client(Post.IT_TECHNICIAN)
    place = begin(technician, "/policy/new-rule", PUPIL_BREAK)
    said = main_of(technician.get(place))
    assert "Pupils: TikTok opens at break." in said
    assert "opens something for pupils" in said
    technician.post(place, data={"reason": "Class project"})
    assert current(school)[0] == 1
    assert actions(school)[-1] == "policy.proposed"
    assert technician.get(f"{place}/decide").status_code == 403
    head = school.client(Post.HEADTEACHER)
    assert "Approve or refuse" in main_of(head.get(place))
    assert head.post(f"{place}/decide", data={"approved": "yes"}).status_code == 422
    head.post(f"{place}/decide", data={"approved": "yes", "reasons": "Agreed"})
    number, author, reason, _ = current(school)
    assert (number, author, reason) == (2, "it_technician", "Class project")
    register = main_of(head.get("/policy/register"))
    assert "headteacher: Agreed" in register
    assert "Class project" in register


def test_a_signature_asks_for_the_second_factor(school: School) -> None:
    technician = school.client(Post.IT_TECHNICIAN)
    place = begin(technician, "/policy/new-rule", PUPIL_BREAK)
    technician.post(place, data={"reason": "Class project"})
    head = school.client(Post.HEADTEACHER, proved=False)
    signed = {"approved": "yes", "reasons": "x"}
    for answer in (head.get(f"{place}/decide"), head.post(f"{place}/decide", data=signed)):
        assert answer.status_code == 303
        assert "second-factor" in answer.location
    assert current(school)[0] == 1


def test_a_refusal_leaves_the_policy_as_it_was(school: School) -> None:
    technician, head = school.client(Post.IT_TECHNICIAN), school.client(Post.HEADTEACHER)
    place = begin(technician, "/policy/new-rule", PUPIL_BREAK)
    technician.post(place, data={"reason": "Class project"})
    head.post(f"{place}/decide", data={"approved": "no", "reasons": "Not now"})
    assert current(school)[0] == 1
    assert "Not now" in main_of(technician.get(place))
    assert actions(school)[-1] == "policy.refused"
    head.post(f"{place}/decide", data={"approved": "yes", "reasons": "Changed my mind"})
    assert current(school)[0] == 1, "what is decided stays decided"


def test_without_anybody_to_sign_it_is_in_force_at_once_and_says_so(school: School) -> None:
    with school.store.session() as session:
        for one in accounts.list_(session):
            if one.login != "it_technician":
                accounts.set_enabled(session, one.id, False)
    client = school.client(Post.IT_TECHNICIAN)
    place = begin(client, "/policy/new-rule", PUPIL_BREAK)
    assert "no such account exists" in main_of(client.get(place))
    client.post(place, data={"reason": "Class project"})
    assert current(school)[0] == 2


def test_a_headteacher_who_is_technician_too_does_not_sign_alone(school: School) -> None:
    client = school.client_of(added(school, "both", "it_technician", "headteacher"))
    place = begin(client, "/policy/new-rule", PUPIL_BREAK)
    client.post(place, data={"reason": "Class project"})
    assert current(school)[0] == 1, "there is another headteacher"
    assert client.get(f"{place}/decide").status_code == 403


def added(school: School, login: str, *posts: str) -> accounts.Account:
    """One more account, its second factor set up."""
    with school.store.session() as session:
        made = accounts.add(session, login, login.title(), posts, at=clock.real())
        row = session.get_one(AccountRow, made.id)
        row.totp = b"sealed elsewhere"
        session.flush()
        return accounts.account(row)


def test_a_change_that_was_overtaken_cannot_come_into_force(school: School) -> None:
    technician, head = school.client(Post.IT_TECHNICIAN), school.client(Post.HEADTEACHER)
    place = begin(technician, "/policy/new-rule", PUPIL_BREAK)
    technician.post(place, data={"reason": "Class project"})
    with school.store.session() as session:
        held = policies.current_policy(session)
        assert held
        policies.set_policy(session, f"# new\n{held.text}", "t", "somebody", "else", clock.real())
    head.post(f"{place}/decide", data={"approved": "yes", "reasons": "Agreed"})
    assert current(school)[1] == "somebody"
    assert "Another version came into force" in main_of(technician.get(place))


def test_nobody_confirms_or_withdraws_the_change_of_another(school: School) -> None:
    other = added(school, "second", "it_technician")
    place = begin(school.client(Post.IT_TECHNICIAN), "/policy/new-rule", PUPIL_BREAK)
    second = school.client_of(other)
    assert second.post(place, data={"reason": "mine now"}).status_code == 403
    assert second.post(f"{place}/withdraw").status_code == 403
    assert current(school)[0] == 1


def test_several_edits_become_one_change(school: School) -> None:
    client = school.client(Post.IT_TECHNICIAN)
    first = begin(client, "/policy/rules/staff-break", {**STAFF_BREAK, "when": ["break"]})
    second = client.post("/policy/rules/unsuitable/remove").location
    assert first == second
    with school.store.reading() as session:
        draft = policy_drafts.find(session, 1)
        assert draft
        assert "id: unsuitable\n" not in draft.text
        assert "    when: break\n" in draft.text
    assert "unsuitable content open" in main_of(client.get(first)).lower()
    client.post(f"{first}/withdraw")
    assert current(school)[0] == 1
    assert begin(client, "/policy/new-rule", PUPIL_BREAK) != first


@pytest.mark.parametrize("path", ["/policy/changes/99", "/policy/changes/99/decide"])
def test_there_is_no_change_of_that_number(school: School, path: str) -> None:
    assert school.client(Post.HEADTEACHER).get(path).status_code == 404
