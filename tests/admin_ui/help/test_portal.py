"""The network's first page: everybody is told, in words that a child of seven or eight reads."""

from __future__ import annotations

import html
import re

from tests.admin_ui.conftest import School

OLDEST = 3.5  # school grade by the Flesch-Kincaid formula: about eight years old


def plain(page: str, id_: str) -> str:
    """The sentences of a part of a page, each item and heading ended with a full stop."""
    part = page.partition(f'id="{id_}"')[2].partition("<details")[0]
    part = re.sub(r"</(?:p|li|h1|h2)>", ".", part.partition(">")[2])
    return html.unescape(re.sub(r"<[^>]+>", "", part))


def syllables(word: str) -> int:
    """A plain count of English syllables: groups of vowels, a silent e at the end left out."""
    found = re.findall(r"[aeiouy]+", re.sub(r"(?<=[^aeiouyl])e[sd]?$", "", word.lower()))
    return max(1, len(found))


def grade(text: str) -> float:
    """Flesch-Kincaid grade level (Kincaid and others, 1975)."""
    sentences = [s for s in re.split(r"[.!?]+", text) if re.search(r"[A-Za-z]", s)]
    words = re.findall(r"[A-Za-z’']+", text)
    per_sentence, per_word = len(words) / len(sentences), sum(map(syllables, words)) / len(words)
    return 0.39 * per_sentence + 11.8 * per_word - 15.59


def test_the_formula_tells_easy_from_hard() -> None:
    assert grade("The cat sat on the mat. It was a big cat.") < 1
    assert grade("Institutional safeguarding responsibilities necessitate comprehensive, "
                 "proportionate monitoring of technological infrastructure.") > 12  # fmt: skip


def test_a_child_can_read_it(school: School) -> None:
    text = plain(school.nobody().get("/").text, "for-everybody")
    assert len(text.split()) > 80
    assert grade(text) <= OLDEST, grade(text)


SAID = (
    "filtered",
    "monitored",
    "0800 1111",
    "Tell a grown-up you trust",
    "done nothing wrong",
    "headteacher",
    "When they look, that is written down too",
    "ceop.police.uk",
    "116 123",
    "Ask ",
    "never closed and never written down",
)


def test_everybody_is_told(school: School) -> None:
    page = school.nobody().get("/").text
    assert not [said for said in SAID if said not in page]


def test_helplines_are_text_and_no_links_away(school: School) -> None:
    for path in ("/", "/help/emergency", "/visitors"):
        assert 'href="http' not in school.nobody().get(path).text


def test_visitors_are_told_before_anything_else(school: School) -> None:
    page = school.nobody().get("/visitors").text
    for said in ("filtered and monitored", "does not decrypt", "VPN", "999"):
        assert said in page
