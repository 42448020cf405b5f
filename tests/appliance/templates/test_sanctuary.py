"""Helplines are named narrowly, and neither a service nor a means of circumvention is one."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

TEMPLATES = Path(__file__).parents[3] / "appliance" / "templates"
HOST = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")

HELP = """
www.childline.org.uk learning.nspcc.org.uk www.ceop.police.uk www.samaritans.org 111.nhs.uk
111.wales.nhs.uk www.nhs.uk reportharmfulcontent.com report.iwf.org.uk giveusashout.org
www.themix.org.uk www.kooth.com www.youngminds.org.uk www.papyrus-uk.org
www.beateatingdisorders.org.uk www.nationaldahelpline.org.uk chat.womensaid.org.uk galop.org.uk
www.mind.org.uk www.barnardos.org.uk www.stopitnow.org.uk www.lucyfaithfull.org.uk
anti-bullyingalliance.org.uk www.nationalbullyinghelpline.co.uk www.missingpeople.org.uk
www.runawayhelpline.org.uk childlawadvice.org.uk www.victimsupport.org.uk rapecrisis.org.uk
www.survivorsuk.org switchboard.lgbt www.actionforchildren.org.uk www.talktofrank.com nacoa.org.uk
www.myh.org.uk www.met.police.uk takeitdown.ncmec.org www.childrenscommissioner.gov.uk
"""

NO_HELP = """
gov.uk www.gov.uk org.uk co.uk example.org notchildline.org.uk childline.org.uk.example.com mynhs.uk
nhs.net mind.org frank.com www.ncmec.org facebook.com www.google.com nordvpn.com themix.net
"""

CIRCUMVENTION = """
doh       dns.google chrome.cloudflare-dns.com mozilla.cloudflare-dns.com dns.quad9.net
doh       abc123.dns.nextdns.io doh.opendns.com d.adguard-dns.com doh.dns.sb
vpn       www.nordvpn.com protonvpn.com api.windscribe.com mask.icloud.com mask-h2.icloud.com
web_proxy www.croxyproxy.com kproxy.com www.proxysite.com
tor       www.torproject.org bridges.torproject.org example.onion.ly
"""

NO_CIRCUMVENTION = """
google.com www.cloudflare.com www.icloud.com www.apple.com opendns.com quad9.net www.opera.com
openvpn.net use-application-dns.net proton.me www.mozilla.org www.googleapis.com googlezip.net
"""


def load(name: str) -> Any:
    return yaml.safe_load((TEMPLATES / f"{name}.yaml").read_text(encoding="utf-8"))[name]


@cache
def sanctuary() -> list[dict[str, Any]]:
    return list(load("sanctuary"))


@cache
def circumvention() -> dict[str, list[str]]:
    return {kind: entry["domains"] for kind, entry in load("circumvention").items()}


@cache
def service_names() -> list[str]:
    parts = ("domains", "assets", "hosts")
    entries = load("services").values()
    return [name for entry in entries for part in parts for name in entry.get(part, ())]


def sanctuary_names() -> list[str]:
    return [n for entry in sanctuary() for n in [*entry["domains"], *entry.get("hosts", ())]]


def circumvention_names() -> list[str]:
    return [name for kind in circumvention().values() for name in kind]


def below(host: str, domain: str) -> bool:
    return host == domain or host.endswith("." + domain)


def is_sanctuary(host: str) -> bool:
    return any(
        host in entry.get("hosts", ()) or any(below(host, d) for d in entry["domains"])
        for entry in sanctuary()
    )


def kinds(host: str) -> set[str]:
    return {
        kind for kind, domains in circumvention().items() if any(below(host, d) for d in domains)
    }


def overlaps(left: list[str], right: list[str]) -> list[tuple[str, str]]:
    return [(a, b) for a in left for b in right if below(a, b) or below(b, a)]


@pytest.mark.parametrize("entry", sanctuary(), ids=lambda entry: str(entry["name"]))
def test_entry_is_well_formed(entry: dict[str, Any]) -> None:
    assert set(entry) <= {"name", "what", "domains", "hosts"}
    assert entry["name"].strip()
    assert entry["what"].strip()
    assert "\n" not in entry["what"]
    assert entry["domains"] or entry["hosts"]


@pytest.mark.parametrize("name", [*sanctuary_names(), *circumvention_names()])
def test_name_is_canonical(name: str) -> None:
    assert HOST.fullmatch(name)


def test_organisations_and_their_names_are_said_once() -> None:
    organisations = [entry["name"] for entry in sanctuary()]
    assert len(organisations) == len(set(organisations))
    assert len(sanctuary_names()) == len(set(sanctuary_names()))


@pytest.mark.parametrize("host", HELP.split())
def test_helpline_is_sanctuary(host: str) -> None:
    assert is_sanctuary(host)


@pytest.mark.parametrize("host", NO_HELP.split())
def test_anything_else_is_not_sanctuary(host: str) -> None:
    assert not is_sanctuary(host)


def test_circumvention_has_its_four_kinds_and_no_name_twice() -> None:
    assert list(circumvention()) == ["doh", "vpn", "web_proxy", "tor"]
    every = circumvention_names()
    assert 100 <= len(every) <= 250
    assert len(every) == len(set(every))
    for domains in circumvention().values():
        assert not [(a, b) for a in domains for b in domains if a != b and below(a, b)]


@pytest.mark.parametrize(
    ("kind", "host"),
    [(kind, h) for kind, *hs in map(str.split, CIRCUMVENTION.strip().splitlines()) for h in hs],
)
def test_well_known_means_is_of_its_kind(kind: str, host: str) -> None:
    assert kinds(host) == {kind}


@pytest.mark.parametrize("host", NO_CIRCUMVENTION.split())
def test_ordinary_host_is_no_means_of_circumvention(host: str) -> None:
    assert kinds(host) == set()


def test_no_service_is_sanctuary() -> None:
    assert overlaps(sanctuary_names(), service_names()) == []


def test_no_means_of_circumvention_is_sanctuary() -> None:
    assert overlaps(sanctuary_names(), circumvention_names()) == []


def test_no_service_is_a_means_of_circumvention() -> None:
    assert overlaps(service_names(), circumvention_names()) == []
