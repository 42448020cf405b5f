"""Which names are tried: what must be closed, what must be open, and never what is illegal."""

from __future__ import annotations

from dataclasses import replace

from appliance.doctor.names import Must, Name, empty_kinds, of
from appliance.policy.model import Category, CategoryClass
from appliance.policy.safe_search import SafeName
from appliance.policy.snapshot import Snapshot
from tests import builders

CATEGORIES = (
    Category(id="unsuitable", name="Unsuitable", kind=CategoryClass.UNSUITABLE),
    Category(id="adult", name="Adult", kind=CategoryClass.UNSUITABLE, parents=("unsuitable",)),
    Category(id="drugs", name="Drugs", kind=CategoryClass.UNSUITABLE, parents=("unsuitable",)),
    Category(id="malware_phishing", name="Malware"),
    Category(id="games", name="Games"),
    Category(id="illegal", name="Illegal", kind=CategoryClass.ILLEGAL, domains=("bad.example",)),
    Category(id="vpn", name="VPNs", kind=CategoryClass.CIRCUMVENTION, domains=("vpn.example",)),
)
SAMPLES = (
    ("adult", "a.example"), ("malware_phishing", "m.example"), ("games", "g.example"),
    ("illegal", "worse.example"),
)  # fmt: skip


def snapshot() -> Snapshot:
    safe = tuple(
        SafeName(host=host, engine="find", strict="s.example", moderate="m.example")
        for host in ("find.example", "www.find.co.uk", "www.find.com")
    )
    return Snapshot(
        replace(
            builders.contents(), categories=CATEGORIES, rules=(), services=(), safe_names=safe,
            circumvention_roles=("pupil",), never_block=("gov.wales", "mis.example"),
        )
    )  # fmt: skip


def tried(role: str) -> dict[str, Name]:
    return {name.host: name for name in of(role, snapshot(), SAMPLES)}


def test_harm_must_be_blocked_for_everybody_and_other_kinds_as_the_policy_says() -> None:
    for role in ("pupil", "staff"):
        found = tried(role)
        assert found["a.example"].must is Must.BLOCKED
        assert found["m.example"].must is Must.BLOCKED
        assert found["g.example"].must is Must.AS_POLICY


def test_ways_round_the_gate_must_be_blocked_for_the_roles_named() -> None:
    assert tried("pupil")["vpn.example"].must is Must.BLOCKED
    assert tried("staff")["vpn.example"].must is Must.AS_POLICY


def test_a_name_of_the_illegal_class_is_never_asked_for() -> None:
    assert not {"bad.example", "worse.example"} & set(tried("pupil"))


def test_helplines_and_ordinary_sites_must_be_open() -> None:
    found = tried("pupil")
    for host in (builders.contents().sanctuary_domains[0], "www.gov.uk", "mis.example"):
        assert found[host].must is Must.OPEN


def test_each_engine_is_tried_once_by_its_usual_name() -> None:
    locked = [name.host for name in tried("pupil").values() if name.must is Must.LOCKED]
    assert locked == ["www.find.com"]


def test_kinds_that_no_name_is_known_of_are_told() -> None:
    assert [one.id for one in empty_kinds(snapshot(), SAMPLES)] == ["drugs"]
