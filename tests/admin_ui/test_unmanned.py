"""The link to the set-up: while nobody could sign in as technician, and never after."""

from __future__ import annotations

from appliance.store import accounts
from tests.admin_ui.conftest import School

LINK = 'href="/setup"'


def test_it_is_shown_until_there_is_a_technician(school: School) -> None:
    technician = school.accounts[next(p for p in school.accounts if p.value == "it_technician")]
    with school.store.session() as session:
        accounts.set_enabled(session, technician.id, False)
    assert LINK in school.nobody().get("/").text
    with school.store.session() as session:
        accounts.set_enabled(session, technician.id, True)
    assert LINK not in school.nobody().get("/").text


def test_without_a_store_there_is_no_link(school: School) -> None:
    school.store.close()
    for left in school.data.glob("bellgate.db*"):
        left.unlink()
    assert LINK not in school.nobody().get("/").text
