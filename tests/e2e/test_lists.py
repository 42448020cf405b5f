"""Lists shaped like the public ones do what the policy says of their kind, for each role."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from appliance.policy_file.edit import with_item
from tests.e2e import school
from tests.e2e.gate import Gate
from tests.e2e.lab import GATE4, GATE6, Lab
from tests.e2e.waiting import until

pytestmark = pytest.mark.namespaces
OPEN, SHUT = "NOERROR", "NXDOMAIN"
# category, format, what lies where: the shape of each well-known source
LISTS: Final = {
    "ut1-gambling": ("gambling", "ut1", {
        "gambling/domains": "casino.listed.example\nbig.listed.example\nx.com\n",
        "gambling/urls": "plain.example.com/casino/\n"}),
    "hosts-adult": ("adult", "hosts", {
        "hosts": "# Title: hosts\n127.0.0.1 localhost\n::1 localhost\n\n"
                 "0.0.0.0 blue.listed.example\n0.0.0.0 www.gov.uk # a mistake\n"
                 "0.0.0.0 www.childline.org.uk\n0.0.0.0 ours.listed.example\n"}),
    "adblock-malware": ("malware_phishing", "adblock", {
        "list.txt": "[Adblock Plus]\n! Title: phishing\n||phish.listed.example^\n"
                    "@@||good.phish.listed.example^\nplain.example.com##.advert\n"}),
    "dnsmasq-games": ("games", "dnsmasq", {
        "games.conf": "# games\naddress=/game.listed.example/\n"
                      "server=/play.big.listed.example/\n"}),
    "rpz-vpn": ("vpn", "rpz", {
        "vpn.zone": "$TTL 300\n@ SOA localhost. root.localhost. 1 3600 600 86400 300\n"
                    "@ NS localhost.\ntunnel.listed.example CNAME .\n"
                    "*.tunnel.listed.example CNAME .\n"}),
    "v2fly-ai": ("generative_ai", "v2fly", {
        "category-ai": "# AI\nchat.listed.example\nfull:www.think.listed.example @ads\n"}),
    "licensed": ("illegal", "domains", {"names.txt": "unlawful.listed.example\n"}),
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def lists(gate: Gate, lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The lists are loaded by the command, and in force."""
    folder = tmp_path_factory.mktemp("lists")
    for id_, (category, form, files) in LISTS.items():
        for name, text in files.items():
            path = folder / id_ / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        place = (folder / id_ / next(iter(files))).parent if form == "ut1" else path
        done = gate.command("lists", "add", str(place), "--category", category,
                            "--format", form, "--id", id_)  # fmt: skip
        assert done.returncode == 0, done.stderr
    for host in ("unlawful", "casino", "chat"):
        until(
            lambda host=host: lab.pupil.dig(f"{host}.listed.example").status == SHUT,  # type: ignore[misc]
            f"the list with {host} is in force", 30,
        )  # fmt: skip
    yield
    for id_ in LISTS:
        assert gate.command("lists", "remove", id_).returncode == 0


# host, pupil, staff, visitor: at break
AT_BREAK: Final = [
    ("casino.listed.example", SHUT, SHUT, SHUT),
    ("www.casino.listed.example", SHUT, SHUT, SHUT),
    ("notcasino.listed.example", OPEN, OPEN, OPEN),
    ("blue.listed.example", SHUT, SHUT, SHUT),
    ("phish.listed.example", SHUT, SHUT, SHUT),
    ("good.phish.listed.example", OPEN, OPEN, OPEN),
    ("game.listed.example", SHUT, OPEN, OPEN),
    ("tunnel.listed.example", SHUT, SHUT, SHUT),
    ("a.tunnel.listed.example", SHUT, SHUT, SHUT),
    ("chat.listed.example", SHUT, OPEN, OPEN),
    ("www.think.listed.example", SHUT, OPEN, OPEN),
    ("think.listed.example", OPEN, OPEN, OPEN),
    ("unlawful.listed.example", SHUT, SHUT, SHUT),
    # The longest entry says what a host is.
    ("www.big.listed.example", SHUT, SHUT, SHUT),
    ("play.big.listed.example", SHUT, OPEN, OPEN),
    # One page of a site closes none of its names; cosmetic rules close nothing.
    ("plain.example.com", OPEN, OPEN, OPEN),
    # What no list closes
    ("www.gov.uk", OPEN, OPEN, OPEN),
    ("www.childline.org.uk", OPEN, OPEN, OPEN),
]


@pytest.mark.parametrize(("host", "pupil", "staff", "visitor"), AT_BREAK)
def test_names_at_break(
    gate: Gate, lab: Lab, host: str, pupil: str, staff: str, visitor: str
) -> None:
    found = [client.dig(host).status for client in lab.clients()]
    assert found == [pupil, staff, visitor]
    assert [client.dig(host, "AAAA", at=GATE6).status for client in lab.clients()] == found


