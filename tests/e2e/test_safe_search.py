"""Safe search by name: what each role's dig and curl get of the engines, over IPv4 and IPv6."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from appliance.store import grants
from tests.builders import grant
from tests.e2e import names, school
from tests.e2e.client import Client
from tests.e2e.gate import Gate
from tests.e2e.lab import GATE4, GATE6, Lab

pytestmark = pytest.mark.namespaces
GOOGLE, BING, DUCK = "forcesafesearch.google.com", "strict.bing.com", "safe.duckduckgo.com"
STRICT, MODERATE = "restrict.youtube.com", "restrictmoderate.youtube.com"
LOCKED = (
    ("www.google.com", GOOGLE), ("www.google.co.uk", GOOGLE), ("www.bing.com", BING),
    ("duckduckgo.com", DUCK),
)  # fmt: skip
# At break staff may use YouTube here, and then with the moderate lock.
MORE = """safe_search:
  - who: role:staff
    level: moderate
    engines: youtube
    when: break
    clause: "7.3"
"""


@pytest.fixture(scope="module", autouse=True)
def searching(gate: Gate) -> None:
    text = school.policy("duffield-meadows").replace("safe_search:\n", MORE)
    gate.change(lambda session: school.set_policy(session, text))


@pytest.fixture
def break_again(gate: Gate) -> Iterator[None]:
    """Put the clock back to break when the test is over."""
    yield
    gate.rehearse(school.BREAK)


def fetched_at(client: Client, url: str, *more: str) -> str:
    """Return the address at which the site that answered a client has it."""
    reply = client.curl(url, *more)
    assert reply.from_origin, (reply.error, reply.body)
    assert reply.said["site"] == url.split("/")[2]
    return str(reply.said["at"]).removeprefix("::ffff:")


@pytest.mark.parametrize("how", [(), ("+tcp",), ("+dnssec",)], ids=["udp", "tcp", "dnssec"])
@pytest.mark.parametrize("at", [GATE4, GATE6], ids=["ipv4", "ipv6"])
@pytest.mark.parametrize(("host", "twin"), LOCKED)
def test_pupils_and_visitors_are_given_the_twin(
    gate: Gate, lab: Lab, host: str, twin: str, at: str, how: tuple[str, ...]
) -> None:
    four, six = names.ADDRESSES[twin]
    for client in (lab.pupil, lab.visitor):
        assert client.dig(host, "A", *how, at=at).answers == (f"{twin}.", four)
        said = client.dig(host, "AAAA", *how, at=at)
        none = twin in names.WITHOUT_IPV6
        assert said.answers == ((f"{twin}.",) if none else (f"{twin}.", six))
        assert (said.status, "SOA" in said.text) == ("NOERROR", none)
        https = client.dig(host, "HTTPS", *how, at=at)
        assert (https.status, https.answers) == ("NOERROR", ())
        assert " ad;" not in said.text
    assert lab.staff.dig(host, "A", *how, at=at).answers == names.ADDRESSES[host][:1]
    assert lab.staff.dig(host, "AAAA", *how, at=at).answers == names.ADDRESSES[host][1:]
    assert lab.staff.dig(host, "HTTPS", *how, at=at).answers == ('1 . alpn="h3"',)


def test_an_engine_whose_lock_is_an_address(gate: Gate, lab: Lab) -> None:
    assert lab.pupil.dig("ya.ru").answers == (names.YANDEX,)
    assert lab.pupil.dig("ya.ru", "AAAA").answers == ()
    assert lab.staff.dig("ya.ru").answers == names.ADDRESSES["ya.ru"][:1]
    assert fetched_at(lab.pupil, "https://ya.ru/search") == names.YANDEX


@pytest.mark.parametrize(("host", "twin"), LOCKED)
def test_a_search_reaches_the_twin_unread(gate: Gate, lab: Lab, host: str, twin: str) -> None:
    """curl of the visitor trusts the world's certificates alone: nothing is intercepted."""
    url = f"https://{host}/search?q=cats"
    for client in (lab.pupil, lab.visitor):
        for family, address in zip(("-4", "-6"), names.ADDRESSES[twin], strict=True):
            if ":" in address and twin in names.WITHOUT_IPV6:
                continue
            assert fetched_at(client, url, family) == address
            assert client.curl(url, family).more["remote_ip"] == address
    assert fetched_at(lab.staff, url, "-4") == names.ADDRESSES[host][0]


