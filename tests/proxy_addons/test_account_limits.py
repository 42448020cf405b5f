"""Sign-in hosts are told which accounts are the school's, whatever the client says itself."""

from __future__ import annotations

import pytest

from appliance.policy.limits import GOOGLE, MICROSOFT, AccountLimit
from proxy_addons.account_limits import headers
from tests import builders
from tests.proxy_addons.internet import eventually
from tests.proxy_addons.world import PUPIL, STAFF, Answer, World, school

DIRECTORY = "12345678-90ab-cdef-1234-567890abcdef"
OFFICE = AccountLimit(
    provider=MICROSOFT, allowed=("school.example", "trust.example"), clause="6",
    directory=DIRECTORY, who=(builders.subject("role:pupil"),),
)  # fmt: skip
WORK, PERSONAL = "https://login.microsoftonline.com/common", "https://login.live.com/login.srf"
FORGED = (
    "-H", "Restrict-Access-To-Tenants: evil.example", "-H", "restrict-access-context: evil",
    "-H", "SEC-Restrict-Tenant-Access-Policy: none", "-H", "X-GoogApps-Allowed-Domains: evil",
)  # fmt: skip


@pytest.fixture
def limited(proxy: World) -> World:
    plain = builders.contents()
    proxy.set(school(
        account_limits=(OFFICE,), never_inspect=(*plain.never_inspect, "microsoftonline.com"),
        steerable=(*plain.steerable, *OFFICE.hosts),
    ))  # fmt: skip
    # The authority may sign for them as soon as it has a certificate that says so.
    eventually(lambda: all(map(proxy.gate.certificates.covers, OFFICE.hosts)), 30)
    return proxy


def sent(answer: Answer) -> dict[str, str]:
    """Return what reached the provider of the headers that limit accounts."""
    found = answer.json["headers"]
    return {name: value for name, value in found.items() if "restrict" in name or "goog" in name}


def test_a_sign_in_is_told_the_schools_tenants(limited: World) -> None:
    answer = limited.curl(WORK, PUPIL)
    assert sent(answer) == {
        "restrict-access-to-tenants": "school.example,trust.example",
        "restrict-access-context": DIRECTORY,
    }


def test_a_personal_account_is_turned_away(limited: World) -> None:
    assert sent(limited.curl(PERSONAL, PUPIL)) == {
        "sec-restrict-tenant-access-policy": "restrict-msa"
    }


@pytest.mark.parametrize("url", [WORK, PERSONAL])
def test_the_clients_own_copies_are_taken_off(limited: World, url: str) -> None:
    assert sent(limited.curl(url, PUPIL, *FORGED)) == sent(limited.curl(url, PUPIL))
    assert "evil" not in str(sent(limited.curl(url, PUPIL, *FORGED)))


def test_whom_the_policy_does_not_limit_is_not_even_read(limited: World) -> None:
    answer = limited.curl(WORK, STAFF, root=limited.outside.ca)
    assert answer.status == 200  # the provider's own certificate: spliced
    assert sent(answer) == {}


def test_what_google_asks_for() -> None:
    limit = AccountLimit(provider=GOOGLE, allowed=("a.example", "b.example"), clause="6")
    assert headers(limit, "mail.google.com") == (
        ("X-GoogApps-Allowed-Domains", "a.example,b.example"),
    )
