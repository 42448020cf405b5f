"""What was searched for: results pages alone, for whom the policy names, and no helpline."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.policy import urls
from appliance.policy.limits import SearchTermsRule
from appliance.policy.plan import DnsPlan, TlsPlan, plan
from appliance.policy.search_terms import ENGINES, LONGEST, Engine, engine_of, searched, term_of
from appliance.policy.snapshot import Snapshot
from tests.builders import PUPIL, STAFF, client, contents, query, subject


def school(*engines: str) -> Snapshot:
    """Return the little school, which records what pupils search for."""
    rule = SearchTermsRule(clause="6.8", who=(subject("role:pupil"),), engines=frozenset(engines))
    hosts = tuple(host for engine in ENGINES if engine.id in engines for host in engine.hosts)
    plain = contents()
    steerable = (*plain.steerable, *hosts)
    return Snapshot(replace(plain, search_terms=(rule,), steerable=steerable))


@pytest.mark.parametrize(
    ("url", "term"),
    [
        ("https://www.bing.com/search?q=red+pandas&form=QBLH", "red pandas"),
        ("https://www.bing.com/images/search?q=cats", "cats"),
        ("https://www.bing.com/search/?q=cats", "cats"),
        ("https://www.bing.com/AS/Suggestions?q=ca", ""),
        ("https://www.bing.com/search?q=", ""),
        ("https://www.bing.com/", ""),
        ("https://duckduckgo.com/?q=red%20pandas&ia=web", "red pandas"),
        ("https://duckduckgo.com/ac/?q=red", ""),
        ("https://html.duckduckgo.com/html/?q=x", "x"),
        ("https://www.ecosia.org/search?method=index&q=trees", "trees"),
        ("https://www.ecosia.org/images?q=trees", "trees"),
        ("https://pixabay.com/images/search/red%20panda/", "red panda"),
        ("https://pixabay.com/images/search/", ""),
        ("https://pixabay.com/photos/panda-123/", ""),
        ("https://yandex.com/search/?text=%D0%BA%D0%BE%D1%82", "кот"),
        ("https://www.youtube.com/results?search_query=maths", "maths"),
        ("https://www.youtube.com/watch?v=abc&search_query=x", ""),
        ("https://www.google.com/search?q=x", ""),
        ("https://bbc.co.uk/search?q=x", ""),
    ],
)
def test_the_term_of_a_page_of_results(url: str, term: str) -> None:
    found = searched(query(url, PUPIL), school())
    assert (found.term if found else "") == term
    assert found is None or found.clause == "6.8"


@pytest.mark.parametrize(
    "term", ["childline", "Child line", "childline.org.uk", "https://www.childline.org.uk/get-help"]
)
def test_looking_for_a_helpline_is_nobodys_business(term: str) -> None:
    url = "https://www.bing.com/search?q=" + term.replace(" ", "+")
    assert searched(query(url, PUPIL), school()) is None


def test_a_search_about_a_helpline_is_a_search() -> None:
    found = searched(query("https://www.bing.com/search?q=is+childline+free", PUPIL), school())
    assert found is not None
    assert found.term == "is childline free"


def test_only_for_whom_and_where_the_policy_asks() -> None:
    url = "https://www.bing.com/search?q=cats"
    assert searched(query(url, STAFF), school()) is None
    assert searched(query(url, PUPIL), school("youtube")) is None
    assert searched(query(url, PUPIL), school("bing", "youtube")) is not None
    assert searched(query(url, PUPIL), Snapshot(contents())) is None
    assert searched(query(url, PUPIL, method="POST"), school()) is None
    assert searched(query("www.bing.com", PUPIL), school()) is None


def test_two_rules_each_speak_for_their_own() -> None:
    first, second = (
        SearchTermsRule(clause=c, who=(subject(f"role:{who}"),))
        for c, who in (("1", "staff"), ("2", "pupil"))
    )
    world = Snapshot(contents(search_terms=(first, second)))
    found = searched(query("https://www.bing.com/search?q=cats", PUPIL), world)
    assert found is not None
    assert found.clause == "2"


@pytest.mark.parametrize(
    ("host", "engines", "who", "read"),
    [
        ("www.bing.com", ("bing",), PUPIL, True),
        ("www.bing.com", ("bing",), STAFF, False),
        ("www.bing.com", (), PUPIL, False),  # only where it is read anyway
        ("www.youtube.com", ("bing",), PUPIL, False),
        ("bbc.co.uk", ("bing",), PUPIL, False),
    ],
)
def test_an_engine_is_read_for_those_alone(
    host: str, engines: tuple[str, ...], who: str, read: bool
) -> None:
    world = school(*engines)
    made = plan(query(host, client(who, world)), world)
    assert (made.dns is DnsPlan.STEER and made.tls is TlsPlan.INSPECT) is read


def test_no_engine_is_googles() -> None:
    assert engine_of("www.google.com") is None


@given(st.sampled_from(ENGINES), st.text(max_size=400))
def test_a_term_is_one_short_line(engine: Engine, text: str) -> None:
    path = engine.paths[0] + ("" if engine.parameter else f"/{text}")
    url = urls.request_url("https", engine.hosts[0], 443, path or "/")
    term = term_of(replace(url, query=((engine.parameter, text),)), engine)
    assert len(term) <= LONGEST
    assert term == " ".join(term.split())
    assert not term or term.isprintable()
