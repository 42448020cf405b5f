from __future__ import annotations

from appliance.policy.domains import Catalogue, HostIndex, NoLists
from appliance.policy.model import Category, Service, UrlPattern
from appliance.policy.urls import parse
from tests.builders import CATEGORIES, SERVICES

CATALOGUE = Catalogue(SERVICES, CATEGORIES)


def test_exact_hosts_come_before_suffixes_and_the_longest_suffix_first() -> None:
    index = HostIndex()
    index.add("wide", domains=("example.org",))
    index.add("close", domains=("a.example.org",))
    index.add("exact", hosts=("b.a.example.org",))
    found = list(index.find("b.a.example.org"))
    assert [id_ for id_, _ in found] == ["exact", "close", "wide"]
    assert next(iter(index.find("c.b.a.example.org"))) == ("close", "a.example.org")


def test_no_lists_find_nothing() -> None:
    assert NoLists().find("example.org") == ()


def test_a_service_that_is_part_of_a_site_needs_a_url() -> None:
    host = "en.wikipedia.org"
    edit = parse(f"https://{host}/w/index.php?action=edit")
    read = parse(f"https://{host}/wiki/School")
    assert CATALOGUE.services_of(host, None, "GET") == ("wikipedia",)
    assert CATALOGUE.services_of(host, read, "GET") == ("wikipedia",)
    assert CATALOGUE.services_of(host, edit, "GET") == ("wikipedia_editing", "wikipedia")
    assert CATALOGUE.url_services_of(host) == ("wikipedia_editing",)


def test_assets_belong_to_their_service() -> None:
    assert CATALOGUE.asset_of("a.fbcdn.net") == ("facebook",)
    assert CATALOGUE.asset_of("facebook.com") == ()


def test_lineage_is_nearest_first_and_survives_a_loop() -> None:
    loop = Catalogue(
        (),
        (
            Category(id="a", name="A", parents=("b", "missing")),
            Category(id="b", name="B", parents=("a", "c")),
            Category(id="c", name="C"),
        ),
    )
    assert loop.lineage(["a"]) == ("a", "b", "c")
    assert loop.depth("a") == 2
    assert loop.depth("missing") == 0
    assert loop.lineage(["unheard-of"]) == ("unheard-of",)
    assert loop.category("missing") is None


def test_only_the_patterns_of_the_host_are_tried() -> None:
    service = Service(
        id="s", name="S", categories=(), urls=(UrlPattern(("a.example",), methods=("POST",)),)
    )
    catalogue = Catalogue((service,), ())
    assert catalogue.services_of("b.example", parse("https://b.example/"), "POST") == ()
    assert catalogue.services_of("a.example", parse("https://a.example/"), "POST") == ("s",)
