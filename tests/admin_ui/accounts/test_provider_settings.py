"""The identity provider's settings: checked, sealed, and given to no other provider."""

from __future__ import annotations

from typing import Any

import pytest

from appliance.accounts.posts import Post
from appliance.store import web_settings
from tests.admin_ui.conftest import School
from tests.admin_ui.signin.people import said

GOOD = {
    "name": "Google", "discovery": "https://accounts.google.com/.well-known/openid-configuration",
    "client_id": "123.apps", "client_secret": "a client secret", "domains": "hillside.example",
    "web_address": "https://gate.hillside.example",
}  # fmt: skip


def kept(school: School) -> dict[str, Any]:
    with school.store.reading() as session:
        return web_settings.get(session, "provider")


def test_the_secret_goes_in_and_never_comes_out(school: School) -> None:
    web = school.client(Post.IT_TECHNICIAN)
    assert web.post("/accounts/provider", data=GOOD).status_code == 303
    assert kept(school)["client_secret"]
    assert kept(school)["makes_accounts"] is False
    page = web.get("/accounts/provider").text
    for secret in ("a client secret", kept(school)["client_secret"]):
        assert secret not in page
    assert "a client secret" not in repr(said(school, "account.provider_changed"))
    assert "Sign in with Google" in school.nobody().get("/sign-in").text


@pytest.mark.parametrize(
    ("field", "value", "keeps"),
    [("domains", "other.example", True), ("client_id", "other", False),
     ("discovery", "https://evil.example/.well-known/openid-configuration", False)],
)  # fmt: skip
def test_the_secret_is_never_sent_to_another_provider(
    school: School, field: str, value: str, keeps: bool
) -> None:
    web = school.client(Post.IT_TECHNICIAN)
    web.post("/accounts/provider", data=GOOD)
    web.post("/accounts/provider", data={**GOOD, "client_secret": "", field: value})
    assert bool(kept(school)["client_secret"]) == keeps


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("name", "", "what the button says"), ("domains", "", "domains of the school"),
     ("discovery", "http://accounts.google.com/x", "begins with https"),
     ("discovery", "https://login.microsoftonline.com/common/v2.0/x", "own tenant id")],
)  # fmt: skip
def test_a_mistake_is_said_beside_its_field(
    school: School, field: str, value: str, words: str
) -> None:
    page = school.client(Post.IT_TECHNICIAN).post("/accounts/provider", data={**GOOD, field: value})
    assert words in page.text
    assert kept(school) == {}


def test_turning_it_off_forgets_everything(school: School) -> None:
    web = school.client(Post.IT_TECHNICIAN)
    web.post("/accounts/provider", data=GOOD)
    web.post("/accounts/provider/off")
    assert kept(school) == {}
    assert "Sign in with Google" not in school.nobody().get("/sign-in").text
