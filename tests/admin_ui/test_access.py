"""Who may open which page, as one table: every route, by every post and by nobody.

Real requests go through the whole application; only the page at the end is replaced by a
mark, so that what is seen is the door alone. What pages narrow further, their tests show.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.routing.converters import AnyConverter, IntegerConverter

from admin_ui.access import MATRIX, Door
from appliance.accounts.posts import SECOND_FACTOR, Post
from appliance.store import accounts
from appliance.store.account_tables import AccountRow
from tests.admin_ui.conftest import School
from tests.admin_ui.signin.people import somebody

REACHED = 299  # the mark: the request came through to the page
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@pytest.fixture
def doors(school: School) -> School:
    """Return a school all of whose pages are replaced by the mark."""
    for endpoint in school.app.view_functions:
        school.app.view_functions[endpoint] = lambda **_: ("", REACHED)
    return school


def rules(school: School) -> Iterator[tuple[Rule, str, str]]:
    """Yield every rule with each of its methods and an address that fits it."""
    adapter = school.app.url_map.bind("localhost")
    for rule in school.app.url_map.iter_rules():
        values = {name: sample(rule, name) for name in rule.arguments}
        path = adapter.build(rule.endpoint, values, append_unknown=False)
        for method in METHODS:
            if method in (rule.methods or ()):
                yield rule, method, path


def sample(rule: Rule, name: str) -> object:
    """Return a value that fits an argument of an address."""
    converter = rule._converters[name]
    if isinstance(converter, IntegerConverter):
        return max(1, converter.min or 1)
    if isinstance(converter, AnyConverter):
        return sorted(converter.items)[0]
    return "x"


def opened(web: FlaskClient, method: str, path: str) -> bool:
    """Whether a request reaches its page. What it gets instead must be a plain refusal."""
    answer = web.open(path, method=method)
    assert answer.status_code in (REACHED, 303, 401, 403), (method, path, answer.status_code)
    return answer.status_code == REACHED


def test_every_route_has_a_line_and_every_line_a_route(school: School) -> None:
    routes = {rule.endpoint for rule in school.app.url_map.iter_rules()}
    assert sorted(routes - set(MATRIX)) == [], "routes that nobody may open: no line in access.py"
    assert sorted(set(MATRIX) - routes) == [], "lines in access.py that are for no route"


def test_the_table_is_worth_looking_at(school: School) -> None:
    """The samples fit: every rule is tried, with at least one method each."""
    tried = {rule.endpoint for rule, _, _ in rules(school)}
    assert tried == {rule.endpoint for rule in school.app.url_map.iter_rules()}


@pytest.mark.parametrize("post", Post)
def test_each_post_opens_what_the_table_says_and_nothing_else(doors: School, post: Post) -> None:
    web, wrong = doors.client(post), []
    for rule, method, path in rules(doors):
        line = MATRIX.get(rule.endpoint, frozenset())
        expected = isinstance(line, Door) or post in line
        if opened(web, method, path) != expected:
            wrong.append(f"{method} {rule.endpoint}: {'opened' if not expected else 'refused'}")
    assert wrong == []


def test_nobody_opens_but_what_is_for_everybody(doors: School) -> None:
    wrong = []
    for rule, method, path in rules(doors):
        answer = doors.nobody().open(path, method=method)
        if MATRIX.get(rule.endpoint) is Door.EVERYBODY:
            fine = answer.status_code == REACHED
        elif method == "GET":
            fine = answer.status_code == 303 and answer.headers["Location"].startswith("/sign-in")
        else:
            fine = answer.status_code == 401
        if not fine:
            wrong.append(f"{method} {rule.endpoint}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("state", ["second factor owed", "second factor never set up"])
def test_half_a_sign_in_opens_nothing_of_a_post(doors: School, state: str) -> None:
    """With the password alone, only the way to the second factor and out is open."""
    web = doors.client(Post.IT_TECHNICIAN)
    if state == "second factor owed":
        with doors.store.session() as session:
            session.connection().exec_driver_sql("UPDATE web_session SET complete = 0")
    else:
        with doors.store.session() as session:
            row = session.get(AccountRow, doors.accounts[Post.IT_TECHNICIAN].id)
            assert row is not None
            row.totp = None
    wrong = [
        f"{method} {rule.endpoint}"
        for rule, method, path in rules(doors)
        if opened(web, method, path) != isinstance(MATRIX.get(rule.endpoint), Door)
    ]
    assert wrong == []


@pytest.mark.parametrize("ended", ["disabled", "posts changed", "signed out", "forged"])
def test_a_session_that_is_over_opens_nothing(doors: School, ended: str) -> None:
    account = doors.accounts[Post.IT_TECHNICIAN]
    web = doors.client(Post.IT_TECHNICIAN)
    with doors.store.session() as session:
        if ended == "disabled":
            accounts.set_enabled(session, account.id, False)
        elif ended == "posts changed":
            accounts.set_posts(session, account.id, [*account.posts, "staff"])
        elif ended == "signed out":
            session.connection().exec_driver_sql("DELETE FROM web_session")
    if ended == "forged":
        web.set_cookie("bellgate", "A" * 43)
    wrong = [
        f"{method} {rule.endpoint}"
        for rule, method, path in rules(doors)
        if opened(web, method, path) != (MATRIX.get(rule.endpoint) is Door.EVERYBODY)
    ]
    assert wrong == []


def test_several_posts_open_what_each_of_them_opens(doors: School) -> None:
    for first, second in zip(list(Post)[::4], list(Post)[1::4], strict=True):
        person = somebody(doors, f"{first}-{second}".replace("_", ""), [first, second], phone=True)
        web = doors.client_of(person.account)
        for rule, method, path in rules(doors):
            line = MATRIX.get(rule.endpoint, frozenset())
            expected = isinstance(line, Door) or bool(line & {first, second})
            assert opened(web, method, path) == expected, (first, second, rule.endpoint)


def test_an_endpoint_without_a_line_is_refused_to_all(school: School) -> None:
    school.app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    for post in Post:
        assert school.client(post).get("/forgotten").status_code == 403
    assert school.nobody().get("/forgotten").status_code == 303


def test_no_other_method_gets_past_the_door(doors: School) -> None:
    """HEAD is asked as GET is; what a route does not take is refused before it."""
    answers = {
        doors.nobody().open(path, method="HEAD").status_code
        for rule, method, path in rules(doors)
        if method == "GET" and MATRIX.get(rule.endpoint) is not Door.EVERYBODY
    }
    assert answers <= {401}


def test_whoever_opens_the_gate_or_reads_names_must_show_a_second_factor() -> None:
    assert {"staff", "governor"} == frozenset(Post) - SECOND_FACTOR
