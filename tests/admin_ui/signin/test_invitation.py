"""Invitations: seen as often as one likes, used once, and they keep the second factor."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from appliance import clock
from appliance.accounts import tickets
from appliance.accounts.posts import Post
from appliance.accounts.tickets import Kind
from appliance.store import accounts
from appliance.store.account_tables import TicketRow
from tests.admin_ui.conftest import School
from tests.admin_ui.signin.people import Person, said, somebody

NEW = "lotus bramble quartz 7"


def invited(school: School, person: Person) -> str:
    with school.store.session() as session:
        at = clock.real()
        return tickets.issue(session, Kind.INVITATION, at=at, account=person.account.id)


def test_an_invitation_sets_the_first_password_once(school: School) -> None:
    person = somebody(school, "robin", password=None)
    path = f"/invitation/{invited(school, person)}"
    for _ in range(3):  # mail scanners look too
        assert "You sign in to Bellgate as <strong>robin</strong>" in person.web.get(path).text
    assert "at least 12" in person.web.post(path, data={"password": "short"}).text
    assert person.web.post(path, data={"password": NEW}).headers["Location"] == "/sign-in"
    assert person.sign_in(NEW).status_code == 303
    again = school.nobody().post(path, data={"password": "another one entirely"})
    assert again.status_code == 404
    assert "does not work any more" in again.text
    assert person.sign_in(NEW).status_code == 303
    assert said(school, "account.password_chosen") == [("robin", "robin", {})]


def test_another_password_ends_sessions_and_keeps_the_second_factor(school: School) -> None:
    person = somebody(school, "casey", [Post.DSL], phone=True)
    old = school.client_of(person.account)
    school.nobody().post(f"/invitation/{invited(school, person)}", data={"password": NEW})
    assert old.get("/me").status_code == 303
    assert person.sign_in(NEW).headers["Location"] == "/second-factor"


@pytest.mark.parametrize("over", ["unknown", "old", "disabled", "another kind"])
def test_what_holds_no_more_opens_nothing(school: School, over: str) -> None:
    person = somebody(school, "robin", password=None)
    secret = invited(school, person)
    with school.store.session() as session:
        if over == "unknown":
            secret = "x" * 43
        elif over == "old":
            for row in session.scalars(select(TicketRow)):
                row.made, row.ends = row.made - tickets.LASTS[Kind.INVITATION], row.made
        elif over == "disabled":
            accounts.set_enabled(session, person.account.id, False)
        else:
            secret = tickets.issue(session, Kind.LINK, at=clock.real(), account=person.account.id)
    for answer in (
        school.nobody().get(f"/invitation/{secret}"),
        school.nobody().post(f"/invitation/{secret}", data={"password": NEW}),
    ):
        assert answer.status_code == 404
    assert person.sign_in(NEW).status_code == 200
