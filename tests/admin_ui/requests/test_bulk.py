"""Several requests answered at once: each shown, each by itself, what fails stops no other."""

from __future__ import annotations

from appliance.accounts.posts import Post
from appliance.store import grants
from tests.admin_ui.conftest import School
from tests.admin_ui.requests.conftest import ask, kept, review


def form(school: School, ids: list[str], decision: str, **more: str) -> dict[str, object]:
    """Return what the page sends for several requests."""
    versions = {f"version-{id_}": str(kept(school, id_).version) for id_ in ids}
    return {"id": ids, "decision": decision, "reasons": "All of them", "name": "A. Head",
            **versions, **more}  # fmt: skip


def states(school: School, ids: list[str]) -> list[str]:
    return [kept(school, id_).state for id_ in ids]


def test_each_is_shown_with_its_effect_and_answered(monday: School) -> None:
    staff, technician = monday.client(Post.STAFF), monday.client(Post.IT_TECHNICIAN)
    ids = [ask(staff), ask(staff, url="https://www.facebook.com/x"), ask(staff)]
    page = technician.get(f"/requests/bulk?id={ids[0]}&id={ids[1]}").text
    assert page.count("If authorised") >= 4
    assert "Other pages of www.facebook.com" in page
    assert technician.post("/requests/bulk", data=form(monday, ids, "review")).status_code == 400
    sent = form(monday, ids, "review", risks_confirmed="y")
    assert technician.post("/requests/bulk", data=sent).status_code == 303
    assert states(monday, ids) == ["reviewed"] * 3
    head = monday.client(Post.HEADTEACHER)
    assert head.post("/requests/bulk", data=form(monday, ids[:2], "yes")).status_code == 303
    assert head.post("/requests/bulk", data=form(monday, ids[2:], "no")).status_code == 303
    assert states(monday, ids) == ["authorised", "authorised", "refused"]
    assert kept(monday, ids[2]).decision_reasons == "All of them"
    with monday.store.reading() as session:
        assert len(grants.list_(session)) == 2


def test_what_cannot_be_answered_is_said_and_left(monday: School) -> None:
    staff, head = monday.client(Post.STAFF), monday.client(Post.HEADTEACHER)
    ids = [ask(staff), ask(staff), ask(staff)]
    review(monday, ids[0])
    review(monday, ids[1])
    sent = form(monday, ids, "no")
    sent[f"version-{ids[1]}"] = "1"  # looked at before it was reviewed
    assert head.post("/requests/bulk", data=sent).status_code == 303
    assert states(monday, ids) == ["refused", "reviewed", "submitted"]
    page = head.get("/requests").text
    assert "Somebody else changed this request" in page
    assert "The review comes first" in page


def test_signing_several_asks_for_the_second_factor_too(monday: School) -> None:
    id_ = ask(monday.client(Post.STAFF))
    review(monday, id_)
    stale = monday.client(Post.HEADTEACHER, proved=False)
    answer = stale.post("/requests/bulk", data=form(monday, [id_], "yes"))
    assert answer.headers["Location"].startswith("/second-factor?next=")
    assert states(monday, [id_]) == ["reviewed"]
    assert "All of them" in stale.get(f"/requests/bulk?id={id_}").text


def test_nothing_chosen_and_nothing_known(monday: School) -> None:
    head = monday.client(Post.HEADTEACHER)
    assert head.get("/requests/bulk").status_code == 303
    assert head.get("/requests/bulk?id=R99").status_code == 404
    assert head.post("/requests/bulk", data={"decision": "yes"}).status_code == 400
    assert head.post("/requests/bulk", data={"id": "R1", "decision": "burn"}).status_code == 400
    id_ = ask(monday.client(Post.STAFF))
    assert monday.client(Post.LINE_MANAGER).get(f"/requests/bulk?id={id_}").status_code == 403
