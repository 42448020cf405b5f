"""The pages that lists are looked at on: states in words, meanings, who may, nothing leaks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete

from appliance import clock
from appliance.accounts.posts import Post
from appliance.lists.presets import presets
from appliance.store import lists, look_alikes
from appliance.store.tables import PolicyVersion
from tests.admin_ui.conftest import School
from tests.admin_ui.lists.making import keep

EVERY = ("adult-county", "gambling-county", "games-county", "drugs-county", "dating-file",
         "old-vpn", "licensed")  # fmt: skip


def test_every_list_stands_in_its_kind_with_what_the_policy_does(web: FlaskClient) -> None:
    page = web.get("/lists").text
    assert page.index("Adult content") < page.index("Adult sites, from the county")
    assert "Blocked for everybody" in page
    assert "CC BY-SA 4.0" in page
    for word in ("Update held back", "Not there", "Being fetched", "On, but old", "Off"):
        assert word in page, word


@pytest.mark.parametrize(
    ("id_", "words"),
    [
        ("adult-county", "Its names are in use."),
        ("gambling-county", "It had 4,600,000 names and now has 312: kept the old one."),
        ("games-county", "The server did not answer. It names nothing yet"),
        ("drugs-county", "Being fetched: 1.5 of 4.0 MB."),
        ("dating-file", "It does not renew itself, and is older than a month."),
        ("old-vpn", "None of its names count."),
    ],
)
def test_a_list_says_how_it_is(web: FlaskClient, id_: str, words: str) -> None:
    assert words in web.get(f"/lists/id/{id_}").text


def test_what_the_school_decided_one_by_one_does_not_age(web: FlaskClient, school: School) -> None:
    long_ago = clock.real() - timedelta(days=400)
    with school.store.session() as session:
        keep(session, "own-games", "games", "g.example\n", at=long_ago, source=look_alikes.SOURCE)
    assert "Its names are in use." in web.get("/lists/id/own-games").text


def test_a_list_says_for_whom_it_closes_what_by_which_clause(web: FlaskClient) -> None:
    page = web.get("/lists/id/adult-county").text
    for words in ("Pupils", "Staff", "Blocked always (7.3).", "The county’s filtering group"):
        assert words in page, words
    assert ">12<" in page
    assert "more than one word, and the first is no address" in page


def test_a_held_update_shows_what_comes_and_goes(web: FlaskClient) -> None:
    page = web.get("/lists/id/gambling-county").text
    assert "1 names come and 2 go" not in page
    assert "1 name comes and 2 go" in page
    for name in ("new.example", "bets.example", "odds.example"):
        assert name in page, name


def test_the_path_of_a_file_on_the_appliance_is_not_shown(web: FlaskClient) -> None:
    page = web.get("/lists/id/old-vpn").text
    assert "vpn.txt" in page
    assert "/home/" not in page


@pytest.mark.parametrize("path", ["/lists/id/no-such", "/lists/id/no-such/progress",
                                  "/lists/id/no-such/change", "/lists/id/no-such/off",
                                  "/lists/id/no-such/remove"])  # fmt: skip
def test_there_is_no_page_of_a_list_that_is_not_there(web: FlaskClient, path: str) -> None:
    assert web.get(path).status_code == 404


def test_progress_is_a_part_of_a_page_until_it_is_done(web: FlaskClient) -> None:
    running = web.get("/lists/id/drugs-county/progress")
    assert running.headers["Cache-Control"] == "no-store"
    assert 'max="4000000" value="1500000"' in running.text
    assert "data-done" not in running.text
    assert "<html" not in running.text
    assert "data-done" in web.get("/lists/id/adult-county/progress").text


def test_every_preset_is_shown_with_licence_and_maker(web: FlaskClient) -> None:
    page = web.get("/lists/ready-made").text
    assert presets()
    for one in presets():
        for words in (one.name, one.licence, one.attribution):
            assert words.replace("'", "&#39;").replace("&", "&amp;").replace("&amp;#", "&#") in page


@pytest.mark.parametrize("post", [Post.HEADTEACHER, Post.DSL])
def test_who_answers_for_filtering_reads_and_changes_nothing(listed: School, post: Post) -> None:
    reader = listed.client(post)
    for path in ("/lists", "/lists/ready-made", "/lists/illegal", "/lists/collisions",
                 *(f"/lists/id/{id_}" for id_ in EVERY)):  # fmt: skip
        answer = reader.get(path)
        assert answer.status_code == 200, path
        assert "/update" not in answer.text
        assert "/remove" not in answer.text
        assert "Add it" not in answer.text


@pytest.mark.parametrize("post", [Post.STAFF, Post.GOVERNOR])
def test_others_do_not_read_them(listed: School, post: Post) -> None:
    assert listed.client(post).get("/lists").status_code == 403


def test_no_page_shows_a_name_of_a_hashed_list(listed: School, web: FlaskClient) -> None:
    with listed.store.reading() as session:
        digests = list(lists.keys_of(session, "licensed"))
    assert digests
    for path in ("/lists", "/lists/illegal", "/lists/collisions", "/lists/id/licensed"):
        page = web.get(path).text
        assert "terrible" not in page
        assert not any(digest in page for digest in digests)
    assert web.get("/lists/id/licensed/change").status_code == 404


def test_without_a_policy_the_lists_are_still_there(listed: School, web: FlaskClient) -> None:
    with listed.store.session() as session:
        session.execute(delete(PolicyVersion))
    page = web.get("/lists").text
    assert "Adult sites, from the county" in page
    assert "Not known: no policy can be read" in page
    assert "cannot be read, so this cannot be told" in web.get("/lists/id/adult-county").text
