"""Who is responsible: nobody needed is missing, and links are shown once."""

from __future__ import annotations

import re

import pytest

from appliance.accounts import responsible
from appliance.accounts.posts import Post
from appliance.accounts.responsible import MANDATORY, Duty
from appliance.store import accounts, credentials
from tests.admin_ui.setup.conftest import PEOPLE, TECHNICIAN, Fresh, said, went

LINKS = "/setup/people/invitations"


def posts(fresh: Fresh, login: str) -> frozenset[str]:
    with fresh.store.reading() as session:
        found = credentials.by_login(session, login)
        assert found is not None
        return found.posts if found.enabled else frozenset()


@pytest.mark.parametrize("duty", MANDATORY)
def test_the_mandatory_ones_are_asked_for(fresh: Fresh, duty: Duty) -> None:
    client = fresh.technician()
    given = PEOPLE | {f"{duty}_name": " ", f"{duty}_email": ""}
    page = client.post("/setup/people", data=given)
    assert "nothing goes live without" in said(page)
    assert "D. Lead" in page.text or duty is Duty.DSL, "what was typed is still there"
    with fresh.store.reading() as session:
        assert len(accounts.list_(session)) == 1


def test_half_a_person_is_refused(fresh: Fresh) -> None:
    client = fresh.technician()
    page = client.post("/setup/people", data=PEOPLE | {"deputy_dsl_name": "E. Deputy"})
    assert "e-mail address of the deputy DSL" in said(page)
    page = client.post("/setup/people", data=PEOPLE | {"deputy_dsl_email": "e@x.example"})
    assert "name of the deputy DSL" in said(page)


def test_each_gets_an_account_and_somebody_else_takes_it_over(fresh: Fresh) -> None:
    client = fresh.technician()
    assert went(client.post("/setup/people", data=PEOPLE)) == LINKS
    assert posts(fresh, "dsl@hazelbrook.example") == {Post.DSL, Post.SLT}
    other = PEOPLE | {"slt_lead_name": "S. Leader", "slt_lead_email": "Slt@Hazelbrook.example"}
    other |= {"governor_name": "N. Other", "governor_email": "new@hazelbrook.example"}
    assert went(client.post("/setup/people", data=other)) == LINKS
    assert posts(fresh, "dsl@hazelbrook.example") == {Post.DSL}
    assert posts(fresh, "slt@hazelbrook.example") == {Post.SLT}
    assert posts(fresh, "governor@hazelbrook.example") == frozenset(), "never used: switched off"
    with fresh.store.reading() as session:
        assert responsible.every(session)[Duty.GOVERNOR].name == "N. Other"
    back = went(client.post("/setup/people", data=PEOPLE))
    assert back == LINKS
    assert posts(fresh, "governor@hazelbrook.example") == {Post.GOVERNOR}


def test_a_technician_who_is_also_something_else_stays_signed_in(fresh: Fresh) -> None:
    client = fresh.technician()
    mine = {"e_safety_officer_name": "T. Technician",
            "e_safety_officer_email": TECHNICIAN["login"]}  # fmt: skip
    assert went(client.post("/setup/people", data=PEOPLE | mine)) == LINKS
    assert client.get("/setup/policy").status_code == 200
    assert posts(fresh, TECHNICIAN["login"]) == {Post.IT_TECHNICIAN, Post.E_SAFETY_OFFICER}


def test_the_links_work_once_and_new_ones_end_the_old(fresh: Fresh) -> None:
    client = fresh.technician()
    client.post("/setup/people", data=PEOPLE)
    assert "/invitation/" not in client.get(LINKS).text
    first = re.findall(r"/invitation/([\w-]+)", client.post(LINKS).text)
    second = re.findall(r"/invitation/([\w-]+)", client.post(LINKS).text)
    assert len(first) == len(second) == 3
    assert not set(first) & set(second)
    assert fresh.browser().get(f"/invitation/{first[0]}").status_code == 404
    assert fresh.browser().get(f"/invitation/{second[0]}").status_code == 200
    assert fresh.actions().count("account.invited") == 6


def test_a_login_that_cannot_be_is_said_beside_its_field(fresh: Fresh) -> None:
    client = fresh.technician()
    page = client.post("/setup/people", data=PEOPLE | {"dsl_email": "<script>@x"})
    assert "no blanks" in said(page)
    assert "<script>@x" not in page.text
    with fresh.store.reading() as session:
        assert len(accounts.list_(session)) == 1, "all or nothing"
