"""The help on signs: figures for those with an account alone, and the school's own."""

from __future__ import annotations

from appliance.accounts.posts import Post
from appliance.circumvention.signals import Signal, meaning_of, name_of
from appliance.store import signals
from tests.admin_ui.conftest import School


def test_every_sign_is_explained_with_its_points(school: School) -> None:
    page = school.client(Post.DSL).get("/help/signals").text
    for signal in Signal:
        assert name_of(signal) in page
        assert meaning_of(signal).partition(".")[0] in page
    assert "A class browsing" in page
    assert "Another resolver entered by hand" in page
    assert "Your school has changed" not in page


def test_children_are_not_told_what_is_not_seen(school: School) -> None:
    page = school.nobody().get("/help/signals")
    assert page.status_code == 200
    assert "hosts file" not in page.text
    assert "entered by hand" not in page.text


def test_the_school_s_own_figures_are_shown(school: School) -> None:
    with school.store.session() as session:
        signals.change_weights(session, {"likely": 9.5})
    page = school.client(Post.IT_TECHNICIAN).get("/help/signals").text
    assert "from 9.5 on likely" in page
    assert "Your school has changed" in page
