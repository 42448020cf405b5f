"""Passkeys, made and used by a real Chromium with a virtual authenticator."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from selenium.common.exceptions import StaleElementReferenceException, TimeoutException
from selenium.webdriver.common.virtual_authenticator import VirtualAuthenticatorOptions
from selenium.webdriver.support.ui import WebDriverWait
from sqlalchemy import select

from appliance.accounts.posts import Post
from appliance.store import accounts
from appliance.store.account_tables import PasskeyRow
from tests.admin_ui.browser import Browser
from tests.admin_ui.conftest import School
from tests.admin_ui.live import Site, served
from tests.admin_ui.signin.people import Person, said, somebody


@pytest.fixture
def phone(school: School, browser: Browser) -> Iterator[Browser]:
    """Return a browser at ``localhost`` whose device has a working fingerprint reader."""
    options = VirtualAuthenticatorOptions(
        transport=VirtualAuthenticatorOptions.Transport.INTERNAL, has_resident_key=True,
        has_user_verification=True, is_user_verified=True,
    )  # fmt: skip
    school.app.config["WTF_CSRF_ENABLED"] = True  # the script sends the token
    with served(school.app) as site:
        browser.at(Site("localhost", site.port, site.scheme))
        browser.driver.add_virtual_authenticator(options)
        yield browser
        browser.driver.remove_virtual_authenticator()


def wait_for(browser: Browser, words: str) -> None:
    try:
        WebDriverWait(
            browser.driver, 15, ignored_exceptions=[StaleElementReferenceException]
        ).until(lambda _: words in browser.text())
    except TimeoutException:
        pytest.fail(f"{words!r} is not in {browser.text()!r}, {browser.complaints()}")


def register(browser: Browser, person: Person, name: str = "My phone") -> None:
    browser.sign_in_as(person.school.client_of(person.account))
    browser.open("/me/passkeys")
    browser.find("#name").send_keys(name)
    browser.press("Add a passkey")
    wait_for(browser, "is kept")


@pytest.mark.chromium
def test_a_passkey_is_made_and_signs_in_without_anything_else(
    school: School, phone: Browser
) -> None:
    person = somebody(school, "casey", [Post.DSL], phone=True)
    register(phone, person)
    phone.cdp("Network.clearBrowserCookies")
    phone.open("/sign-in?next=/me")
    phone.press("Sign in with a passkey")
    wait_for(phone, "Your account")
    assert "Casey" in phone.text()
    assert said(school, "passkey.added")[0] == ("casey", "casey", {"name": "My phone"})
    assert ("casey", "casey", {"how": "passkey"}) in said(school, "sign_in.succeeded")
    assert phone.complaints() == []


@pytest.mark.chromium
def test_a_passkey_is_a_second_factor_after_the_password(school: School, phone: Browser) -> None:
    person = somebody(school, "casey", [Post.DSL], phone=True)
    register(phone, person)
    phone.cdp("Network.clearBrowserCookies")
    phone.open("/sign-in?next=/me")
    phone.find("#login").send_keys("casey")
    phone.find("#password").send_keys("vixen gravel tuba orbit")
    phone.find("form button[type=submit]").click()
    wait_for(phone, "Second step")
    phone.press("Use your passkey")
    wait_for(phone, "Your account")


@pytest.mark.chromium
def test_a_finger_that_is_not_the_owners_opens_nothing(school: School, phone: Browser) -> None:
    register(phone, somebody(school, "casey", [Post.DSL], phone=True))
    phone.cdp("Network.clearBrowserCookies")
    phone.driver.set_user_verified(False)
    phone.open("/sign-in")
    phone.press("Sign in with a passkey")
    wait_for(phone, "cancelled")
    assert "Signed in as" not in phone.text()


@pytest.mark.chromium
@pytest.mark.parametrize("after", ["removed", "disabled"])
def test_a_passkey_of_nobody_opens_nothing(school: School, phone: Browser, after: str) -> None:
    person = somebody(school, "casey", [Post.DSL], phone=True)
    register(phone, person)
    if after == "removed":
        phone.press("Remove")
        wait_for(phone, "opens your account no more")
    else:
        with school.store.session() as session:
            accounts.set_enabled(session, person.account.id, False)
    phone.cdp("Network.clearBrowserCookies")
    phone.open("/sign-in")
    phone.press("Sign in with a passkey")
    wait_for(phone, "does not open an account here")


@pytest.mark.chromium
def test_a_signature_opens_once_and_here_alone(school: School, phone: Browser) -> None:
    """What the device signed is caught on its way and sent again: it opens nothing more."""
    person = somebody(school, "casey", [Post.DSL], phone=True)
    register(phone, person)
    phone.cdp("Network.clearBrowserCookies")
    phone.open("/sign-in")
    phone.run(
        "HTMLFormElement.prototype.submit = function () {"
        "  document.title = this.elements.credential.value; };"
    )
    phone.press("Sign in with a passkey")
    WebDriverWait(phone.driver, 15).until(lambda driver: "rawId" in driver.title)
    caught = phone.driver.title
    cookie = phone.driver.get_cookie("bellgate-form")
    assert cookie is not None
    assert phone.site is not None
    where = f"http://localhost:{phone.site.port}"
    school.app.config["WTF_CSRF_ENABLED"] = False
    fresh = school.nobody()
    assert "/sign-in" in _send(fresh, caught, where), "another browser"
    ours = school.nobody()
    ours.set_cookie("bellgate-form", cookie["value"], domain="localhost")
    elsewhere = school.nobody()
    elsewhere.set_cookie("bellgate-form", cookie["value"], domain="evil.localhost")
    wrong = json.loads(caught) | {"id": "AAAA", "rawId": "AAAA"}
    assert "/sign-in" in _send(elsewhere, json.dumps(wrong), where)
    assert "/sign-in" not in _send(ours, caught, where)
    again = school.nobody()
    again.set_cookie("bellgate-form", cookie["value"], domain="localhost")
    assert "/sign-in" in _send(again, caught, where), "the challenge was used"


def _send(web: object, credential: str, where: str) -> str:
    answer = web.post("/sign-in/passkey", data={"credential": credential}, base_url=where)  # type: ignore[attr-defined]
    return str(answer.headers["Location"])


@pytest.mark.parametrize(
    ("where", "offered"),
    [("http://localhost:8000", True), ("https://gate.hillside.example", True),
     ("http://gate.hillside.example", False), ("http://192.0.2.1", False),
     ("https://192.0.2.1:8443", False), ("http://[::1]:8000", False)],
)  # fmt: skip
def test_passkeys_are_offered_where_browsers_take_them(
    school: School, where: str, offered: bool
) -> None:
    page = school.nobody().get("/sign-in", base_url=where).text
    assert ("Sign in with a passkey" in page) == offered
    answer = school.nobody().post("/sign-in/passkey/options", base_url=where)
    assert answer.status_code == (200 if offered else 404)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.text(max_size=80)
    | st.recursive(
        st.none() | st.text(max_size=8) | st.integers(),
        lambda inner: st.dictionaries(
            st.sampled_from(["id", "rawId", "type", "response", "clientDataJSON", "signature"]),
            inner, max_size=6,
        ),
        max_leaves=12,
    ).map(json.dumps)
)  # fmt: skip
def test_whatever_a_stranger_sends_opens_nothing(school: School, credential: str) -> None:
    with school.store.session() as session:
        if session.get(PasskeyRow, "AAAA") is None:
            session.add(
                PasskeyRow(id="AAAA", account=1, public_key=b"x", uses=0, name="x",
                           made=school.accounts[Post.DSL].made, seen=None)
            )  # fmt: skip
    web = school.nobody()
    web.post("/sign-in/passkey/options")
    answer = web.post("/sign-in/passkey", data={"credential": credential})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    mine = school.client(Post.DSL)
    mine.post("/me/passkeys/options")
    mine.post("/me/passkeys", data={"name": "x", "credential": credential or "x"})
    with school.store.reading() as session:
        assert len(list(session.scalars(select(PasskeyRow)))) == 1
