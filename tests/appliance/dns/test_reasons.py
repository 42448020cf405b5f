from __future__ import annotations

import json

import pytest

from appliance.dns.reasons import refusal, steering
from appliance.dns.wire import read_question
from appliance.policy.engine import decide
from appliance.policy.snapshot import School
from tests.appliance.dns.gate import query as packet
from tests.builders import FixedLists, snapshot
from tests.builders import query as ask

PLAIN = read_question(packet("x.com", edns=1232))
STRUCTURED = [read_question(packet("x.com", options=[(code, b"")])) for code in (26, 15)]


def said(contact: str) -> dict[str, object]:
    """Return the structured error of a school with a contact."""
    snap = snapshot(school=School(name="Årsta", contact=contact, language="sv"))
    verdict = decide(ask("x.com"), snap)
    for question in STRUCTURED:
        error = refusal(question, "x.com", verdict, snap)
        found: dict[str, object] = json.loads(error.text)
    return found


@pytest.mark.parametrize(
    ("contact", "there"),
    [
        ("it@school.example", ["mailto:it@school.example"]),
        ("mailto:it@school.example", ["mailto:it@school.example"]),
        ("tel:+441234567890", ["tel:+441234567890"]),
        ("https://school.example/it", None),
        ("the office", None),
        ("", None),
    ],
)
def test_the_structure_holds_what_the_draft_allows(contact: str, there: list[str] | None) -> None:
    words = said(contact)
    assert words.pop("c", None) == there
    assert words == {
        "j": "Blocked by the school's policy, clause 5.7", "s": 5, "o": "Årsta", "l": "sv",
    }  # fmt: skip


def test_the_code_says_whether_the_law_a_list_or_the_school_did_it() -> None:
    snap = snapshot(FixedLists({"listed.example": ("adult", "ut1")}))
    for host, code in (("illegal.example", 16), ("listed.example", 15), ("adult.example", 17)):
        error = refusal(PLAIN, host, decide(ask(host), snap), snap)
        assert error.code == code


def test_a_block_without_a_clause_is_said_plainly() -> None:
    snap = snapshot(circumvention_roles=("staff",), circumvention_clause="")
    assert refusal(PLAIN, "vpn.example", decide(ask("vpn.example"), snap), snap).text == (
        "Blocked by the school's policy"
    )


def test_steering_is_said_to_be_forged_but_to_who_asks_for_structure() -> None:
    verdict = decide(ask("x.com"), snapshot())
    error = steering(PLAIN, verdict)
    assert error is not None
    assert error.code == 4
    assert steering(STRUCTURED[0], verdict) is None
