"""From where a page opens: ``--manage`` at the one place, for every route and every post."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from admin_ui.access import MATRIX, Door
from admin_ui.management import within
from appliance.accounts.posts import Post
from appliance.store.account_tables import AccountRow
from tests.admin_ui.accounts.test_emergency import seal
from tests.admin_ui.conftest import School
from tests.admin_ui.signin.people import somebody
from tests.admin_ui.test_access import REACHED, rules

MANAGE = ("10.20.0.0/24", "fd00:20::/64")
INSIDE = ("10.20.0.7", "fd00:20::7", "::ffff:10.20.0.7", "127.0.0.1", "::1")
OUTSIDE = (
    "10.10.0.7",
    "fd00:10::7",
    "::ffff:10.10.0.7",
    "10.20.1.7",
    "fe80::7%eth0",
    "",
    "x",
    "::",
)
# What pupils and visitors may open who have no account: the table's own words, written twice.
FOR_ALL = {
    "static", "pages.home", "pages.proxy_pac", "pages.ca", "pages.ca_file", "pages.ca_qr",
    "pages.captive_portal", "signin.sign_in", "signin.passkey_options", "signin.passkey",
    "signin.invitation", "signin.link_request", "signin.link", "signin.provider_start",
    "signin.provider_back", "sign_in_here.index", "sign_in_here.end", "requests.new", "help.index",
    "help.page", "help.limits_page", "help.accessibility", "help.visitors", "help.notice",
}  # fmt: skip
# Areas of which nothing is for staff; who holds the posts for them opens them from inside alone.
NEVER = (
    "setup",
    "accounts",
    "devices",
    "lists",
    "signals",
    "why",
    "doctor",
    "audit",
    "look_alikes",
)


@pytest.fixture
def managed(school: School) -> School:
    """Return a school that is managed from one network."""
    gate = school.app.extensions["gate"]
    gate.settings = replace(gate.settings, manage=MANAGE)
    return school


@pytest.fixture
def doors(managed: School) -> School:
    """Return it with all pages replaced by a mark, so that the door alone is seen."""
    for endpoint in managed.app.view_functions:
        managed.app.view_functions[endpoint] = lambda **_: ("", REACHED)
    return managed


def at(web: FlaskClient, address: str) -> FlaskClient:
    """Have a browser ask from an address."""
    web.environ_base["REMOTE_ADDR"] = address
    return web


def answers(doors: School, web: FlaskClient) -> Iterator[tuple[str, str, int]]:
    for rule, method, path in rules(doors):
        yield rule.endpoint, method, web.open(path, method=method).status_code


@pytest.mark.parametrize("address", INSIDE)
def test_these_manage(address: str) -> None:
    assert within(address, MANAGE)


@pytest.mark.parametrize("address", OUTSIDE)
def test_these_do_not_and_what_cannot_be_read_does_not(address: str) -> None:
    assert not within(address, MANAGE)
    assert not within(address, (*MANAGE, "fd00:30::/64"))
    assert within(address, ())


def test_no_prefix_holds_an_address_that_cannot_be_read() -> None:
    for address in ("", "x", "::", "0.0.0.0"):
        assert not within(address, ("::/0", "0.0.0.0/0"))


def test_our_own_address_does_not_manage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our proxy asks by it, for whoever uses the proxy."""
    monkeypatch.setattr("admin_ui.management.ours", lambda address: address == "10.20.0.1")
    assert not within("10.20.0.1", MANAGE)
    assert not within("::ffff:10.20.0.1", MANAGE)
    assert within("10.20.0.2", MANAGE)


@pytest.mark.parametrize("post", Post)
def test_inside_each_post_opens_what_it_always_did(doors: School, post: Post) -> None:
    for address in ("10.20.0.7", "fd00:20::7"):
        for endpoint, method, code in answers(doors, at(doors.client(post), address)):
            line = MATRIX[endpoint]
            may = isinstance(line, Door) or post in line
            assert code == (REACHED if may else 403), (method, endpoint)


@pytest.mark.parametrize("post", Post)
def test_outside_each_post_opens_what_staff_may_and_no_more(doors: School, post: Post) -> None:
    for endpoint, method, code in answers(doors, at(doors.client(post), "10.10.0.7")):
        line = MATRIX[endpoint]
        never = endpoint.partition(".")[0] in NEVER
        may = isinstance(line, Door) or {post, Post.STAFF} <= line
        assert code == (REACHED if may and not never else 403), (method, endpoint)


def test_outside_nobody_opens_what_everybody_needs_and_no_more(doors: School) -> None:
    opened = set()
    for endpoint, method, code in answers(doors, at(doors.nobody(), "fd00:10::7")):
        line = MATRIX[endpoint]
        if code == REACHED:
            opened.add(endpoint)
        elif line is Door.OWING or (isinstance(line, frozenset) and Post.STAFF in line):
            assert code == (303 if method == "GET" else 401), endpoint
        else:
            assert code == 403, endpoint
    assert opened == FOR_ALL


