"""Lists as they are found: hosts files, plain names, comments, and lines that are neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.lists.parse import SHOWN, Parsed, parse
from appliance.policy.names import canonical


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("ads.example", ["ads.example"]),
        ("ADS.Example.", ["ads.example"]),
        ("*.ads.example", ["ads.example"]),
        (".ads.example", ["ads.example"]),
        ("  ads.example  # why", ["ads.example"]),
        ("0.0.0.0 ads.example", ["ads.example"]),
        ("127.0.0.1\tads.example more.example # two", ["ads.example", "more.example"]),
        ("::1 localhost ip6-loopback", []),
        ("fe80::1%lo0 localhost", []),
        ("127.0.0.1 localhost", []),
        ("127.0.0.1 localhost.localdomain", []),
        ("0.0.0.0 localhost.localdomain", []),
        ("255.255.255.255 broadcasthost", []),
        ("ff02::1 ip6-allnodes", []),
        ("0.0.0.0 0.0.0.0", []),
        ("", []),
        ("# nothing", []),
        ("! adblock comment", []),
        ("bücher.example", ["xn--bcher-kva.example"]),
        ("_dmarc.ads.example", ["_dmarc.ads.example"]),
        ("\ufeffads.example", ["ads.example"]),
        ("ads.example\r\n", ["ads.example"]),
        ("192.0.2.7", ["192.0.2.7"]),
    ],
)
def test_a_line_gives_its_names(line: str, names: list[str]) -> None:
    assert parse([line]) == Parsed(tuple(names))


@pytest.mark.parametrize(
    "line",
    ["com", "two words", "||ads.example^", "http://ads.example/", "a..b", "-.x/y", "127.0.0.1",
     "0.0.0.0", "::", "8.8.8.8 redirected.example", "co.uk", "192.168.1.1",
     f"{'a' * 64}.example", "<html>", ".".join(["abcd"] * 60)],
)  # fmt: skip
def test_a_line_that_names_nothing_is_counted(line: str) -> None:
    found = parse(["good.example", line])
    assert (found.names, found.refused) == (("good.example",), 1)
    assert found.first_refused[0].line == 2
    assert found.first_refused[0].message


def test_only_the_first_mistakes_are_kept_and_all_are_counted() -> None:
    found = parse(["bad line"] * 1000)
    assert (found.refused, len(found.first_refused)) == (1000, SHOWN)


def test_each_name_is_there_once() -> None:
    assert parse(["b.example", "a.example", "0.0.0.0 b.example"]).names == (
        "b.example",
        "a.example",
    )


@given(st.lists(st.text(max_size=30), max_size=10))
def test_whatever_comes_every_name_is_canonical(lines: list[str]) -> None:
    for name in parse(lines).names:
        assert canonical(name) == name


@pytest.mark.parametrize(
    ("line", "format_"),
    [("||ads.example^", "adblock"), ("@@||ads.example^", "adblock"),
     ("address=/ads.example/", "dnsmasq"), ("domain:ads.example", "v2fly"), ("$TTL 60", "rpz")],
)  # fmt: skip
def test_a_line_of_another_format_is_told_by_its_name(line: str, format_: str) -> None:
    assert parse([line]).first_refused[0].message.endswith(f"another format: {format_}")
