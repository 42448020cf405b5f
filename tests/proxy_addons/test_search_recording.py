"""What pupils search for is written down where the policy asks for it, and nowhere else."""

from __future__ import annotations

import pytest

from appliance.policy.limits import SearchTermsRule
from tests import builders
from tests.proxy_addons.internet import eventually
from tests.proxy_addons.world import PUPIL, STAFF, World, school

BING = "https://www.bing.com"


@pytest.fixture
def recording(proxy: World) -> World:
    plain = builders.contents()
    rule = SearchTermsRule(
        clause="6.8", who=(builders.subject("role:pupil"),), engines=frozenset(["bing"])
    )
    proxy.set(school(search_terms=(rule,), steerable=(*plain.steerable, "www.bing.com")))
    eventually(lambda: proxy.gate.certificates.covers("www.bing.com"), 30)
    return proxy


def test_a_search_is_one_row_with_its_term(recording: World) -> None:
    for path in ("/", "/AS/Suggestions?q=re", "/AS/Suggestions?q=red+p", "/rp/logo.png",
                 "/search?q=red+pandas&form=QBLH", "/search?q=red+pandas&first=11"):  # fmt: skip
        assert recording.curl(BING + path, PUPIL).status == 200
    # One row, or two where the proxy handed on the first before the second came.
    eventually(lambda: sum(row.count for row in recording.attempts()) == 2)
    for row in recording.attempts():
        assert (row.search, row.host, row.url) == ("red pandas", "www.bing.com", f"{BING}/search")
        assert (row.verdict, row.clause, row.role) == ("allow", "6.8", "pupil")


def test_a_helpline_searched_for_leaves_nothing(recording: World) -> None:
    recording.curl(f"{BING}/search?q=childline", PUPIL)
    recording.curl(f"{BING}/search?q=other", PUPIL)
    assert {row.search for row in recording.attempts()} == {"other"}


def test_whose_searches_the_policy_does_not_name_are_not_even_read(recording: World) -> None:
    answer = recording.curl(f"{BING}/search?q=secret", STAFF, root=recording.outside.ca)
    assert answer.status == 200
    recording.curl("https://www.facebook.com/", STAFF)
    assert [row.host for row in recording.attempts()] == ["www.facebook.com"]


def test_a_blocked_search_page_keeps_the_term_too(recording: World) -> None:
    plain = builders.contents()
    rule = SearchTermsRule(clause="6.8", who=(builders.subject("role:pupil"),))
    rules = (*plain.rules, builders.rule("no-bing", "host:www.bing.com", who="role:pupil"))
    steerable = (*plain.steerable, "www.bing.com")
    recording.set(school(search_terms=(rule,), rules=rules, steerable=steerable))
    assert recording.curl(f"{BING}/search?q=games", PUPIL).status == 403
    (row,) = recording.attempts()
    assert (row.verdict, row.search, row.clause) == ("block", "games", "no-bing")
