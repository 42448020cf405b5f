"""Who sees whom in the chain: a table."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from admin_ui.audit.shown import AREAS, NAMING, READERS, WITHHELD, shown
from appliance.accounts.posts import Post
from appliance.audit.chain import Entry, Link


def link(action: str) -> Link:
    entry = Entry(
        at=datetime(2026, 11, 23, tzinfo=UTC), actor="dsl", action=action, subject="Pupil A",
        reason="worried", address="10.2.0.5", detail={"rows": 3, "filter": {"person": "pupil-a"}},
    )  # fmt: skip
    return Link(number=1, entry=entry, previous="0" * 64, digest="d" * 64)


@pytest.mark.parametrize("post", Post)
@pytest.mark.parametrize("area", [*AREAS, "something_new"])
def test_names_of_those_looked_at_are_for_readers_alone(post: Post, area: str) -> None:
    found = shown(link(f"{area}.looked"), frozenset({post.value}))
    hidden = area in NAMING and post not in READERS
    assert found.withheld is hidden
    assert ("Pupil A" in repr(found.link)) is not hidden
    assert ("pupil-a" in repr(found.link)) is not hidden
    assert ("worried" in repr(found.link)) is not hidden
    assert (found.link.number, found.link.digest) == (1, "d" * 64)
    assert found.link.entry.actor == "dsl", "who looked is never hidden"


def test_one_post_that_reads_is_enough() -> None:
    both = frozenset({Post.IT_TECHNICIAN.value, Post.DSL.value})
    assert not shown(link("log.looked"), both).withheld
    assert shown(link("log.looked"), frozenset()).link.entry.subject == WITHHELD


def test_details_are_words() -> None:
    found = shown(link("log.looked"), frozenset({Post.DSL.value}))
    assert found.detail == (("rows", "3"), ("filter", "person: pupil-a"))
    assert (found.area, found.what) == ("Attempt log", "looked")
