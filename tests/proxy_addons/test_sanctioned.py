"""What somebody under a sanction reads: that it is closed, until when, what stays open; not why."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

import pytest

from appliance.policy.engine import decide
from appliance.policy.model import Sanction
from appliance.policy.snapshot import School
from proxy_addons import opening
from proxy_addons.block_page import Kind, page
from tests import builders
from tests.proxy_addons.test_block_page import Text

SCHOOL = School(name="Duffield", ask="your teacher", portal="http://bellgate.internal:8000/")


def read(*held: Sanction, kind: Kind = Kind.HTML, trusted: bool = True, **more: Any) -> str:
    """Return the words that a pupil reads on a site that is open to all others."""
    snapshot = builders.snapshot(school=SCHOOL, sanctions=held, **more)
    query = builders.query(
        "https://www.example.org/", builders.client(builders.PUPIL, snapshot), clock_trusted=trusted
    )
    verdict = decide(query, snapshot)
    assert verdict.reason.value == "sanction"
    found = page(kind, query, verdict, snapshot.contents, opening.of(query, snapshot))
    body = found.body.decode()
    if kind is Kind.JSON:
        return str(json.loads(body)["message"])
    text = Text(body)
    assert text.links == []  # no request opens it
    return " ".join(text.words.split())


def ban(who: str = "role:pupil", **more: Any) -> Sanction:
    return builders.sanction(who, text="Got round the firewall", **more)


def until(when: str) -> datetime:
    return datetime.fromisoformat(when).replace(tzinfo=builders.LONDON)


def test_a_child_reads_what_holds_and_not_why() -> None:
    words = read(ban())
    assert "The internet is closed for you" in words
    assert "A grown-up at school decided this." in words
    assert "You can use it with a teacher beside you." in words
    assert "helplines, like childline.org.uk" in words
    assert "bbc.co.uk" in words  # the short list
    assert "You have done nothing wrong" not in words
    assert "firewall" not in words
    assert "7.2" not in words


def test_the_sentences_are_short_and_the_words_plain() -> None:
    visible = read(ban()).partition("For grown-ups")[0]
    sentences = [s.split() for s in re.split(r"[.?!:]", visible) if s.split()]
    assert max(len(sentence) for sentence in sentences) <= 9
    assert not re.search(r"sanction|violat|forbidden|denied|policy|restrict", visible, re.I)


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("2026-11-24T00:00", "It ends after today."),
        ("2026-11-25T00:00", "It ends after tomorrow."),
        ("2026-11-28T00:00", "Friday is the last day."),
        ("2026-12-05T00:00", "Friday 4/12 is the last day."),
        ("2026-11-23T15:30", "It ends today at 15:30."),
        ("2026-11-27T15:30", "It ends on Friday at 15:30."),
    ],
)
def test_until_when_in_words(end: str, said: str) -> None:
    assert said in read(ban(end=until(end)))
    assert read(ban(end=until(end)), kind=Kind.JSON) == said


def test_what_only_a_person_ends_says_so() -> None:
    assert "A grown-up decides when it ends." in read(ban(end=None))


def test_of_several_the_last_counts() -> None:
    short = ban(id="S1", end=until("2026-11-24T00:00"))
    long = ban(id="S2", end=until("2026-11-28T00:00"))
    assert "Friday is the last day." in read(short, long)
    assert "Friday is the last day." in read(long, short)


def test_a_clock_in_doubt_promises_nothing() -> None:
    words = read(ban(end=until("2026-11-28T00:00")), trusted=False)
    assert "last day" not in words
    assert "closed for you" in words


def test_a_device_that_several_use_is_named_as_such() -> None:
    from appliance.policy.subjects import Device

    pad = Device(id="pad", name="Pad", addresses=(builders.PUPIL,), role="pupil")
    words = read(ban("device:pad"), devices=(pad,))
    assert "The internet is closed on this device" in words
