"""The first technician: a good password, one account, and never a second by the same way."""

from __future__ import annotations

import pytest

from appliance.store import accounts
from tests.admin_ui.setup.conftest import TECHNICIAN, Fresh, said, went


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"password": "short", "again": "short"}, "at least 12 characters"),
        ({"password": "passwordpassword", "again": "passwordpassword"}, "too easy to guess"),
        ({"password": "tech@hazelbrook1", "again": "tech@hazelbrook1"}, "too easy to guess"),
        ({"again": "something else entirely"}, "not the same"),
        ({"name": "  "}, "Enter your name"),
        ({"login": "two words"}, "no blanks"),
        ({"login": ""}, "Enter your e-mail address"),
    ],
)
def test_what_cannot_be_is_refused_and_uses_nothing_up(
    fresh: Fresh, changed: dict[str, str], words: str
) -> None:
    client = fresh.inside()
    page = client.post("/setup/technician", data=TECHNICIAN | changed)
    assert words in said(page)
    with fresh.store.reading() as session:
        assert accounts.list_(session) == ()
    there = went(client.post("/setup/technician", data=TECHNICIAN))
    assert there.startswith("/second-factor"), "the code still holds"


def test_passwords_are_never_shown_again(fresh: Fresh) -> None:
    page = fresh.inside().post("/setup/technician", data=TECHNICIAN | {"name": ""})
    assert TECHNICIAN["password"] not in page.text


def test_nothing_further_opens_before_the_second_factor(fresh: Fresh) -> None:
    client = fresh.inside()
    client.post("/setup/technician", data=TECHNICIAN)
    for path in ("/setup/people", "/setup/trial", "/settings"):
        assert went(client.get(path)).startswith("/second-factor")