def test_who_refuses_is_told(gate: Gate, lab: Lab) -> None:
    assert lab.visitor.dig("casino.listed.example").ede == 15
    assert lab.visitor.dig("unlawful.listed.example").ede == 16


def test_the_catalogue_knows_a_service_better_than_a_list(gate: Gate, lab: Lab) -> None:
    assert lab.staff.dig("x.com").answers == (GATE4,)
    assert lab.staff.curl("https://x.com/").from_origin


@pytest.mark.parametrize("host", ["casino.listed.example", "unlawful.listed.example"])
def test_the_proxy_refuses_what_the_resolver_refuses(gate: Gate, lab: Lab, host: str) -> None:
    through = ("--proxy", f"http://{GATE4}:3128")
    for client in lab.clients():
        assert not client.curl(f"https://{host}/", *through).from_origin
        assert not client.curl(f"http://{host}/", *through).from_origin


def test_the_proxy_opens_what_the_resolver_opens(gate: Gate, lab: Lab) -> None:
    through = ("--proxy", f"http://{GATE4}:3128")
    for client in (lab.staff, lab.visitor):
        reply = client.curl("https://chat.listed.example/", *through)
        assert reply.from_origin, reply.error
    assert not lab.pupil.curl("https://chat.listed.example/", *through).from_origin


def test_an_attempt_says_which_kind_and_which_rule(gate: Gate, lab: Lab) -> None:
    lab.pupil.dig("blue.listed.example")
    row = gate.attempt_on("blue.listed.example")
    assert (row["verdict"], row["rule"], row["clause"]) == ("block", "unsuitable", "7.3")
    assert row["category"] == "adult"


def explained(gate: Gate, what: str, client: str) -> dict[str, Any]:
    done = gate.command("explain", what, "--client", client, "--json")
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_explain_names_list_and_line(gate: Gate, lab: Lab) -> None:
    said = explained(gate, "www.blue.listed.example", lab.pupil.address4)
    assert said["lists"] == [{"list": "hosts-adult", "entry": "blue.listed.example", "line": 5,
                              "category": "adult"}]  # fmt: skip
    said = explained(gate, "play.big.listed.example", lab.pupil.address4)
    assert [one["list"] for one in said["lists"]] == ["dnsmasq-games"]
    assert [one["why"] for one in said["lists_passed_over"]] == ["longer"]
    said = explained(gate, "unlawful.listed.example", lab.pupil.address4)
    assert [(one["list"], one["entry"], one["line"]) for one in said["lists"]] == [
        ("licensed", None, None)
    ]


def test_collisions_are_reported(gate: Gate) -> None:
    done = gate.command("lists", "collisions", "--json")
    found = {(one["list_id"], one["entry"]) for one in json.loads(done.stdout)}
    assert found == {("hosts-adult", "www.gov.uk"), ("hosts-adult", "www.childline.org.uk")}


def test_a_bad_update_leaves_the_good_list(gate: Gate, lab: Lab, tmp_path: Path) -> None:
    for name, text in (("empty", ""), ("page", "<!doctype html>\n<html><body>Sorry</body></html>")):
        bad = tmp_path / name
        bad.write_text(text)
        done = gate.command("lists", "add", str(bad), "--category", "adult", "--id", "hosts-adult")
        assert done.returncode == 2, done.stdout
    assert lab.pupil.dig("blue.listed.example").status == SHUT
    assert explained(gate, "blue.listed.example", lab.pupil.address4)["lists"]


def test_a_lesson_opens_nothing_more(gate: Gate, lab: Lab) -> None:
    try:
        gate.rehearse("09:15:00")
        found = [client.dig("game.listed.example").status for client in lab.clients()]
        assert found == [SHUT, OPEN, OPEN]
        assert lab.staff.dig("casino.listed.example").status == SHUT
    finally:
        gate.rehearse(school.BREAK)


def test_an_allow_rule_of_the_school_is_above_the_lists(gate: Gate, lab: Lab) -> None:
    plain = school.policy("duffield-meadows")
    allowed = with_item(plain, ("rules",), {
        "id": "ours", "clause": "7.5", "action": "allow",
        "what": ["host:ours.listed.example", "host:tunnel.listed.example",
                 "host:unlawful.listed.example"]})  # fmt: skip
    assert lab.pupil.dig("ours.listed.example").status == SHUT
    try:
        gate.change(lambda session: school.set_policy(session, allowed))
        assert lab.pupil.dig("ours.listed.example").status == OPEN
        assert lab.pupil.dig("tunnel.listed.example").status == OPEN
        # The law has no exceptions: whoever can read our page is led to it, all others nowhere.
        assert lab.pupil.dig("unlawful.listed.example").answers == (GATE4,)
        assert not lab.pupil.curl("https://unlawful.listed.example/").from_origin
        assert lab.visitor.dig("unlawful.listed.example").status == SHUT
    finally:
        gate.change(lambda session: school.set_policy(session, plain))
    assert lab.pupil.dig("ours.listed.example").status == SHUT
