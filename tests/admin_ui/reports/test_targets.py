"""What is offered for blocking: names of one owner, parts that can be told apart, nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_ui.reports.targets import choices, key
from appliance.policy import urls
from appliance.policy.model import Target, TargetKind
from appliance.policy.snapshot import Snapshot
from appliance.policy.urls import BadUrlError, under_prefix
from tests.builders import contents

SNAPSHOT = Snapshot(contents())


def offered(*addresses: str, kind: TargetKind = TargetKind.HOST) -> list[str]:
    return [one.target.id for one in choices(addresses, SNAPSHOT) if one.target.kind is kind]


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("https://www.bad.example/", ["www.bad.example", "bad.example"]),
        ("https://bad.example/", ["bad.example"]),
        ("https://a.b.shop.co.uk/", ["a.b.shop.co.uk", "b.shop.co.uk", "shop.co.uk"]),
        ("https://shop.co.uk/", ["shop.co.uk"]),
        ("https://x.school.sch.uk", ["x.school.sch.uk", "school.sch.uk"]),
        ("https://192.0.2.7/x", ["192.0.2.7"]),
        ("https://[2001:db8::1]/", ["2001:db8::1"]),
        ("https://facebook.com@bad.example/", ["bad.example"]),
        ("https://WWW.BAD.EXAMPLE./", ["www.bad.example", "bad.example"]),
    ],
)
def test_names_of_one_owner(address: str, names: list[str]) -> None:
    assert offered(address) == names


def test_parts_of_a_site_from_the_page_upwards() -> None:
    found = offered("https://a.example/one/two?q=1", kind=TargetKind.URL)
    assert found == ["a.example/one/two?q=1", "a.example/one/two", "a.example/one"]


@pytest.mark.parametrize(
    "address",
    ["https://a.example/", "https://a.example", "https://a.example//x", "https://a.example/a/../b",
     "https://a.example/%252e", "https://a.example/x%3Fy"],
)  # fmt: skip
def test_no_part_that_servers_read_in_two_ways(address: str) -> None:
    assert offered(address, kind=TargetKind.URL) == []


def test_keys_tell_nothing_and_tell_apart() -> None:
    one, two = Target(TargetKind.HOST, "a.example"), Target(TargetKind.URL, "a.example/")
    assert key(one) != key(two)
    assert "a.example" not in key(one)
    assert key(one) == key(Target(TargetKind.HOST, "a.example"))


@given(st.from_regex(r"https://[a-z.]{3,20}/[ -~]{0,30}", fullmatch=True))
def test_every_part_offered_covers_the_page_it_came_from(address: str) -> None:
    try:
        url = urls.parse(address)
    except BadUrlError:
        return
    for prefix in offered(address, kind=TargetKind.URL):
        assert under_prefix(url, prefix, fold_case=True), prefix
        assert urls.canonical_prefix(prefix) == prefix
