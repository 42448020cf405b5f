"""The page of ways round the gate: every way that is tried stands there, with what came of it."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
import yaml

from admin_ui.help import bypasses
from admin_ui.help.bypasses import Became
from appliance.accounts.posts import Post
from appliance.circumvention.signals import Signal
from appliance.cli.places import Places, Ports
from tests.admin_ui.conftest import School
from tests.e2e.bypass_table import CASES, FILE, kept

WORDS = yaml.safe_load((FILE.parent / "bypasses.yaml").read_text("utf-8"))
IDS = [id_ for group in WORDS for id_ in group["ways"]]


def test_every_way_that_is_tried_has_words_and_an_outcome() -> None:
    assert sorted(IDS) == sorted(CASES)
    assert len(set(IDS)) == len(IDS)
    measured = kept()
    assert set(measured) == {(id_, role) for id_, case in CASES.items() for role in case.roles}
    signs = {sign for outcome in measured.values() for sign in outcome.seen}
    assert signs <= set(Signal)


@pytest.mark.parametrize(
    ("stopped", "seen", "words", "colour"),
    [
        (True, (), "Stopped", "green"),
        (True, ("a sign",), "Stopped, noticed", "green"),
        (False, ("a sign",), "Noticed only", "yellow"),
        (False, (), "Gets through", "red"),
    ],
)
def test_words_of_an_outcome(stopped: bool, seen: tuple[str, ...], words: str, colour: str) -> None:
    became = Became(stopped, seen)
    assert (became.words, became.colour) == (words, colour)


def test_whoever_has_no_account_learns_no_way(school: School) -> None:
    text = unescape(school.nobody().get("/help/ways-round").text)
    assert "sign in to read the table" in text
    assert not [way.title for group in bypasses.groups() for way in group.ways if way.title in text]


def test_the_page_shows_each_outcome_beside_its_way(school: School) -> None:
    text = school.client(Post.DSL).get("/help/ways-round").text
    rows = re.findall(r'<tr class="govuk-table__row">\s*<td.*?</tr>', text, re.S)
    assert len(rows) == len(CASES)
    for group in bypasses.groups():
        for way in group.ways:
            (row,) = (row for row in rows if f"<strong>{way.title}.</strong>" in unescape(row))
            cells = re.findall(r"<td.*?</td>", row, re.S)[1:]
            for role, cell in zip(bypasses.ROLES, cells, strict=True):
                became = way.became.get(role)
                assert (became.words if became else "Does not apply") in unescape(cell)
                for sign in became.seen if became else ():
                    assert sign in unescape(cell)


def test_the_sums_are_those_of_the_table(school: School) -> None:
    read = json.loads(FILE.read_text("utf-8"))
    for role in bypasses.ROLES:
        every = [one[role] for one in read.values() if role in one]
        counts = bypasses.counts(role)
        assert counts.stopped == len([one for one in every if one["stopped"]])
        assert counts.stopped + counts.noticed + counts.through == len(every)
        assert counts.through > 0  # a page that says otherwise is not honest
    text = school.nobody().get("/help/ways-round").text
    assert f"For a pupil {bypasses.counts('pupil').stopped} are stopped" in text


def test_it_says_whether_this_gate_is_a_router(school: School) -> None:
    assert "This gate does not run so now." in school.nobody().get("/help/ways-round").text
    assert "goes past it" in school.nobody().get("/help/limits").text
    places = Places(school.data)
    places.make()
    places.announce(Ports(listen="10.9.0.1", dns=53, http=80, https=443, proxy=0, web=8000,
                          gateway=True))  # fmt: skip
    assert "This gate runs so." in school.nobody().get("/help/ways-round").text
    assert "goes past it" not in school.nobody().get("/help/limits").text
