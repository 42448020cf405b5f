"""The page a child reads, and what programs get instead."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from appliance.policy.engine import decide
from appliance.policy.snapshot import School
from proxy_addons import opening
from proxy_addons.block_page import Kind, Page, page, reference
from tests import builders

SCHOOL = School(
    name="Duffield <Meadows>", ask="your teacher", contact="room 3", language="en-GB",
    portal="http://bellgate.internal:8000/", monitoring_notice="We look after you online.",
)  # fmt: skip


def shown(
    what: str = "https://x.com/home?secret=1", kind: Kind = Kind.HTML, who: str = builders.STAFF,
    **more: Any,
) -> Page:  # fmt: skip
    contents = {"school": SCHOOL, **more}
    snapshot = builders.snapshot(**contents)
    query = builders.query(what, builders.client(who, snapshot))
    verdict = replace(decide(query, snapshot), text="Not in lessons.")
    return page(kind, query, verdict, snapshot.contents, opening.of(query, snapshot))


class Text(HTMLParser):
    """The words of a page, without its look."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words = ""
        self.links: list[str] = []
        self.tags: list[str] = []
        self._hidden = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._hidden = tag in ("style", "title")
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words += data + " "


def test_a_child_reads_what_when_and_whom_to_ask() -> None:
    words = " ".join(Text(shown().body.decode()).words.split())
    assert "This page is closed right now" in words
    assert "Break starts at 10:30." in words
    assert "Ask your teacher." in words
    assert "You have done nothing wrong." in words


def test_a_grown_up_finds_policy_clause_and_reference() -> None:
    body = shown().body.decode()
    for wanted in (
        "Little School policy, clause 5.7", "Not in lessons.", "role staff", "period Lesson 1",
        "rule staff-lesson", "We look after you online.",
    ):  # fmt: skip
        assert wanted in body


def test_the_sentences_are_short_and_the_words_plain() -> None:
    visible = Text(shown().body.decode()).words.partition("For grown-ups")[0]
    sentences = [s.split() for s in re.split(r"[.?!]", visible) if s.split()]
    assert max(len(sentence) for sentence in sentences) <= 8
    assert not re.search(r"violat|forbidden|denied|policy|inappropriate|access", visible, re.I)


def test_the_request_form_gets_the_url_without_its_secrets() -> None:
    link, _ = Text(shown().body.decode()).links
    assert link.startswith("http://bellgate.internal:8000/requests/new?url=https%3A%2F%2Fx.com%2Fh")
    assert "secret" not in link


@pytest.mark.parametrize(
    ("who", "known", "offered"),
    [
        (builders.VISITOR, None, True),
        (builders.VISITOR, "t1", False),
        (builders.PUPIL, None, False),
    ],
)
def test_staff_find_the_way_to_use_their_own_device(
    who: str, known: str | None, offered: bool
) -> None:
    """Not on the school's own devices, and not where it is known whose it is."""
    snapshot = builders.snapshot(school=SCHOOL)
    query = builders.query("https://x.com/", replace(builders.client(who, snapshot), person=known))
    verdict = decide(query, snapshot)
    body = page(Kind.HTML, query, verdict, snapshot.contents, opening.of(query, snapshot)).body
    links = Text(body.decode()).links
    assert ("http://bellgate.internal:8000/here" in links) is offered


@pytest.mark.parametrize("portal", ["", "javascript:alert(1)"])
def test_without_a_portal_there_is_no_link(portal: str) -> None:
    assert Text(shown(school=replace(SCHOOL, portal=portal)).body.decode()).links == []


def test_the_page_needs_nothing_but_itself() -> None:
    body = shown().body.decode()
    assert '<html lang="en-GB">' in body
    assert "script" not in Text(body).tags
    assert not re.search(r'(src|url\()\s*=?\s*["\']?https?:', body)
    assert "viewport" in body
    assert "prefers-color-scheme:dark" in body


def test_everything_put_in_is_escaped() -> None:
    body = shown("https://x.com/%3Cscript%3E'\"").body.decode()
    assert "<script" not in body
    assert "Duffield &lt;Meadows&gt;" in body


def test_what_never_opens_says_so_without_a_time() -> None:
    body = shown("https://facebook.com/", who=builders.PUPIL).body.decode()
    assert "This page is closed at school" in body
    assert 'class="when"' not in body


@pytest.mark.parametrize("kind", Kind)
def test_the_illegal_is_never_named(kind: Kind) -> None:
    found = shown("https://www.illegal.example/hiddenpath", kind)
    assert b"illegal.example" not in found.body
    assert b"hiddenpath" not in found.body
    assert b"requests/new" not in found.body


def test_each_kind_is_what_it_says() -> None:
    types = {kind: dict(shown(kind=kind).headers)[b"content-type"].decode() for kind in Kind}
    assert types[Kind.HTML] == "text/html; charset=utf-8"
    assert types[Kind.JSON] == "application/json"
    assert shown(kind=Kind.IMAGE).body.startswith(b"GIF89a")
    assert len(shown(kind=Kind.TEXT).body) < 60


@pytest.mark.parametrize("kind", Kind)
def test_nothing_is_kept_by_a_cache(kind: Kind) -> None:
    found = shown(kind=kind)
    assert found.status == 403
    assert (b"cache-control", b"no-store") in found.headers
    assert (b"x-content-type-options", b"nosniff") in found.headers


def test_a_program_reads_when_it_opens() -> None:
    said = json.loads(shown(kind=Kind.JSON).body)
    assert said["error"] == "blocked"
    assert said["opens_at"] == "2026-11-23T10:30:00+00:00"
    assert said["reference"] in shown().body.decode()


def test_a_reference_is_short_and_the_same_all_day() -> None:
    morning, noon = builders.at("09:00"), builders.at("12:00")
    first = reference(morning, "10.1.0.5", "https://x.com/")
    assert re.fullmatch(r"[A-Z2-7]{4}-[A-Z2-7]{4}", first)
    assert first == reference(noon, "10.1.0.5", "https://x.com/")
    assert first != reference(morning, "10.1.0.6", "https://x.com/")
    assert first != reference(morning, "10.1.0.5", "https://x.com/a")


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (WCAG 2.2)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"), [("ink", "card"), ("soft", "card"), ("on", "accent"), ("sunink", "sun")]
)
def test_text_can_be_read(theme: int, text: str, ground: str) -> None:
    def colour(name: str) -> str:
        found = re.findall(rf"--{name}:(#[0-9a-f]+)", shown().body.decode())[theme]
        return found if len(found) == 7 else "#" + "".join(c * 2 for c in found[1:])

    assert contrast(colour(text), colour(ground)) >= 4.5
