"""Setting up a second factor: the secret is shown, proved, sealed; recovery codes once."""

from __future__ import annotations

import base64
import re
from xml.etree import ElementTree

from sqlalchemy import select

from appliance.accounts import totp
from appliance.accounts.posts import Post
from appliance.store.account_tables import AccountRow
from tests.admin_ui.conftest import School
from tests.admin_ui.signin.people import Person, code_at, said, somebody


def shown_secret(person: Person) -> str:
    page = person.web.get("/second-factor/set-up").text
    found = re.search(r'bellgate-verbatim">([A-Z2-7 ]+)<', page)
    assert found, page
    return found[1].replace(" ", "")


def set_up(person: Person) -> tuple[str, list[str]]:
    """Set up the second factor; return the page after it, and the recovery codes."""
    person.secret = shown_secret(person)
    done = person.web.post("/second-factor/set-up", data={"code": person.code()})
    return done.text, re.findall(r'bellgate-verbatim">([a-z0-9]{4}(?:-[a-z0-9]{4}){3})<', done.text)


def test_a_new_lead_sets_up_and_is_in(school: School) -> None:
    person = somebody(school, "casey", [Post.DSL])
    person.sign_in()
    page, codes = set_up(person)
    assert len(codes) == 10
    assert "Signed in as" in page
    assert "Signed in as" in person.web.get("/").text
    with school.store.reading() as session:
        row = session.scalar(select(AccountRow).where(AccountRow.login == "casey"))
        assert row is not None
        assert person.secret.encode() not in (row.totp or b"")
        assert set(row.recovery) == set(map(totp.recovery_digest, codes))
    assert said(school, "account.second_factor_set_up")[0][:2] == ("casey", "casey")
    person.web.post("/sign-out")
    person.sign_in()
    assert person.show_code(codes[3]).status_code == 303


def test_the_code_that_set_it_up_opens_nothing_more(school: School) -> None:
    person = somebody(school, "casey", [Post.DSL])
    person.sign_in()
    person.secret = shown_secret(person)
    code = person.code()
    person.web.post("/second-factor/set-up", data={"code": code})
    person.web.post("/sign-out")
    person.sign_in()
    assert person.show_code(code).status_code == 200


def test_nothing_is_kept_before_the_app_shows_the_right_code(school: School) -> None:
    person = somebody(school, "casey", [Post.DSL])
    person.sign_in()
    secret = shown_secret(person)
    wrong = person.web.post("/second-factor/set-up", data={"code": "000000"})
    assert "does not fit" in wrong.text
    assert shown_secret(person) == secret, "the same secret: the app has it already"
    assert person.web.get("/").text.count("Signed in as") == 0


def test_the_qr_code_is_a_picture_without_style_or_script(school: School) -> None:
    person = somebody(school, "casey", [Post.DSL])
    person.sign_in()
    shown_secret(person)
    answer = person.web.get("/second-factor/set-up/code.svg")
    assert answer.content_type == "image/svg+xml"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "style" not in answer.text
    assert "script" not in answer.text
    assert ElementTree.fromstring(answer.text).tag.endswith("svg")


def test_the_secret_in_the_cookie_is_sealed_and_for_one_account(school: School) -> None:
    person, other = somebody(school, "casey", [Post.DSL]), somebody(school, "robin", [Post.DSL])
    person.sign_in()
    other.sign_in()
    secret = shown_secret(person)
    cookie = person.web.get_cookie("bellgate-form")
    assert cookie is not None
    body = cookie.value.split(".")
    for part in body:
        assert secret.encode() not in base64.urlsafe_b64decode(part + "===")
    other.web.set_cookie("bellgate-form", cookie.value)
    assert shown_secret(other) != secret


def test_staff_may_add_one_after_showing_the_password(school: School) -> None:
    person = somebody(school, "avery")
    person.sign_in()
    assert person.web.get("/second-factor/set-up").status_code == 303
    person.web.post("/second-factor", data={"password": "vixen gravel tuba orbit"})
    _, codes = set_up(person)
    assert len(codes) == 10
    person.web.post("/sign-out")
    assert person.sign_in().headers["Location"] == "/second-factor"


def test_a_new_phone_makes_the_old_one_worthless_and_ends_other_sessions(school: School) -> None:
    person = somebody(school, "casey", [Post.DSL], phone=True)
    elsewhere = school.client_of(person.account)
    person.sign_in()
    person.show_code()
    old = person.secret
    _, codes = set_up(person)
    assert codes
    assert "Signed in as" not in elsewhere.get("/").text
    person.web.post("/sign-out")
    person.sign_in()
    assert person.show_code(code_at(old, 1)).status_code == 200
