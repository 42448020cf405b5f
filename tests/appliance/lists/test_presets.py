"""The presets: every category of a primary school, real addresses, a licence beside each."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from appliance.lists.formats import Format
from appliance.lists.presets import Preset, preset, presets
from appliance.lists.subscription import LONGEST_EVERY, checked_address
from appliance.policy_file import build, load, template_text
from appliance.store import checks

NOW = datetime(2026, 11, 23, tzinfo=UTC)
# Where the sources that were looked up are kept; a new one is looked up before it is added.
KEEPERS = {"dsi.ut-capitole.fr", "nsfw.oisd.nl", "raw.githubusercontent.com"}
WANTED = {"adult", "gambling", "violence_weapons", "drugs", "dating", "malware_phishing", "piracy",
          "vpn", "web_proxy", "doh", "games", "generative_ai"}  # fmt: skip


@pytest.mark.parametrize("one", presets(), ids=lambda one: one.id)
def test_a_preset_is_whole(one: Preset) -> None:
    assert checks.word("id", one.id) == one.id
    assert checked_address(one.address) == one.address
    assert one.address.startswith("https://")
    assert urlsplit(one.address).hostname in KEEPERS
    assert Format(one.format)
    assert one.licence
    assert one.attribution
    assert one.licence_url.startswith("https://")
    assert one.homepage.startswith("https://")
    assert one.about.endswith(".")
    assert 6 <= one.every <= LONGEST_EVERY
    assert 0 < one.most_change <= 1
    assert one.size > 0
    made = one.subscription(made=NOW, made_by="test")
    assert (made.list_id, made.preset, made.licence) == (one.id, one.id, one.licence)


def test_every_category_has_one_to_begin_with() -> None:
    assert {one.category for one in presets() if one.recommended} >= WANTED
    contents = build.contents(
        load(template_text("duffield-meadows"), "test"), version=0, built_at=NOW
    )
    assert {one.category for one in presets()} <= {one.id for one in contents.categories}


def test_no_two_are_one() -> None:
    assert len({one.id for one in presets()}) == len(presets())
    assert len({one.address for one in presets()}) == len(presets())
    assert preset("ut1-adult") is not None
    assert preset("nonesuch") is None
    order = [one.category for one in presets()]
    assert order == sorted(order, key=order.index), "those of one category stand together"
