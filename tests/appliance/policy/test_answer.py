"""One question, and what was looked at: the last step considered is the one that answered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.policy.answer import BadMethodError, answered, considered, question
from appliance.policy.engine import STEPS
from tests.builders import PUPIL, RULES, STAFF, VISITOR, at, client, rule, snapshot

WORLD = snapshot()


@pytest.mark.parametrize("who", [PUPIL, STAFF])
@pytest.mark.parametrize(
    "what", ["facebook.com", "https://x.com/home", "childline.org.uk", "vpn.example", "a.example",
             "https://wikipedia.org/?action=edit"],
)  # fmt: skip
def test_the_last_step_is_the_reason(who: str, what: str) -> None:
    query = question(what, client(who), "GET", at())
    steps = considered(query, WORLD)
    answer = answered(query, what, WORLD)
    assert [found is None for _, found in steps] == [True] * (len(steps) - 1) + [False]
    assert [name for name, _ in steps] == [s.__name__ for s in STEPS][: len(steps)]
    if query.url is not None:
        assert steps[-1][0] == answer.verdict.reason.value


@pytest.mark.parametrize("method", ["", "G T", "GET\n", "é"])
def test_what_is_no_method_is_refused(method: str) -> None:
    with pytest.raises(BadMethodError):
        question("x.com", client(STAFF), method, at())


@given(st.text(max_size=40))
def test_whatever_is_asked_is_a_question_or_refused(what: str) -> None:
    try:
        query = question(what, client(STAFF), "GET", at())
    except ValueError:
        return
    assert answered(query, what, WORLD).verdict.reason


@pytest.mark.parametrize(
    ("typed", "host"),
    [("facebook.com:443", "facebook.com"), ("[2001:db8::1]:443", "2001:db8::1"),
     ("Facebook.COM", "facebook.com")],
)  # fmt: skip
def test_a_port_after_a_bare_host_is_passed_over(typed: str, host: str) -> None:
    query = question(typed, client(STAFF), "GET", at())
    assert (query.host, query.url) == (host, None)


@pytest.mark.parametrize(
    ("who", "url", "words"),
    [
        (STAFF, "https://wikipedia.org/wiki/Bell", ""),  # read: the verdict is what happens
        (PUPIL, "https://bbc.co.uk/news", ""),  # not read, and the host fares alike
        (VISITOR, "https://facebook.com/Page", "refused in DNS"),  # no CA: no block page
    ],
)
def test_a_note_says_how_a_url_fares_that_nobody_reads(who: str, url: str, words: str) -> None:
    note = answered(question(url, client(who), "GET", at()), url, WORLD).note
    assert words in note
    assert bool(words) == bool(note)


def test_a_url_that_nobody_reads_holds_the_verdict_of_its_host() -> None:
    world = snapshot(rules=(*RULES, rule("page", "url:bank.example/secret", who="role:staff")))
    query = question("https://bank.example/secret", client(STAFF), "GET", at())
    assert "the verdict on the host holds" in answered(query, "", world).note
