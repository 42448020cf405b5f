"""Help that stays true: every page and command it names is there, and open to its readers."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from flask import Flask

from admin_ui import access
from admin_ui.app import create_app
from admin_ui.help import contents, pages
from admin_ui.settings import WebSettings
from appliance import clock
from appliance.accounts.posts import Post
from appliance.cli import main
from tests.admin_ui.conftest import School
from tests.architecture.source import ROOT

FOLDER = ROOT / "admin_ui" / "templates" / "help"
TEMPLATES = sorted(FOLDER.glob("*.html"))
LINK = re.compile(r"page_link\('([a-z_.]+)'")
COMMAND = re.compile(r'<code class="command">(bellgate[^<]*)</code>')
ADDRESSES = ["/help", "/help/limits", "/accessibility", "/visitors", "/monitoring", "/"]
ADDRESSES += [f"/help/{page.name}" for page in contents.PAGES]


def readers(template: Path) -> frozenset[Post] | None:
    """Whom a template is written for; None: everybody."""
    found = contents.find(template.stem)
    return found.readers if found else None


@pytest.mark.parametrize("post", [None, Post.STAFF, Post.IT_TECHNICIAN, Post.GOVERNOR])
def test_everybody_may_read_every_page(school: School, post: Post | None) -> None:
    client = school.nobody() if post is None else school.client(post)
    for path in ADDRESSES:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert answer.text.count("<h1") == 1, path
        assert not re.findall(r'(?:src|href)="(?:https?:)?//', answer.text), path


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application without a school: which pages there are at all."""
    return create_app(WebSettings(data=tmp_path_factory.mktemp("help")))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.stem))
def test_every_page_named_is_there_and_open_to_a_reader(app: Flask, template: Path) -> None:
    wanted = readers(template)
    for endpoint in LINK.findall(template.read_text(encoding="utf-8")):
        assert endpoint in app.view_functions, f"{template.name} names {endpoint}"
        line = access.MATRIX.get(endpoint)
        assert line is not None, f"{endpoint} is open to nobody"
        if wanted is not None and not isinstance(line, access.Door):
            assert line & wanted, f"{template.name} sends people to {endpoint} who may not"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.stem))
def test_every_command_named_is_there(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    named = COMMAND.findall(text)
    for line in named:
        command: click.Command = main
        for word in line.split()[1:]:
            if word.startswith("-"):
                assert any(word in option.opts for option in command.params), line
                continue
            assert isinstance(command, click.Group), line
            assert word in command.commands, f"{template.name} names {line!r}"
            command = command.commands[word]
    assert text.count("bellgate ") == len(named), "a command is named outside its form"


def test_every_page_of_the_contents_has_a_template() -> None:
    listed = {page.name for page in contents.PAGES}
    others = {"article", "parts", "index", "limits", "accessibility", "visitors", "notice"}
    assert listed | others == {template.stem for template in TEMPLATES}


def test_every_post_has_a_page() -> None:
    covered = frozenset().union(*(page.readers for page in contents.PAGES))
    assert covered == set(Post)


def test_a_page_that_is_not_there(school: School) -> None:
    for name in ("nothing", "../base", "parts", "article", "%2e%2e", "limits.html"):
        assert school.nobody().get(f"/help/{name}").status_code == 404


def test_no_link_leads_where_the_reader_may_not(school: School) -> None:
    for page in contents.PAGES:
        text = school.client(Post.STAFF).get(f"/help/{page.name}").text.partition("<main")[2]
        text = text.partition("</main>")[0]
        for href in re.findall(r'<a class="govuk-link" href="([^"#]+)"', text):
            answer = school.client(Post.STAFF).get(href)
            assert answer.status_code < 400, f"{page.name}: {href}"
            answer.close()


def test_names_of_people_are_for_those_who_are_signed_in(school: School) -> None:
    name = school.accounts[Post.DSL].name
    lead = f"<strong>{name}</strong>, DSL"
    assert lead in school.client(Post.STAFF).get("/help/emergency").text
    assert lead not in school.nobody().get("/help/emergency").text


def test_the_pages_stay_without_a_database(school: School) -> None:
    for path in school.data.glob("bellgate.db*"):
        path.unlink()
    for address in ADDRESSES:
        assert school.nobody().get(address).status_code == 200, address


def test_the_accessibility_statement_says_when_it_was_looked_at() -> None:
    assert clock.real().date() >= pages.ACCESSIBILITY_REVIEWED


@pytest.mark.parametrize(
    ("template", "said", "unsaid"),
    [
        ("daffodil-prep", "give a reason in writing (clause 24)", "executive head"),
        ("diamond-partnership", "executive head", "give a reason in writing"),
        ("duffield-meadows", "clause 7.4", "give a reason in writing"),
    ],
)
def test_the_notice_is_the_policys(
    make_school: Callable[..., School], template: str, said: str, unsaid: str
) -> None:
    page = make_school(template).nobody().get("/monitoring").text
    assert said in page
    assert unsaid not in page
