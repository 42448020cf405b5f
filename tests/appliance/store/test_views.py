"""Saved views: each account its own."""

from __future__ import annotations

import pytest

from appliance.store import accounts, views
from appliance.store.session import Store
from tests.builders import at


def two(store: Store) -> tuple[int, int]:
    with store.session() as s:
        return (accounts.add(s, "ann", "A", ["dsl"], at=at()).id,
                accounts.add(s, "bob", "B", ["dsl"], at=at()).id)  # fmt: skip


def test_a_view_is_kept_replaced_and_removed_by_its_owner_alone(store: Store) -> None:
    ann, bob = two(store)
    with store.session() as s:
        kept = views.save(s, ann, " Year  5 ", {"group": "y5"}, at=at())
        views.save(s, bob, "Year 5", {"group": "y6"}, at=at())
        again = views.save(s, ann, "Year 5", {"group": "y5", "verdict": "block"}, at=at())
        views.save(s, ann, "another", {}, at=at())
        assert again.id == kept.id
        assert [view.name for view in views.of_account(s, ann)] == ["another", "Year 5"]
        assert not views.remove(s, bob, kept.id)
        assert views.remove(s, ann, kept.id)
        assert not views.remove(s, ann, kept.id)
        assert [dict(view.query) for view in views.of_account(s, bob)] == [{"group": "y6"}]


@pytest.mark.parametrize("name", ["", "  ", "x" * 61])
def test_a_name_is_needed_and_short(store: Store, name: str) -> None:
    ann, _ = two(store)
    with store.session() as s, pytest.raises(ValueError, match=r"^name"):
        views.save(s, ann, name, {}, at=at())


def test_there_is_an_end_to_them(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MOST", 2)
    ann, bob = two(store)
    with store.session() as s:
        for name in ("a", "b", "a"):
            views.save(s, ann, name, {}, at=at())
        with pytest.raises(ValueError, match="2 views already"):
            views.save(s, ann, "c", {}, at=at())
        views.save(s, bob, "c", {}, at=at())
