"""Signing in by an identity provider: a certified OpenID provider runs on loopback."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import requests

from appliance.accounts.posts import Post
from appliance.accounts.sealing import seal
from appliance.store import accounts, credentials, web_settings
from tests.admin_ui.conftest import School
from tests.admin_ui.live import Site, served
from tests.admin_ui.signin.people import said, somebody

ROOT = Path(__file__).parents[3]
ASSETS = ROOT / "admin_ui" / "assets"
PEOPLE = {
    "1": {"email": "Avery@hillside.example", "email_verified": True, "name": "Avery A."},
    "2": {"email": "avery@hillside.example", "email_verified": False, "name": "Impostor"},
    "3": {"email": "pupil@elsewhere.example", "email_verified": True, "name": "Elsewhere"},
    "4": {"email": "newcomer@hillside.example", "email_verified": True, "name": "N. Newcomer"},
    "5": {"email": "avery@hillside.example", "email_verified": True, "name": "Another Avery"},
    "6": {"email_verified": True, "name": "No address"},
    "7": {"email": "casey@hillside.example", "email_verified": True, "name": "Casey"},
}


@dataclass
class Setting:
    """A school, served, and its provider."""

    school: School
    site: Site
    issuer: str

    def browser(self) -> requests.Session:
        """Return a browser."""
        return requests.Session()

    def start(self, web: requests.Session, onward: str = "") -> requests.Response:
        """Press the button; return the provider's first page."""
        query = f"?next={onward}" if onward else ""
        return web.get(self.site.url("/sign-in/provider" + query), timeout=10)

    def back(self, web: requests.Session, who: str, onward: str = "") -> str:
        """Sign in at the provider as somebody; return where it sends the browser back to."""
        answer = self.start(web, onward)
        for data in ({"prompt": "login", "login": who, "password": "x"}, {"prompt": "consent"}):
            form = re.search(r'action="([^"]+)"', answer.text)
            assert form, answer.text
            answer = web.post(
                urljoin(answer.url, form[1]), data=data, timeout=10, allow_redirects=False
            )
            while (to := answer.headers.get("Location", "")) and "/sign-in/provider/back" not in to:
                answer = web.get(urljoin(answer.url, to), timeout=10, allow_redirects=False)
            if to:
                return to
        raise AssertionError(answer.text)

    def sign_in(self, who: str, onward: str = "") -> tuple[requests.Session, requests.Response]:
        """Sign in at the provider as somebody, and come back."""
        web = self.browser()
        return web, web.get(self.back(web, who, onward), timeout=10)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def setting(school: School) -> Iterator[Setting]:
    node = shutil.which("node", path=f"{ROOT / '.venv' / 'node'}:/usr/bin:/usr/local/bin") or (
        shutil.which("node")
    )
    if node is None or not (ASSETS / "node_modules" / "oidc-provider").is_dir():
        pytest.skip("needs Node.js and oidc-provider: run .ci/assets")
    with served(school.app) as site:
        port = free_port()
        process = subprocess.Popen(
            [node, str(Path(__file__).with_name("provider.mjs")), str(ASSETS), str(port),
             site.url("/sign-in/provider/back"), json.dumps(PEOPLE)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert process.stdout is not None
        try:
            assert any("ready" in line for line in process.stdout), "the provider did not start"
            issuer = f"http://127.0.0.1:{port}"
            set_up(school, site, issuer)
            yield Setting(school, site, issuer)
        finally:
            process.kill()
            process.stdout.close()
            process.wait()


def set_up(school: School, site: Site, issuer: str, **more: Any) -> None:
    key = school.app.secret_key
    assert isinstance(key, bytes)
    secret = more.pop("secret", "a secret of the provider, long enough")
    value = {
        "name": "Hillside ID", "discovery": f"{issuer}/.well-known/openid-configuration",
        "client_id": "bellgate", "domains": "hillside.example", "makes_accounts": False,
        "client_secret": seal(key, "provider", secret).hex(),
        "web_address": site.url("").rstrip("/"),
    }  # fmt: skip
    with school.store.session() as session:
        web_settings.put(session, "provider", value | more)


def test_somebody_with_an_account_comes_in(setting: Setting) -> None:
    somebody(setting.school, "avery")
    assert "Sign in with Hillside ID" in requests.get(setting.site.url("/sign-in"), timeout=10).text
    _, answer = setting.sign_in("1", "/me")
    assert urlsplit(answer.url).path == "/me"
    assert "Avery" in answer.text
    (entry,) = said(setting.school, "sign_in.succeeded")
    assert entry == ("avery", "avery", {"how": "provider Hillside ID"})


@pytest.mark.parametrize(
    ("who", "words"),
    [("2", "has not verified"), ("3", "does not belong to the school"), ("6", "did not say"),
     ("4", "no account for you here")],
)  # fmt: skip
def test_who_is_not_vouched_for_stays_out(setting: Setting, who: str, words: str) -> None:
    somebody(setting.school, "avery")
    web, answer = setting.sign_in(who)
    assert words in answer.text
    assert "Signed in as" not in answer.text
    assert "bellgate" not in web.cookies
    assert said(setting.school, "sign_in.succeeded") == []


def test_an_account_is_made_where_the_technician_allows_it(setting: Setting) -> None:
    set_up(setting.school, setting.site, setting.issuer, makes_accounts=True)
    _, answer = setting.sign_in("4", "/me")
    assert "N. Newcomer" in answer.text
    with setting.school.store.reading() as session:
        made = credentials.by_login(session, "newcomer@hillside.example")
    assert made is not None
    assert made.posts == {"staff"}
    assert not made.has_password


def test_an_address_that_somebody_else_got_opens_nothing(setting: Setting) -> None:
    """Addresses are given again to newcomers; the id at the provider is not (OIDC Core, 5.7)."""
    somebody(setting.school, "avery")
    setting.sign_in("1")
    _, answer = setting.sign_in("5")
    assert "no account for you here" in answer.text
    assert len(said(setting.school, "sign_in.succeeded")) == 1


def test_the_second_step_is_still_owed(setting: Setting) -> None:
    person = somebody(setting.school, "casey", [Post.DSL], phone=True)
    web, answer = setting.sign_in("7", "/me")
    assert urlsplit(answer.url).path == "/second-factor"
    answer = web.post(answer.url, data={"code": person.code(), "next": "/me"}, timeout=10)
    assert "Your account" in answer.text


def test_a_disabled_account_stays_out(setting: Setting) -> None:
    person = somebody(setting.school, "avery")
    with setting.school.store.session() as session:
        accounts.set_enabled(session, person.account.id, False)
    assert "no account for you here" in setting.sign_in("1")[1].text


def test_what_comes_back_opens_once_and_in_the_same_browser(setting: Setting) -> None:
    somebody(setting.school, "avery")
    web = setting.browser()
    to = setting.back(web, "1")
    for thief in (setting.browser(), web, web):
        answer = thief.get(to, timeout=10)
        assert "Signed in as" not in answer.text, "a thief used the state up: nobody comes in"
        assert "begun in another browser" in answer.text


def test_a_code_of_somebody_else_is_not_taken(setting: Setting) -> None:
    """Code injection: PKCE binds the code to the browser that began (RFC 9700, 4.5)."""
    somebody(setting.school, "avery")
    victim, attacker = setting.browser(), setting.browser()
    code = parse_qs(urlsplit(setting.back(victim, "1")).query)["code"][0]
    mine = setting.back(attacker, "3")
    forged = re.sub(r"code=[^&]+", f"code={code}", mine)
    answer = attacker.get(forged, timeout=10)
    assert "does not hold" in answer.text
    assert "Signed in as" not in answer.text


@pytest.mark.parametrize("query", ["", "?error=access_denied", "?code=x", "?state=x&code=y"])
def test_an_answer_that_nobody_asked_for(setting: Setting, query: str) -> None:
    web = setting.browser()
    answer = web.get(setting.site.url("/sign-in/provider/back" + query), timeout=10)
    assert "Please try again" in answer.text


def test_cancelling_at_the_provider_is_said(setting: Setting) -> None:
    web = setting.browser()
    state = parse_qs(urlsplit(setting.start(web).history[0].headers["Location"]).query)["state"][0]
    answer = web.get(
        setting.site.url(f"/sign-in/provider/back?error=access_denied&state={state}"), timeout=10
    )
    assert "did not let you in" in answer.text


@pytest.mark.parametrize(
    "more",
    [{"secret": "a wrong secret"}, {"client_id": "somebody-else"}, {"domains": "other.example"}],
)
def test_wrong_settings_let_nobody_in(setting: Setting, more: dict[str, Any]) -> None:
    somebody(setting.school, "avery")
    web = setting.browser()
    to = setting.back(web, "1")
    set_up(setting.school, setting.site, setting.issuer, **more)
    assert "Signed in as" not in web.get(to, timeout=10).text


def test_a_provider_that_is_away_is_said(setting: Setting) -> None:
    set_up(setting.school, setting.site, f"http://127.0.0.1:{free_port()}")
    answer = setting.start(setting.browser())
    assert "cannot be reached at the moment" in answer.text
    assert urlsplit(answer.url).path == "/sign-in"


def test_the_request_has_pkce_state_and_nonce(setting: Setting) -> None:
    answer = setting.start(setting.browser(), "//evil.example")
    asked = parse_qs(urlsplit(answer.history[0].headers["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["response_type"] == ["code"]
    assert len(asked["state"][0]) >= 43
    assert len(asked["nonce"][0]) >= 43
    assert asked["state"] != asked["nonce"]
    assert asked["redirect_uri"] == [setting.site.url("/sign-in/provider/back")]


def test_without_a_provider_there_is_no_such_page(school: School) -> None:
    assert school.nobody().get("/sign-in/provider").status_code == 404
    assert school.nobody().get("/sign-in/provider/back").status_code == 404
    assert "Hillside ID" not in school.nobody().get("/sign-in").text
