"""The frame of every page and the parts that pages share."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import flash, render_template_string
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import StringField
from wtforms.validators import InputRequired

from appliance.accounts.posts import Post
from tests.admin_ui.conftest import School

HOSTILE = "<script>alert(1)</script>\"'&"
CALLS = {
    "tag": "tag(x)", "state_tag": "state_tag(x)", "summary": "summary([(x, x, x, x)])",
    "empty": "empty(x, x)", "state": "state('ok', x, x)", "defanged": "defanged(x)",
    "verbatim": "verbatim(x)", "print_button": "print_button(x)",
    "sub_navigation": "sub_navigation([(x, x, true)], x)", "newer_older": "newer_older(x, x)",
    "pager": "pager(5, 9, 'pages.ca', {'q': x})",
}  # fmt: skip


def rendered(school: School, source: str, **context: object) -> str:
    with school.app.test_request_context():
        return render_template_string(source, **context)


@pytest.mark.parametrize("name", CALLS)
def test_what_others_wrote_is_escaped_in_every_part(school: School, name: str) -> None:
    source = f"{{% from 'parts.html' import {name} %}}{{{{ {CALLS[name]} }}}}"
    page = rendered(school, source, x=HOSTILE)
    assert "<script" not in page
    assert "\"'" not in page


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("scroll_table(x)", "<table></table>"), ("chart('bar', 't')", "<table></table>"),
    ],
)  # fmt: skip
def test_parts_hold_what_is_put_into_them(school: School, call: str, words: str) -> None:
    name = call.partition("(")[0]
    source = f"{{% from 'parts.html' import {name} %}}{{% call {call} %}}{words}{{% endcall %}}"
    page = rendered(school, source, x=HOSTILE)
    assert words in page
    assert 'tabindex="0"' in page
    assert "<script" not in page


@pytest.mark.parametrize(
    ("number", "total", "links"),
    [(1, 1, []), (1, 2, [1, 2]), (5, 9, [1, 4, 5, 6, 9]), (1, 9, [1, 2, 9]), (9, 9, [1, 8, 9])],
)
def test_the_pager_leads_to_neighbours_and_ends(
    school: School, number: int, total: int, links: list[int]
) -> None:
    source = "{% from 'parts.html' import pager %}{{ pager(n, t, 'pages.ca') }}"
    page = rendered(school, source, n=number, t=total)
    assert [int(n) for n in re.findall(r'aria-label="Page (\d+)"', page)] == links
    assert ("Next" in page) is (number < total)
    assert ("Previous" in page) is (number > 1)


class _Form(FlaskForm):  # type: ignore[misc]
    name = StringField("Name", widget=GovTextInput(), validators=[InputRequired("Enter a name")])


def test_mistakes_of_a_form_lead_to_their_fields(school: School) -> None:
    with school.app.test_request_context(method="POST", data={}):
        form = _Form()
        assert not form.validate()
        page = render_template_string(
            "{% from 'parts.html' import problems %}{{ problems(form) }}{{ form.name }}", form=form
        )
    assert 'href="#name"' in page
    assert 'id="name"' in page
    assert page.count("Enter a name") == 2


@pytest.mark.parametrize(
    ("category", "title", "role"),
    [("success", "Done", "alert"), ("error", "There is a problem", "alert"),
     ("message", "Please note", "region")],
)  # fmt: skip
def test_what_was_done_is_said_above_the_page(
    school: School, category: str, title: str, role: str
) -> None:
    with school.app.test_request_context():
        flash(HOSTILE, category)
        page = render_template_string("{% extends 'base.html' %}")
    banner = page.partition("govuk-notification-banner")[2].partition("</main>")[0]
    assert title in banner
    assert f'role="{role}"' in banner
    assert "<script" not in banner


def test_who_is_signed_in_is_shown_with_the_way_out(
    school: School, make_school: Callable[..., School]
) -> None:
    nobody = school.nobody().get("/").text
    assert "Signed in as" not in nobody
    page = school.client(Post.DSL).get("/").text
    assert "Signed in as" in page
    assert school.accounts[Post.DSL].name in page


def test_links_at_the_top_mark_where_one_is(school: School) -> None:
    page = school.nobody().get("/ca").text
    current = re.findall(r'aria-current="page"[^>]*>\s*<strong[^>]*>([^<]*)<', page)
    assert current == ["Certificate"]
