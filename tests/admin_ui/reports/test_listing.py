"""The list: filters that do what they say, due times of the policy, overdue ones flagged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from admin_ui.reports.listing import waiting
from appliance import clock
from appliance.accounts.posts import Post
from appliance.store import audit
from appliance.store.report_tables import ContentReportRow
from tests.admin_ui.conftest import School
from tests.admin_ui.reports.conftest import ILLEGAL, ORDINARY, submit

HandIn = Callable[..., str]


@pytest.fixture
def filled(school: School, hand_in: HandIn) -> School:
    """C1 is done, C2 waits and is overdue, C3 may be illegal, C4 is by the DSL and blocked."""
    hand_in(form={**ORDINARY, "nature": "first"})
    hand_in(form={**ORDINARY, "nature": "second", "day": ["1", "2", "2021"]})
    hand_in(form=ILLEGAL)
    hand_in(Post.DSL, {**ORDINARY, "urls": "https://odd.example/"})
    dsl = school.client(Post.DSL)
    done = {"action_taken": "told", "officer_name": "O", "signed": "y"}
    dsl.post("/reports/C1/action", data=done)
    page = dsl.get("/reports/C4/block").text
    what = page.rpartition('name="what" value="')[2][:16]
    dsl.post("/reports/C4/block", data={"what": what})
    with school.store.session() as session:
        row = session.get(ContentReportRow, "C2")
        assert row is not None
        row.due = clock.real() - timedelta(hours=1)
    return school


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", {"C1", "C2", "C3", "C4"}),
        ("show=waiting", {"C2", "C3", "C4"}),
        ("show=overdue", {"C2"}),
        ("show=done", {"C1"}),
        ("show=blocked", {"C4"}),
        ("show=illegal", {"C3"}),
        ("show=mine", {"C4"}),
        ("show=nonsense", {"C1", "C2", "C3", "C4"}),
        ("q=SECOND", {"C2"}),
        ("q=odd.example", {"C4"}),
        ("q=dreadful", set()),
        ("q=P.+Pupil&show=done", {"C1"}),
        ("from=2021-01-01", {"C2"}),
        ("to=2020-12-31", {"C1", "C3", "C4"}),
        ("from=2021-01-01&to=2020-01-01", set()),
        ("from=yesterday", {"C1", "C2", "C3", "C4"}),
    ],
)
def test_the_filter(filled: School, query: str, wanted: set[str]) -> None:
    client = filled.client(Post.DSL)
    page = client.get(f"/reports?{query}").text
    assert {id_ for id_ in ("C1", "C2", "C3", "C4") if f">{id_}</a>" in page} == wanted
    rows = client.get(f"/reports.csv?{query}").text.splitlines()[1:]
    assert {row.partition(",")[0] for row in rows} == wanted
    assert ("Enter dates as" in page) is ("yesterday" in query)


def test_overdue_is_said_in_words(filled: School) -> None:
    page = filled.client(Post.DSL).get("/reports?show=overdue").text
    assert "Overdue" in page.partition("</form>")[2]


def test_the_due_time_is_the_policys(make_school: Callable[..., School]) -> None:
    school = make_school("clarendon-cottage")
    submit(school.client(Post.STAFF), ORDINARY)
    with school.store.reading() as session:
        row = session.get(ContentReportRow, "C1")
        assert row is not None
        assert row.due is not None
        assert row.due > row.made
    assert "Due by" in school.client(Post.DSL).get("/reports/C1").text


def test_the_reference_policy_sets_no_due_time(filled: School) -> None:
    assert "Due by" not in filled.client(Post.DSL).get("/reports/C4").text


@pytest.mark.parametrize("post", Post)
def test_what_waits_for_whom(filled: School, post: Post) -> None:
    with filled.store.reading() as session:
        found = waiting(session, filled.accounts[post], clock.real())
    officers = {Post.DSL, Post.DEPUTY_DSL, Post.E_SAFETY_OFFICER}
    assert [one.id for one in found] == (["C2", "C3", "C4"] if post in officers else [])


def test_long_lists_have_pages(school: School) -> None:
    client = school.client(Post.DSL)
    for _ in range(27):
        submit(client, ORDINARY)
    assert ">C1</a>" not in client.get("/reports").text
    assert ">C1</a>" in client.get("/reports?page=2").text
    assert ">C1</a>" in client.get("/reports?page=999").text
    assert client.get("/reports?page=x").status_code == 200


@given(query=st.dictionaries(st.sampled_from(["show", "q", "from", "to", "page"]), st.text()))
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)
def test_no_filter_breaks_the_list(school: School, query: dict[str, str]) -> None:
    answer = school.client(Post.DSL).get("/reports", query_string=query)
    assert answer.status_code == 200
    assert "<script>" not in answer.text.replace("<script>alert", "")


def test_a_list_that_names_people_is_a_look(school: School, hand_in: HandIn) -> None:
    hand_in(form={**ORDINARY, "accessed_by": "P. Pupil"})
    assert "P. Pupil" in school.client(Post.DSL).get("/reports").text
    with school.store.reading() as session:
        (entry, *_) = audit.page(session, area="report.listed")
    assert entry.entry.actor == Post.DSL
    assert entry.entry.detail == {"rows": 1, "reports": ["C1"]}
    school.client(Post.STAFF).get("/reports")
    with school.store.reading() as session:
        assert len(audit.page(session, area="report.listed")) == 1, "one’s own name no other"
