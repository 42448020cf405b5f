"""Why: the answer of the engine for anybody, any site and any moment, by what held then."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance import clock, policy_file
from appliance.accounts.posts import Post
from appliance.lists.formats import Format
from appliance.lists.gather import gather
from appliance.policy.model import Grant, Subject, SubjectKind, Target, TargetKind
from appliance.policy.subjects import Device
from appliance.policy_file.edit import without
from appliance.publish.publisher import Publisher
from appliance.store import devices, grants, lists, policies
from tests.admin_ui.conftest import School
from tests.admin_ui.policy.test_previewing import main_of

BREAK = datetime(2026, 11, 23, 10, 35, tzinfo=UTC)


@pytest.fixture
def school(make_school: Callable[..., School]) -> School:
    return make_school(rehearse=(BREAK - clock.real()).total_seconds())


def ask(school: School, post: Post = Post.IT_TECHNICIAN, **question: str) -> str:
    answer = school.client(post).get(f"/why?{urlencode(question)}")
    assert answer.status_code == 200, main_of(answer)
    return main_of(answer)


@pytest.mark.parametrize(
    ("client", "url", "at", "device", "said"),
    [
        ("127.0.40.5", "x.com", "now", "", "Allowed"),
        ("127.0.20.5", "x.com", "now", "", "Blocked"),
        ("role:pupil", "www.facebook.com", "now", "", "Nobody may use Facebook or Instagram"),
        ("Pupil", "youtube.com", "now", "school", "Pupils may not use social media at any time"),
        ("role:staff", "x.com", "9:30", "", "Staff may not use social media"),
        ("role:pupil", "childline.org.uk", "now", "", "It helps children"),
        ("role:pupil", "example.com", "now", "", "No rule speaks of it"),
        ("127.0.10.5", "nordvpn.com", "now", "", "a way round the school’s filter"),
    ],
)
def test_the_answer_is_that_of_the_gate(
    school: School, client: str, url: str, at: str, device: str, said: str
) -> None:
    page = ask(school, client=client, url=url, at=at, device=device)
    assert said in page
    assert "What was looked at, in this order" in page


def test_how_names_and_connections_are_carried_is_said_in_words(school: School) -> None:
    page = ask(school, client="role:pupil", url="www.facebook.com", device="school")
    assert "school’s certificate, and each page is decided by itself" in page
    page = ask(school, client="role:pupil", url="www.facebook.com", device="unread")
    assert "The name is refused" in page


def test_a_search_engine_is_said_to_be_locked(school: School) -> None:
    said = "the search engine is reached only as forcesafesearch.google.com"
    assert said in ask(school, client="role:pupil", url="www.google.co.uk")
    assert "Safe search" not in ask(school, client="role:staff", url="www.google.co.uk")


def test_a_past_moment_is_judged_by_the_policy_that_held_then(school: School) -> None:
    now, text = clock.real(), policy_file.template_text("duffield-meadows")
    with school.store.session() as session:
        row = policies.history(session)[0]
        row.at = now - timedelta(days=20)
        policies.set_policy(session, without(text, ("rules", 0)), "t", "a", "b",
                            now - timedelta(days=3))  # fmt: skip
    school.publish()
    then = ask(school, client="role:staff", url="www.facebook.com", at="17 November 2026 12:15")
    assert "Version 1 of the policy was in force then; it is not the one of today." in then
    assert "Nobody may use Facebook or Instagram" in then
    assert "taken as they are today" in then
    today = ask(school, client="role:staff", url="www.facebook.com", at="now")
    assert "Nobody may use Facebook" not in today
    long_ago = ask(school, client="role:staff", url="www.facebook.com", at="1 May 2026 12:00")
    assert "knows of no policy that was in force then" in long_ago


def test_a_grant_that_ended_still_explains_its_time(school: School) -> None:
    start = BREAK - timedelta(days=40)
    with school.store.session() as session:
        policies.history(session)[0].at = clock.real() - timedelta(days=90)
        grants.add(
            session,
            Grant(id="", subject=Subject(SubjectKind.ROLE, "pupil"),
                  target=Target(TargetKind.SERVICE, "youtube"), start=start,
                  end=start + timedelta(hours=2), text="Volcanoes"),
            author="a", reason="r", at=clock.real(),
        )  # fmt: skip
    school.publish()
    at = (start + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M+00:00")
    page = ask(school, client="role:pupil", url="youtube.com", at=at)
    assert "A permission for a time opens it" in page
    assert "Volcanoes" in page


def test_a_registered_device_is_found_by_name_id_and_mac(school: School) -> None:
    with school.store.session() as session:
        devices.add(session, Device(id="pad-1", name="Pad 1", macs=("00:00:5e:00:53:01",),
                                    role="pupil"))  # fmt: skip
    school.publish()
    for client in ("Pad 1", "device:pad-1", "pad-1", "00-00-5E-00-53-01"):
        assert "device Pad 1" in ask(school, client=client, url="x.com")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ({"client": "nobody", "url": "x.com"}, "nobody and nothing of that name"),
        ({"client": "00:00:5e:00:53:99", "url": "x.com"}, "No device is registered"),
        ({"client": "role:pupil", "url": "http://["}, "no web address"),
        ({"client": "role:pupil"}, "Give a web address"),
        ({"url": "x.com"}, "Say whom"),
        ({"client": "role:pupil", "url": "x.com", "at": "soon"}, "last Tuesday"),
    ],
)
def test_a_question_that_is_none_is_told_beside_its_field(
    school: School, question: dict[str, str], said: str
) -> None:
    answer = school.client(Post.DSL).get(f"/why?{urlencode(question)}")
    assert answer.status_code == 422
    assert said in main_of(answer)
    assert "There is a problem" in main_of(answer)


def test_what_can_be_done_about_it_is_linked_filled_in(school: School) -> None:
    question = urlencode({"client": "role:pupil", "url": "https://www.tiktok.com/@a?x=1&y=2"})
    page = school.client(Post.IT_TECHNICIAN).get(f"/why?{question}").text
    assert "/requests/new?url=https://www.tiktok.com/@a?x%3D1%26y%3D2" in page
    assert "/policy/change?role=pupil&amp;what=service:tiktok" in page
    head = school.client(Post.HEADTEACHER).get(f"/why?{question}").text
    assert "/policy/change?" not in head
    helped = (
        school.client(Post.IT_TECHNICIAN).get("/why?client=role:pupil&url=childline.org.uk").text
    )
    assert "/policy/change?" not in helped


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=40), st.text(max_size=60), st.text(max_size=20), st.text(max_size=9))
def test_whatever_is_asked_there_is_an_answer(
    school: School, client: str, url: str, at: str, method: str
) -> None:
    question = urlencode({"client": client, "url": f"<b>{url}", "at": at, "method": method})
    answer = school.client(Post.IT_TECHNICIAN).get(f"/why?{question}")
    assert answer.status_code in (200, 422)
    assert "<b>" not in answer.text
    question = urlencode({"client": "role:pupil", "url": url})
    assert school.client(Post.IT_TECHNICIAN).get(f"/why?{question}").status_code in (200, 422)


@pytest.mark.parametrize("post", [Post.STAFF, Post.GOVERNOR, Post.AUDITOR])
def test_it_is_for_those_who_look_after_the_gate(school: School, post: Post) -> None:
    assert school.client(post).get("/why").status_code == 403


def with_lists(school: School, folder: Path) -> None:
    """Put lists of three kinds in force."""
    texts = {"adult": "# adults\nb.example\nwww.gov.uk", "games": "<a.b.example>\na.b.example",
             "illegal": "secret.example"}  # fmt: skip
    with school.store.session() as session:
        for category, text in texts.items():
            with gather(text.splitlines(), Format.DOMAINS, folder) as gathered:
                lists.put(session, f"l-{category}", category, gathered, source="t", at=BREAK)
    Publisher(school.store, school.data / "snapshot").publish(clock.real())


def told(school: School, url: str) -> str:
    """What the page says to a question about pupils, without blanks where a tag was."""
    page = ask(school, client="role:pupil", url=url)
    return re.sub(r" ([,:.])", r"\1", page)


def test_list_entry_and_line_are_named(school: School, tmp_path: Path) -> None:
    with_lists(school, tmp_path)
    page = told(school, "www.b.example")
    assert "What lists say of it" in page
    assert "l-adult, line 2: b.example (Adult content)" in page
    page = told(school, "a.b.example")
    assert "l-games, line 2: a.b.example (Games)" in page
    assert "does not count here: another list names this more closely" in page
    page = told(school, "www.gov.uk")
    assert "No rule speaks of it" in page
    assert "does not count here: no list closes this site" in page
    assert "What lists say" not in told(school, "plain.example")


def test_what_a_list_of_illegal_content_holds_is_read_out_by_no_page(
    school: School, tmp_path: Path
) -> None:
    with_lists(school, tmp_path)
    page = told(school, "www.secret.example")
    assert "l-illegal: a list that keeps its names to itself (Illegal content)" in page
    assert "line 1" not in page
