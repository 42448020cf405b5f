"""Whom an identity provider may vouch for, and which settings can be used."""

from __future__ import annotations

from typing import Any

import pytest

from appliance.accounts import provider
from appliance.accounts.provider import GOOGLE, NotVouchedError

MICROSOFT = "https://login.microsoftonline.com/0000-1111/v2.0/.well-known/openid-configuration"


def settings(**more: Any) -> provider.ProviderSettings:
    return provider.checked(
        {"name": "Google", "discovery": GOOGLE, "client_id": "id", "client_secret": "s",
         "domains": "hillside.example, staff.hillside.example", "makes_accounts": False,
         "web_address": "https://gate.hillside.example", **more}
    )  # fmt: skip


GOOD = {"email": "A@hillside.example", "email_verified": True, "hd": "hillside.example"}


@pytest.mark.parametrize(
    ("discovery", "claims", "fine"),
    [
        (GOOGLE, {}, True), (GOOGLE, {"hd": "staff.hillside.example"}, True),
        (GOOGLE, {"hd": None}, False), (GOOGLE, {"hd": "other.example"}, False),
        (GOOGLE, {"email_verified": False}, False), (GOOGLE, {"email_verified": None}, False),
        (GOOGLE, {"email": "a@other.example"}, False), (GOOGLE, {"email": None}, False),
        (GOOGLE, {"email": "a@hillside.example.evil.example"}, False),
        (GOOGLE, {"email": "a@evil.example@hillside.example"}, False),
        (GOOGLE, {"email": ["a@hillside.example"]}, False),
        (GOOGLE, {"email_verified": "false"}, False), (GOOGLE, {"email_verified": "true"}, True),
        (MICROSOFT, {"hd": None, "email_verified": None}, False),
        (MICROSOFT, {"hd": None, "email_verified": None, "xms_edov": True}, True),
        (MICROSOFT, {"hd": None, "email_verified": None, "xms_edov": "1"}, True),
        (MICROSOFT, {"hd": None, "email_verified": None, "xms_edov": False}, False),
    ],
)  # fmt: skip
def test_who_is_vouched_for(discovery: str, claims: dict[str, Any], fine: bool) -> None:
    found = settings(discovery=discovery)
    if fine:
        assert provider.vouched_email(found, GOOD | claims) == "a@hillside.example"
    else:
        with pytest.raises(NotVouchedError):
            provider.vouched_email(found, GOOD | claims)


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "a\nb"), ("discovery", "http://accounts.google.com/x"),
     ("discovery", "ftp://x"), ("discovery", ""), ("discovery", "https://user@x.example/"),
     ("discovery", MICROSOFT.replace("0000-1111", "common")),
     ("discovery", MICROSOFT.replace("0000-1111", "organizations")), ("client_id", ""),
     ("domains", ""), ("domains", "hillside"), ("domains", "*.example"), ("domains", "@x.example"),
     ("web_address", "http://gate.hillside.example")],
)  # fmt: skip
def test_what_cannot_be_a_setting_names_its_field(field: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"^{field}: "):
        settings(**{field: value})


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_plain_http_is_for_this_computer_alone(host: str) -> None:
    assert settings(discovery=f"http://{host}:3000/x").discovery.startswith("http://")
