"""The starter lists: names alone, none of which closes what must stay open."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import resources

import pytest

from appliance.lists.parse import Parsed
from appliance.lists.starting import starters
from appliance.policy.domains import Catalogue
from appliance.policy.names import suffixes
from appliance.policy_file import TEMPLATES, build, load, template_text

NOW = datetime(2026, 11, 23, tzinfo=UTC)
STARTERS = dict(starters())


@pytest.mark.parametrize("category", STARTERS)
def test_a_starter_is_names_and_says_what_it_is(category: str) -> None:
    found = STARTERS[category]
    assert len(found.names) >= 5
    assert found.refused == 0
    folder = resources.files("appliance").joinpath("lists", "starter")
    text = folder.joinpath(f"{category}.txt").read_text("utf-8")
    names = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert names == sorted(set(names)), "sorted, each once"
    assert "MIT licence" in text
    assert "not taken from any other list" in text


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_starter_names_what_is_arranged_otherwise(template: str) -> None:
    """Neither a service of the catalogue, nor a helpline, nor what lists must never close."""
    contents = build.contents(load(template_text(template), template), version=0, built_at=NOW)
    catalogue = Catalogue(contents.services, contents.categories)
    open_ = {*contents.sanctuary_domains, *contents.never_block}
    for category, parsed in STARTERS.items():
        assert category in {one.id for one in contents.categories}
        for name in parsed.names:
            assert not catalogue.services_of(name, None, "GET"), name
            assert not open_ & set(suffixes(name)), name
            assert not [one for one in open_ if one.endswith("." + name)], name


def test_every_kind_of_unsuitable_content_has_one() -> None:
    wanted = {"adult", "gambling", "violence_weapons", "drugs", "dating", "malware_phishing",
              "piracy", "games", "generative_ai"}  # fmt: skip
    assert set(STARTERS) == wanted
    assert all(isinstance(one, Parsed) for one in STARTERS.values())
    assert "illegal" not in STARTERS
