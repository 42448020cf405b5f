"""Where people go on after signing in: to our own pages, whatever the address asks for."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from admin_ui.signin import back
from tests.admin_ui.conftest import School
from tests.admin_ui.signin.people import somebody

EVIL = [
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\\/evil.example",
    "https://evil.example", "https:/evil.example", "https:evil.example", "//evil.example/ca",
    "http:///evil.example", "javascript:alert(1)", "data:text/html,x", "evil.example",
    "@evil.example",
    "/%2fevil.example", "/%2Fevil.example", "/%5cevil.example", "/%252fevil.example",
    "%2f%2fevil.example",
    "/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example",
    "/ca\r\nX-Evil: 1",
    "/%0d%0aX-Evil:1", "/ca%0d%0aSet-Cookie:x=1", "//localhost@evil.example", "/.//evil.example",
    "/..//evil.example", "/ca/..//evil.example", "/no-such-page", "/sign-out", "/sign-in",
    "/sign-in?next=//evil.example", "\x00/ca", "/ca\x00", "", "?", "#", "/ca\u2028",
]  # fmt: skip
OURS = ["/ca", "/", "/ca?x=1", "/requests/new?url=https://www.facebook.com/x", "/ca?next=//evil"]


@pytest.mark.parametrize("path", EVIL)
def test_nobody_is_sent_elsewhere(school: School, path: str) -> None:
    person = somebody(school, "avery")
    to = person.sign_in(next=path).headers["Location"]
    assert to in ("/", "/home")
    with school.app.test_request_context():
        assert back.safe(path) == ""


@pytest.mark.parametrize("path", OURS)
def test_our_own_pages_are_gone_on_to(school: School, path: str) -> None:
    assert somebody(school, "avery").sign_in(next=path).headers["Location"] == path


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.text(st.sampled_from("/\\%2fFcC5.:@evil?# \t\r\n-ca"), max_size=24) | st.text(max_size=30)
)
def test_whatever_is_asked_for_stays_here(school: School, path: str) -> None:
    with school.app.test_request_context():
        found = back.safe(path)
    if found:
        parts = urlsplit(found)
        assert (parts.scheme, parts.netloc) == ("", "")
        assert found.startswith("/")
        assert found[1:2] not in ("/", "\\")


def test_a_page_that_needs_signing_in_is_come_back_to(school: School) -> None:
    answer = school.nobody().get("/audit?actor=a+b")
    assert answer.headers["Location"] == "/sign-in?next=/audit?actor%3Da%2Bb"
