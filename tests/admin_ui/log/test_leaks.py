"""No name of a closed row leaves, in any form, for anybody who may not read it."""

from __future__ import annotations

import io
from collections.abc import Callable

import pypdf
import pytest

from appliance.accounts.posts import Post
from tests.admin_ui.log.conftest import HIDDEN, PUPIL, Log

PUPIL_MARKS = (PUPIL, ">sam<", "/sam", "class-pc", "Class PC 5", "10.1.0.5", "02:00:00:00:00:05",
               "path-of-sam", "Year 5", "02:00:00:00:00:09", "Visitor phone")  # fmt: skip


def pages(log: Log) -> list[str]:
    """Return every address of the area, also such as ask for what is closed."""
    ids, asked = log.ids.values(), [
        "", "?noise=1", "?person=ann.t", "?person=Ann+Teacher", "?device=teacher-laptop",
        "?device=02:00:00:00:00:77", "?address=10.2.0.77", "?role=staff", "?q=page-of-ann",
        "?q=facebook", "?person=ann", "?group=y5", "?service=facebook", "?from=2020-01-01",
    ]  # fmt: skip
    return [
        *(f"/log{query}" for query in asked), *(f"/log/export/csv{query}" for query in asked),
        *(f"/log/new?after=0&{query[1:]}" for query in asked),
        "/log/export/pdf?noise=1", "/log/charts", "/log/charts?weeks=12", "/log/concerns",
        *(f"/log/attempt/{id_}" for id_ in ids),
        *(f"/log/person/{kind}/{id_}{more}"
          for kind, id_ in (("person", "ann.t"), ("device", "teacher-laptop"),
                            ("device", "02:00:00:00:00:77"), ("address", "10.2.0.77"))
          for more in ("", f"?around={log.ids['teacher']}")),
        "/log/why/person/ann.t", "/log/why/device/teacher-laptop",
        f"/log/person/person/sam?around={log.ids['teacher']}",
    ]  # fmt: skip


def read(log: Log, post: Post, marks: tuple[str, ...]) -> dict[str, set[str]]:
    """Return which marks are seen at which address, beside those that were asked with."""
    client, seen = log.school.client(post), dict[str, set[str]]()
    for path in pages(log):
        got = client.get(path)
        assert got.status_code < 500, path
        text = got.text if got.mimetype != "application/pdf" else "".join(
            page.extract_text() for page in pypdf.PdfReader(io.BytesIO(got.data)).pages
        )  # fmt: skip
        # What somebody typed stands in the form and the address again: that tells nothing.
        found = {m for m in marks if m in text and m.lower() not in path.replace("+", " ").lower()}
        if found:
            seen[path] = found
    return seen


@pytest.mark.parametrize("template", ["date-palm", "clarendon-cottage", "diamond-partnership"])
def test_rows_of_staff_stay_closed_to_the_dsl(log_of: Callable[[str], Log], template: str) -> None:
    log = log_of(template)
    assert read(log, Post.DSL, HIDDEN) == {}
    assert "ann.t" not in str([(e.subject, e.detail) for e in log.entries("log.looked")])
    assert PUPIL in log.school.client(Post.DSL).get("/log").text


def test_the_test_would_notice(log: Log) -> None:
    """The reference policy opens staff to the DSL: there every mark is found."""
    seen = read(log, Post.DSL, HIDDEN)
    assert set().union(*seen.values()) == set(HIDDEN)


@pytest.mark.parametrize("post", [Post.IT_TECHNICIAN, Post.GOVERNOR, Post.AUDITOR, Post.SLT,
                                  Post.STAFF, Post.LINE_MANAGER])  # fmt: skip
def test_others_learn_no_name_at_all(log: Log, post: Post) -> None:
    marks = PUPIL_MARKS if post is Post.STAFF else (*PUPIL_MARKS, *HIDDEN)
    assert read(log, post, marks) == {}


def test_the_e_safety_officer_sees_pages_and_no_names(log: Log) -> None:
    marks = tuple(m for m in PUPIL_MARKS if m != "path-of-sam")
    assert read(log, Post.E_SAFETY_OFFICER, (*marks, *HIDDEN)) == {}
    assert "path-of-sam" in log.school.client(Post.E_SAFETY_OFFICER).get("/log").text


def test_the_technician_sees_what_was_blocked_and_why(log: Log) -> None:
    text = log.school.client(Post.IT_TECHNICIAN).get("/log").text
    assert "tiktok.com" in text
    assert "Clause DM 7.1" in text
    assert "facebook.com" not in text  # the teacher's


def test_a_pseudonym_cannot_be_told_by_asking_for_somebody(log: Log) -> None:
    client = log.school.client(Post.IT_TECHNICIAN)
    everything = client.get("/log").text.count("<tr role")
    for query in ("person=sam", "device=class-pc", "address=10.1.0.5", "group=y5"):
        assert client.get(f"/log?{query}").text.count("<tr role") == everything


def test_the_illegal_class_is_shown_as_its_notice_and_to_readers_by_name_alone(log: Log) -> None:
    (id_,) = log.write(log.pupil("withheld", 2, reason="illegal", url="", service="",
                                 category="unlawful", clause="8.8"))  # fmt: skip
    for path in ("/log", f"/log/attempt/{id_}", "/log/person/person/sam", "/log/export/csv"):
        text = log.school.client(Post.DSL).get(path).text
        assert "Call the police" in text, path
        assert "unlawful" not in text.replace("unlawful content", ""), path
    technician = log.school.client(Post.IT_TECHNICIAN)
    assert "Call the police" not in technician.get("/log").text
    assert technician.get(f"/log/attempt/{id_}").status_code == 404
