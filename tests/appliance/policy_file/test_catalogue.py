"""The data files of the appliance, read."""

from __future__ import annotations

from appliance.policy.model import CategoryClass
from appliance.policy.names import within
from appliance.policy_file import catalogue
from appliance.policy_file.fields import SHARED_SUFFIXES


def test_services_have_their_parts() -> None:
    services = {service.id: service for service in catalogue.services()}
    facebook, editing = services["facebook"], services["wikipedia_editing"]
    assert "facebook.com" in facebook.domains
    assert "fbcdn.net" in facebook.assets
    assert "fbcdn-a.akamaihd.net" in facebook.hosts
    assert any("POST" in pattern.methods for pattern in editing.urls)
    actions = [values for p in editing.urls for name, values in p.query if name == "action"]
    assert actions
    assert all("edit" in values for values in actions)


def test_every_category_of_a_service_is_known() -> None:
    known = {category.id for category in catalogue.categories()}
    used = {id_ for service in catalogue.services() for id_ in service.categories}
    assert used <= known


def test_ways_round_the_gate_have_their_names() -> None:
    ways = {c.id: c for c in catalogue.categories() if c.kind is CategoryClass.CIRCUMVENTION}
    assert set(ways) == {"doh", "vpn", "web_proxy", "tor"}
    assert all(category.domains for category in ways.values())
    assert "dns.google" in ways["doh"].domains


def test_helplines_are_there() -> None:
    domains, hosts = catalogue.sanctuary()
    assert "childline.org.uk" in domains
    assert any("childrenscommissioner" in host for host in hosts)


def test_no_social_service_hides_among_what_is_never_inspected() -> None:
    """A name below google.com is closed by name: allowed, but it has to be meant."""
    covered = {
        name
        for service in catalogue.services()
        for name in (*service.domains, *service.hosts, *service.assets)
        if any(within(name, suffix) for suffix in catalogue.never_inspect())
    }
    shared = ("google.com", "googleapis.com", "googleusercontent.com", "apple.com")
    assert all(any(within(name, suffix) for suffix in shared) for name in covered), covered


def test_what_no_list_closes_is_nobodys_but_its_owners() -> None:
    """Not even a list of illegal content closes it, so no stranger may have a page there."""
    ours = catalogue.never_block()
    assert {"gov.uk", "bromcomcloud.com", "aqa.org.uk", "windowsupdate.com", "lencr.org",
            "smoothwall.com", "bellgate.internal"} <= set(ours)  # fmt: skip
    hosting = {*SHARED_SUFFIXES, "google.com", "googleapis.com", "icloud.com", "live.com",
               "sharepoint.com", "fastly.net", "akamaized.net", "akamaiedge.net"}  # fmt: skip
    assert not [(name, host) for name in ours for host in hosting if within(host, name)]
    assert len(set(ours)) == len(ours)
    named = {name for s in catalogue.services() for name in (*s.domains, *s.hosts, *s.assets)}
    assert {name for name in named if any(within(name, one) for one in ours)} <= {
        "podcasts.apple.com"
    }
    around = [c for c in catalogue.categories() if c.kind is CategoryClass.CIRCUMVENTION]
    assert not {name for c in around for name in c.domains} & set(ours)
