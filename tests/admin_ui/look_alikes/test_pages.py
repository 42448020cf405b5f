"""The technician's pages of look-alikes: shown with reasons, decided, undone, written down."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from appliance import clock
from appliance.accounts.posts import Post
from appliance.store import audit, lists, look_alikes
from appliance.store.look_alikes import Seen, State
from tests.admin_ui.conftest import School

SITE, PART = "faceb00k.example", "facebook.com.cheap.example"


def put(school: School, **more: Any) -> None:
    values: dict[str, Any] = {
        "site": SITE, "names": (SITE,), "clients": 4, "score": 95, "service": "facebook",
        "reasons": ("It is written with signs that make it look like “facebook”.",), "held": True,
    }  # fmt: skip
    with school.store.session() as session:
        look_alikes.put(session, Seen(**{**values, **more}), clock.real())
        look_alikes.hold(session, clock.real())


@pytest.fixture
def web(school: School) -> FlaskClient:
    put(school)
    put(school, site="cheap.example", names=(PART,), clients=0, score=90)
    return school.client(Post.IT_TECHNICIAN)


def kept(school: School, site: str = SITE) -> look_alikes.LookAlike:
    with school.store.reading() as session:
        found = look_alikes.get(session, site)
    assert found is not None
    return found


def told(school: School) -> list[tuple[str, str, str, dict[str, Any]]]:
    with school.store.reading() as session:
        entries = [link.entry for link in audit.every(session)]
    return [
        (e.action, e.subject, e.reason, e.detail)
        for e in entries
        if e.action.startswith("look_alike.")
    ]


def names(school: School, id_: str) -> list[str]:
    with school.store.reading() as session:
        return list(lists.names_of(session, id_))


def test_what_waits_is_shown_with_its_reasons(web: FlaskClient) -> None:
    page = web.get("/look-alikes").text
    assert page.index(SITE) < page.index("cheap.example")  # what is most alike first
    assert "signs that make it look like “facebook”" in page
    assert "Up to 4 devices a day" in page
    assert "Fewer than 3 devices" in page
    assert "Until somebody decides, it counts as an unclassified platform: " in page
    assert f'href="http://{SITE}' not in page
    assert "/look-alikes" in web.get("/lists").text


def test_a_stranger_s_text_is_only_text(school: School, web: FlaskClient) -> None:
    put(school, site="x.example", names=("<b>x.example",), reasons=("<script>alert(1)</script>",))
    page = web.get("/look-alikes").text
    assert "<script>alert" not in page
    assert "<b>x" not in page


def test_into_a_category(school: School, web: FlaskClient) -> None:
    assert "Only" not in web.get(f"/look-alikes/{SITE}/classify").text
    wanted = {"category": "collaborative", "what": "site", "note": "A copy of it"}
    done = web.post(f"/look-alikes/{SITE}/classify", data=wanted)
    assert (done.status_code, done.location) == (303, "/look-alikes")
    assert names(school, "own-collaborative") == [SITE]
    assert kept(school).decided_by == Post.IT_TECHNICIAN.value
    assert told(school) == [
        ("look_alike.classified", SITE, "A copy of it",
         {"category": "collaborative", "names": [SITE]}),
    ]  # fmt: skip
    assert "is now under “Social networks”: Blocked" in web.get("/look-alikes").text
    page = web.get("/look-alikes?show=decided").text
    assert "Social networks" in page
    assert "A copy of it" in page


def test_only_the_part_that_shows_it(school: School, web: FlaskClient) -> None:
    assert f"Only {PART}" in web.get("/look-alikes/cheap.example/classify").text
    wanted = {"category": "web_proxy", "what": "names"}
    assert web.post("/look-alikes/cheap.example/classify", data=wanted).status_code == 303
    assert names(school, "own-web_proxy") == [PART]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Choose the kind of site"),
        ({"category": "illegal", "what": "site"}, "Not a valid choice"),
        ({"category": "chat", "what": "everything"}, "Not a valid choice"),
        ({"category": "chat", "what": "site", "note": "x" * 501}, "At most 500"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(
    school: School, web: FlaskClient, data: dict[str, str], said: str
) -> None:
    page = web.post(f"/look-alikes/{SITE}/classify", data=data).text
    assert said in page
    assert data.get("note", "") in page
    assert kept(school).state is State.OPEN
    assert told(school) == []


def test_a_list_that_is_off_is_said_on_the_form(school: School, web: FlaskClient) -> None:
    wanted = {"category": "chat", "what": "site"}
    web.post("/look-alikes/cheap.example/classify", data=wanted)
    with school.store.session() as session:
        lists.enable(session, "own-chat", enabled=False)
    page = web.post(f"/look-alikes/{SITE}/classify", data=wanted).text
    assert "own-chat is switched off" in page
    assert kept(school).state is State.OPEN


def test_fine_asks_why_and_opens_what_was_held(school: School, web: FlaskClient) -> None:
    assert "it opens for everybody" in web.get(f"/look-alikes/{SITE}/fine").text
    assert "Say why it is fine" in web.post(f"/look-alikes/{SITE}/fine", data={}).text
    assert kept(school).state is State.OPEN
    done = web.post(f"/look-alikes/{SITE}/fine", data={"note": "Our maths club"})
    assert done.status_code == 303
    assert kept(school).state is State.DISMISSED
    assert names(school, look_alikes.HELD) == [PART]
    assert told(school) == [
        ("look_alike.dismissed", SITE, "Our maths club", {"was_held": True}),
    ]  # fmt: skip
    assert "Fine as it is" in web.get("/look-alikes?show=decided").text


def seen_in(page: str) -> str:
    return page.split('name="seen" type="hidden" value="')[1].split('"')[0]


def test_undone_it_waits_again(school: School, web: FlaskClient) -> None:
    wanted = {"category": "collaborative", "what": "site"}
    web.post(f"/look-alikes/{SITE}/classify", data=wanted)
    page = web.get(f"/look-alikes/{SITE}/undo").text
    assert "put it under “Social networks”" in page
    done = web.post(f"/look-alikes/{SITE}/undo", data={"seen": seen_in(page)})
    assert done.status_code == 303
    assert kept(school).state is State.OPEN
    with school.store.reading() as session:
        assert "own-collaborative" not in {one.id for one in lists.list_(session)}
    assert [action for action, *_ in told(school)] == [
        "look_alike.classified", "look_alike.reopened",
    ]  # fmt: skip


def test_somebody_else_was_faster(school: School, web: FlaskClient) -> None:
    with school.store.session() as session:
        look_alikes.dismiss(session, SITE, by="other", at=clock.real())
    for path in ("classify", "fine"):
        answer = web.post(f"/look-alikes/{SITE}/{path}", data={}, follow_redirects=True)
        assert "was decided already, by other" in answer.text
    page = web.post(f"/look-alikes/{SITE}/undo", data={"seen": "old", "note": "Mine"}).text
    assert "Somebody else decided of this name" in page
    assert "Mine" in page
    web.post(f"/look-alikes/{SITE}/undo", data={"seen": seen_in(page)})
    assert kept(school).state is State.OPEN
    answer = web.post(f"/look-alikes/{SITE}/undo", data={}, follow_redirects=True)
    assert "is open already" in answer.text


def test_a_name_that_nobody_put_up_has_no_page(web: FlaskClient) -> None:
    for path in ("classify", "fine", "undo"):
        assert web.get(f"/look-alikes/other.example/{path}").status_code == 404


def test_a_headteacher_reads_and_a_technician_decides(school: School, web: FlaskClient) -> None:
    head = school.client(Post.HEADTEACHER)
    page = head.get("/look-alikes").text
    assert SITE in page
    assert "This is fine" not in page
    assert head.post(f"/look-alikes/{SITE}/fine", data={"note": "x"}).status_code == 403
    assert school.client(Post.STAFF).get("/look-alikes").status_code == 403


def test_a_long_list_comes_in_pages(school: School, web: FlaskClient) -> None:
    for number in range(45):
        put(school, site=f"tiktok{number}.example", names=(f"tiktok{number}.example",), held=False)
    page = web.get("/look-alikes").text
    assert "47 names" in page
    assert page.count('"bellgate-card"') == 20
    assert web.get("/look-alikes?page=3").text.count('"bellgate-card"') == 7
    assert web.get("/look-alikes?page=99999999999").status_code == 200


def test_home_says_how_many_wait(school: School, web: FlaskClient) -> None:
    assert "Names that look like a service" in web.get("/home").text
    assert "Names that look like a service" not in school.client(Post.DSL).get("/home").text
