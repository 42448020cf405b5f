"""The whole way through, left and taken up again anywhere, and closed at its end."""

from __future__ import annotations

import re

import pytest

from admin_ui.setup import progress
from appliance.accounts import responsible
from appliance.accounts.responsible import Duty
from appliance.store import policies, settings, web_settings
from tests.admin_ui.setup.conftest import (
    NETWORKS,
    PASSWORD,
    PEOPLE,
    SCHOOL,
    TECHNICIAN,
    Fresh,
    said,
    went,
)

AFTER = (
    ("people", PEOPLE, "/setup/people/invitations"),
    ("policy", {"policy": "clarendon-cottage"}, "/setup/timetable"),
    ("timetable", {"bells": "keep"}, "/setup/networks"),
    ("networks", NETWORKS, "/setup/certificate"),
    ("certificate", {"done": "later"}, "/setup/emergency"),
)


def test_from_the_code_to_a_gate_that_is_live(fresh: Fresh) -> None:
    client = fresh.first_technician()
    for name, given, onward in AFTER:
        assert client.get(f"/setup/{name}").status_code == 200
        assert went(client.post(f"/setup/{name}", data=given)) == onward
    sealed = client.post("/setup/emergency")
    assert re.search(r"([a-z2-9]{4}-){5}[a-z2-9]{4}", sealed.text)
    assert sealed.headers["Cache-Control"] == "no-store"
    early = client.post("/setup/live", data={"reason": ""})
    assert "Try the gate out first" in early.text
    assert went(client.post("/setup/trial")) == "/setup/trial"
    page = client.get("/setup/trial").text
    assert "Not working." in page, "no face runs here, and that is said"
    assert "Something is red" in said(client.post("/setup/live", data={"reason": " "}))
    assert went(client.post("/setup/live", data={"reason": "Faces start later"})) == (
        "/setup/finished"
    )  # fmt: skip
    assert "The gate is live" in client.get("/setup/finished").text
    with fresh.store.reading() as session:
        current = policies.current_policy(session)
        assert current is not None
        assert current.source == "clarendon-cottage"
        assert settings.get(session, "school")["name"] == SCHOOL["name"]
        assert settings.get(session, "local_domains") == ["hazelbrook.internal"]
        assert web_settings.get(session, "upstream_filter")["name"] == NETWORKS["upstream"]
        assert responsible.missing(session) == ()
        assert responsible.every(session)[Duty.DSL] == responsible.every(session)[Duty.SLT_LEAD]
    assert {
        "setup.opened", "setup.school_named", "account.added", "setup.appointed", "policy.changed",
        "setup.networks", "setup.certificate", "account.emergency_sealed", "setup.tried",
        "setup.finished",
    } <= set(fresh.actions())  # fmt: skip


def test_closed_afterwards_for_everybody(fresh: Fresh) -> None:
    client = fresh.technician()
    with fresh.store.session() as session:
        progress.finish(session, fresh.app.extensions["gate"].real())
    for step in progress.STEPS:
        assert went(client.get(f"/setup/{step.name}")) == "/settings"
        assert went(fresh.browser().get(f"/setup/{step.name}")).startswith("/sign-in")
    assert went(client.post("/setup/school", data=SCHOOL)) == "/settings"
    assert went(client.get("/setup")) == "/settings"


@pytest.mark.parametrize("posts", ["headteacher", "staff", "dsl"])
def test_closed_to_whoever_is_no_technician(fresh: Fresh, posts: str) -> None:
    fresh.technician()
    other = fresh.signed_in("somebody", [posts])
    for step in progress.STEPS:
        assert other.get(f"/setup/{step.name}").status_code == 403


def test_a_closed_browser_loses_nothing(fresh: Fresh) -> None:
    first = fresh.inside()
    first.post("/setup/school", data=SCHOOL)
    again = fresh.inside()  # another browser, the same code
    assert "Hazelbrook Primary School" in again.get("/setup/school").text
    assert 'href="/setup/technician">\nGo on with' in again.get("/setup").text
    client = fresh.first_technician()
    for name, given, _ in AFTER[:3]:
        client.post(f"/setup/{name}", data=given)
    page = fresh.signed_in_as(TECHNICIAN["login"]).get("/setup").text
    assert page.count("Done") == 6  # the code, and five steps
    assert 'href="/setup/networks">\nGo on with' in page
    assert "head@hazelbrook.example" in client.get("/setup/people").text
    chosen = re.search(r'value="clarendon-cottage"[^>]*checked', client.get("/setup/policy").text)
    assert chosen


def test_a_technician_who_left_half_way_signs_in_and_goes_on(fresh: Fresh) -> None:
    client = fresh.inside()
    there = went(client.post("/setup/technician", data=TECHNICIAN))
    assert there.startswith("/second-factor")
    later = fresh.browser()
    given = {"login": TECHNICIAN["login"], "password": PASSWORD, "next": "/setup"}
    assert went(later.post("/sign-in", data=given)).startswith("/second-factor")
    assert went(later.get("/setup/people")).startswith("/second-factor")