def test_a_twin_without_ipv6_opens_no_other_way_over_it(gate: Gate, lab: Lab) -> None:
    assert lab.pupil.curl("https://duckduckgo.com/", "-6").exit in (6, 7)  # nowhere to go
    assert (
        fetched_at(lab.staff, "https://duckduckgo.com/", "-6")
        == (names.ADDRESSES["duckduckgo.com"][1])
    )


def test_through_the_explicit_proxy_too(gate: Gate, lab: Lab) -> None:
    by_proxy = ("--proxy", f"http://{GATE4}:3128")
    at = fetched_at(lab.pupil, "https://www.google.com/", *by_proxy)
    assert at in names.ADDRESSES[GOOGLE]
    at = fetched_at(lab.pupil, "http://www.google.com/", *by_proxy)
    assert at in names.ADDRESSES[GOOGLE]
    at = fetched_at(lab.staff, "https://www.google.com/", *by_proxy)
    assert at in names.ADDRESSES["www.google.com"]


def test_a_twin_that_cannot_be_had_opens_nothing(gate: Gate, lab: Lab) -> None:
    """The little internet knows www.ecosia.org, and no locked twin of it."""
    for kind in ("A", "AAAA"):
        said = lab.pupil.dig("www.ecosia.org", kind)
        assert (said.status, said.answers) == ("SERVFAIL", ())
    assert lab.pupil.curl("https://www.ecosia.org/").exit == 6
    reply = lab.pupil.curl("https://www.ecosia.org/", "--proxy", f"http://{GATE4}:3128")
    assert not reply.from_origin
    assert lab.staff.dig("www.ecosia.org").answers == names.ADDRESSES["www.ecosia.org"][:1]


def test_youtube_crosses_the_gate_to_its_twin(gate: Gate, lab: Lab, break_again: None) -> None:
    """It is steered, for the bell governs it: the gate itself goes to the twin."""
    url = "https://www.youtube.com/watch?v=1"
    assert lab.staff.dig("www.youtube.com").answers == (GATE4,)
    assert fetched_at(lab.staff, url) in names.ADDRESSES[MODERATE]
    assert lab.pupil.curl(url).status == 403
    opened = grant("service:youtube", "role:pupil")
    kept = gate.change(lambda session: grants.add(
        session, opened, author="head", reason="a film", at=opened.start))  # fmt: skip
    assert kept < 10
    assert fetched_at(lab.pupil, url) in names.ADDRESSES[STRICT]  # the grant opens, the lock stays
    gate.rehearse("09:30:00")
    assert lab.staff.curl(url).status == 403
    assert fetched_at(lab.pupil, url) in names.ADDRESSES[STRICT]


def test_an_engine_without_a_lock_is_closed_to_pupils(gate: Gate, lab: Lab) -> None:
    for host in ("search.yahoo.com", "uk.search.yahoo.com"):
        assert lab.pupil.dig(host).status == "NXDOMAIN"
        assert lab.pupil.dig(host).ede in (15, 17)
    address = names.ADDRESSES["search.yahoo.com"][:1]
    assert lab.staff.dig("search.yahoo.com").answers == address


@pytest.mark.parametrize(
    ("client", "alias"), [("10.10.0.5", GOOGLE), ("fd00:30::5", GOOGLE), ("10.20.0.5", "")]
)
def test_explain_says_what_is_locked(gate: Gate, client: str, alias: str) -> None:
    done = gate.command("explain", "www.google.com", "--client", client, "--json")
    assert json.loads(done.stdout)["alias"] == alias
