"""The settings after the set-up: the headteacher looks, the technician changes, all is audited."""

from __future__ import annotations

from appliance.accounts import responsible
from appliance.accounts.posts import Post
from appliance.accounts.responsible import Duty
from appliance.store import credentials, web_settings
from tests.admin_ui.setup.conftest import PEOPLE, SCHOOL, Fresh, went


def test_the_headteacher_looks_and_changes_nothing(fresh: Fresh) -> None:
    fresh.technician().post("/setup/people", data=PEOPLE)
    head = fresh.signed_in("other-head", [Post.HEADTEACHER])
    page = head.get("/settings").text
    assert "D. Lead" in page
    assert "Change" not in page
    assert "G. Governor" in head.get("/settings/responsible").text
    for path in ("school", "filter", "responsible/change"):
        assert head.get(f"/settings/{path}").status_code == 403
        assert head.post(f"/settings/{path}", data=SCHOOL).status_code == 403
    assert fresh.signed_in("someone", [Post.STAFF]).get("/settings").status_code == 403


def test_the_technician_changes_the_school_and_the_filter(fresh: Fresh) -> None:
    client = fresh.technician()
    given = SCHOOL | {"name": "Hazelbrook & Elm <Primary>"}
    assert went(client.post("/settings/school", data=given)) == "/settings"
    page = client.get("/settings").text
    assert "Hazelbrook &amp; Elm &lt;Primary&gt;" in page
    assert "It is in force." in page
    assert went(client.post("/settings/filter", data={"name": "Another filter"})) == "/settings"
    with fresh.store.reading() as session:
        assert web_settings.get(session, "upstream_filter")["name"] == "Another filter"
    assert {"settings.school_changed", "settings.filter_changed"} <= set(fresh.actions())


def test_own_domains_that_cannot_be_are_refused(fresh: Fresh) -> None:
    client = fresh.technician()
    for odd in ("exa mple..x", "a" * 300, " ".join(f"d{n}.example" for n in range(30))):
        page = client.post("/settings/school", data=SCHOOL | {"local_domains": odd})
        assert page.status_code == 200, odd
    assert "settings.school_changed" not in fresh.actions()


def test_a_duty_goes_to_another_who_holds_the_post(fresh: Fresh) -> None:
    client = fresh.technician()
    client.post("/setup/people", data=PEOPLE)
    fresh.signed_in("second-lead", [Post.DSL])
    with fresh.store.reading() as session:
        held = responsible.every(session)
        other = credentials.by_login(session, "second-lead")
    assert other is not None
    given = {duty.value: str(held[duty].id) if duty in held else "" for duty in Duty}
    given[Duty.DSL.value] = str(other.id)
    assert went(client.post("/settings/responsible/change", data=given)) == "/settings/responsible"
    assert "Second-Lead" in client.get("/settings/responsible").text
    assert fresh.actions()[-1] == "settings.duty_changed"
    given[Duty.GOVERNOR.value] = str(other.id)  # who is no governor
    assert client.post("/settings/responsible/change", data=given).status_code == 200
    given[Duty.GOVERNOR.value] = ""  # somebody must be
    assert client.post("/settings/responsible/change", data=given).status_code == 200
