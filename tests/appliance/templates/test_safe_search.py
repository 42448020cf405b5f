"""The search engines we know: every door of theirs is locked, or closed to pupils, or neither."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from appliance import policy_file
from appliance.policy.model import Action
from appliance.policy.names import canonical, is_address, within
from appliance.policy.plan import plan
from appliance.policy.situation import Query
from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import Client
from appliance.policy_file import TEMPLATES, build, catalogue

NAMES = {name.host: name for name in catalogue.safe_names()}
UNLOCKED = next(c for c in catalogue.categories() if c.id == "unlocked_search").domains
AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def test_how_many_names_each_engine_has() -> None:
    assert Counter(name.engine for name in NAMES.values()) == {
        "google": 194, "youtube": 5, "bing": 2, "duckduckgo": 3, "ecosia": 1, "brave": 1,
        "qwant": 1, "pixabay": 1, "yandex": 52,
    }  # fmt: skip
    assert set(catalogue.engines()) == {name.engine for name in NAMES.values()}
    assert len(NAMES) == len(catalogue.safe_names())


@pytest.mark.parametrize(
    ("host", "strict", "moderate"),
    [
        ("www.google.com", "forcesafesearch.google.com", "forcesafesearch.google.com"),
        ("www.google.co.uk", "forcesafesearch.google.com", "forcesafesearch.google.com"),
        ("www.google.ad", "forcesafesearch.google.com", "forcesafesearch.google.com"),
        ("www.google.com.vn", "forcesafesearch.google.com", "forcesafesearch.google.com"),
        ("www.google.co.zw", "forcesafesearch.google.com", "forcesafesearch.google.com"),
        ("www.google.ws", "forcesafesearch.google.com", "forcesafesearch.google.com"),
        ("www.bing.com", "strict.bing.com", "strict.bing.com"),
        ("edgeservices.bing.com", "strict.bing.com", "strict.bing.com"),
        ("duckduckgo.com", "safe.duckduckgo.com", "safe.duckduckgo.com"),
        ("www.ecosia.org", "strict-safe-search.ecosia.org", "strict-safe-search.ecosia.org"),
        ("pixabay.com", "safesearch.pixabay.com", "safesearch.pixabay.com"),
        ("search.brave.com", "forcesafe.search.brave.com", "forcesafe.search.brave.com"),
        ("yandex.ru", "213.180.193.56", "213.180.193.56"),
        ("www.yandex.com.tr", "213.180.193.56", "213.180.193.56"),
        ("m.youtube.com", "restrict.youtube.com", "restrictmoderate.youtube.com"),
        ("youtubei.googleapis.com", "restrict.youtube.com", "restrictmoderate.youtube.com"),
    ],
)
def test_what_an_engine_offers(host: str, strict: str, moderate: str) -> None:
    assert (NAMES[host].strict, NAMES[host].moderate) == (strict, moderate)


@pytest.mark.parametrize(
    "host",
    ["google.com", "mail.google.com", "accounts.google.com", "docs.google.com", "bing.com",
     "api.bing.com", "translate.google.com", "yandex.co.uk", "youtube.com"],
)  # fmt: skip
def test_what_is_no_search_is_left_alone(host: str) -> None:
    assert host not in NAMES
    assert not any(within(host, domain) for domain in UNLOCKED)


def test_names_are_canonical_and_no_twin_is_itself_locked() -> None:
    for name in NAMES.values():
        assert canonical(name.host) == name.host
        for twin in (name.strict, name.moderate):
            assert canonical(twin) == twin
            assert twin not in NAMES
            assert is_address(twin) or not any(within(twin, domain) for domain in UNLOCKED)


def test_no_engine_is_both_locked_and_closed() -> None:
    assert [d for d in UNLOCKED if any(within(host, d) for host in NAMES)] == []
    assert len(UNLOCKED) == len(set(UNLOCKED)) > 50
    assert [(a, b) for a in UNLOCKED for b in UNLOCKED if a != b and within(a, b)] == []


def test_no_engine_without_a_lock_is_anything_else() -> None:
    domains, hosts = catalogue.sanctuary()
    services = [d for s in catalogue.services() for d in (*s.domains, *s.hosts, *s.assets)]
    for other in (*domains, *hosts, *services):
        assert not any(within(other, d) or within(d, other) for d in UNLOCKED), other


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_locks_pupils_and_visitors_and_closes_the_rest_to_pupils(
    template: str,
) -> None:
    document = policy_file.template(template)
    snap = Snapshot(build.contents(document, version=1, built_at=AT))

    def planned(role: str, host: str) -> tuple[Action, str]:
        made = plan(Query(Client(address="10.0.0.5", role=role), host, AT), snap)
        return made.verdict.action, made.alias

    for role in ("pupil", "visitor"):
        assert planned(role, "www.google.co.uk") == (Action.ALLOW, "forcesafesearch.google.com")
        assert planned(role, "duckduckgo.com") == (Action.ALLOW, "safe.duckduckgo.com")
    assert planned("staff", "www.google.co.uk") == (Action.ALLOW, "")
    assert planned("pupil", "uk.search.yahoo.com")[0] is Action.BLOCK
    assert planned("staff", "uk.search.yahoo.com")[0] is Action.ALLOW


def test_without_a_policy_everybody_is_locked() -> None:
    snap = Snapshot(build.closed_contents(AT))
    made = plan(Query(Client(address="10.0.0.5", role="visitor"), "www.bing.com", AT), snap)
    assert made.alias == "strict.bing.com"