def test_an_endpoint_without_a_line_is_shut_outside(managed: School) -> None:
    managed.app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    for web in (managed.nobody(), managed.client(Post.IT_TECHNICIAN)):
        assert at(web, "10.10.0.7").get("/forgotten").status_code == 403


def test_a_session_that_goes_out_loses_its_posts_and_has_them_again_inside(managed: School) -> None:
    web = at(managed.client(Post.IT_TECHNICIAN), "10.20.0.7")
    assert web.get("/devices").status_code == 200
    refused = at(web, "10.10.0.7").get("/devices")
    assert refused.status_code == 403
    assert "opens from the school’s management network only" in refused.text
    home = web.get("/home")
    assert home.status_code == 200
    assert 'href="/devices"' not in home.text
    assert 'href="/requests"' in home.text
    assert at(web, "10.20.0.8").get("/devices").status_code == 200


def test_pages_that_narrow_by_post_see_staff_alone(managed: School) -> None:
    """The log opens to everybody with an account; a safeguarding lead's view of it does not."""
    seen = at(managed.client(Post.DSL), "10.20.0.7").get("/log").text
    outside = at(managed.client(Post.DSL), "10.10.0.7").get("/log")
    plain = at(managed.client(Post.STAFF), "10.20.0.7").get("/log")
    assert (outside.status_code, outside.headers.get("Location")) == (
        plain.status_code, plain.headers.get("Location"))  # fmt: skip
    assert outside.text != seen


@pytest.mark.parametrize("post", [Post.GOVERNOR, Post.AUDITOR])
def test_whoever_only_looks_on_is_no_more_outside(managed: School, post: Post) -> None:
    web = at(managed.client(post), "10.10.0.7")
    home, inside = web.get("/home"), at(managed.client(post), "10.20.0.7").get("/home")
    assert home.status_code == 200
    assert ('href="/audit"' in inside.text) is (post is Post.AUDITOR)
    assert 'href="/audit"' not in home.text
    assert 'href="/self-test"' not in home.text
    assert web.get("/requests/new").status_code == 200
    assert web.post("/requests/new").status_code == 403


def test_outside_is_where_somebody_signs_in_and_secures_the_account(managed: School) -> None:
    person = somebody(managed, "head", [Post.HEADTEACHER, Post.STAFF], phone=True)
    web = at(managed.client_of(person.account), "10.10.0.7")
    own = web.get("/me")
    assert "Headteacher" in own.text
    assert web.post("/me/second-factor/remove").status_code == 403
    with managed.store.session() as session:
        row = session.get(AccountRow, person.account.id)
        assert row is not None
        assert row.totp is not None
        row.totp = None
    assert web.get("/home").headers["Location"] == "/second-factor/set-up"


def test_the_set_up_and_its_code_are_for_those_who_manage(managed: School) -> None:
    web = at(managed.nobody(), "10.10.0.7")
    for path in ("/setup", "/setup/code", "/setup/school", "/setup/technician"):
        assert web.get(path).status_code == 403
        assert web.post(path, data={"code": "ABCD-EFGH-JKLM"}).status_code in (403, 405)
        assert at(managed.nobody(), "10.20.0.7").get(path).status_code != 403


def test_the_emergency_account_opens_inside_alone_and_nobody_locks_it_outside(
    managed: School,
) -> None:
    password = seal(managed.client(Post.IT_TECHNICIAN))
    given: dict[str, Any] = {"login": "emergency", "password": password}
    for _ in range(12):
        away = at(managed.nobody(), "10.10.0.7")
        assert away.post("/sign-in", data=given).status_code == 200
        assert away.get("/me").status_code == 303
    web = at(managed.nobody(), "10.20.0.7")
    assert web.post("/sign-in", data=given).status_code == 303
    assert web.get("/accounts").status_code == 200
    assert at(web, "10.10.0.7").get("/home").headers["Location"].startswith("/sign-in")


def test_the_pages_say_so_where_it_is_so(managed: School) -> None:
    web = at(managed.nobody(), "10.10.0.7")
    assert "not on the school’s management network" in web.get("/sign-in").text
    assert "not on the school’s management" not in at(managed.nobody(), "::1").get("/sign-in").text
    assert "an account counts as staff at most" in web.get("/help/limits").text
    assert "its password is called wrong" in web.get("/help/emergency-account").text


def test_without_prefixes_nothing_changes(school: School) -> None:
    web = at(school.client(Post.IT_TECHNICIAN), "203.0.113.9")
    assert web.get("/devices").status_code == 200
    assert "management network" not in at(school.nobody(), "203.0.113.9").get("/sign-in").text
    assert "Every page can be tried" in web.get("/help/limits").text
