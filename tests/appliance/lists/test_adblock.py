"""Adblock rules as DNS filters read them: which close, which open, which cannot be carried out."""

from __future__ import annotations

import pytest

from appliance.lists.adblock import entries
from appliance.lists.entry import Kind

BELOW, EXACT = Kind.BELOW, Kind.EXACT


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("||ads.example^", [("ads.example", BELOW)]),
        ("||ads.example^\r\n", [("ads.example", BELOW)]),
        ("||ads.example^|", [("ads.example", BELOW)]),
        ("||ads.example", [("ads.example", BELOW)]),
        ("||ADS.Example^", [("ads.example", BELOW)]),
        ("||bücher.example^", [("xn--bcher-kva.example", BELOW)]),
        ("||*.ads.example^", [("ads.example", BELOW)]),
        (".ads.example", [("ads.example", BELOW)]),
        (".ads.example^", [("ads.example", BELOW)]),
        ("*.ads.example", [("ads.example", BELOW)]),
        ("ads.example^", [("ads.example", BELOW)]),
        ("ads.example", [("ads.example", EXACT)]),
        ("|ads.example^", [("ads.example", EXACT)]),
        ("|ads.example|", [("ads.example", EXACT)]),
        ("||ads.example^ # why", [("ads.example", BELOW)]),
        ("0.0.0.0 a.example b.example # two", [("a.example", EXACT), ("b.example", EXACT)]),
        ("127.0.0.1 localhost", []),
        ("||192.0.2.7^", [("192.0.2.7", BELOW)]),
        ("@@||good.example^", [("good.example", Kind.SWEEPING)]),
        ("@@||good.example^|", [("good.example", Kind.SWEEPING)]),
        ("@@|good.example^", [("good.example", Kind.SPECIFIC)]),
        ("@@good.example", [("good.example", Kind.SPECIFIC)]),
        ("||ads.example^$important", [("ads.example", Kind.BELOW_IMPORTANT)]),
        ("ads.example$important", [("ads.example", Kind.EXACT_IMPORTANT)]),
        ("@@||good.example^$important", [("good.example", Kind.SWEEPING_IMPORTANT)]),
        ("@@|good.example^$important", [("good.example", Kind.SWEEPING_IMPORTANT)]),
        ("||ads.example^$all", [("ads.example", BELOW)]),
        ("||ads.example^$document,important", [("ads.example", Kind.BELOW_IMPORTANT)]),
        (
            "||ads.example^$denyallow=a.ads.example|other.example",
            [("ads.example", Kind.BELOW_PARTLY), ("a.ads.example", Kind.SPARED)],
        ),
        (
            "||ads.example^$important,denyallow=a.ads.example",
            [("ads.example", Kind.BELOW_IMPORTANT), ("a.ads.example", Kind.SPARED)],
        ),
        ("", []),
        ("   ", []),
        ("! Title: a list", []),
        ("!+ NOT_OPTIMIZED", []),
        ("# a comment", []),
        ("## a comment", []),
        ("#### a heading ####", []),
        ("[Adblock Plus 2.0]", []),
        ("[AdGuard]", []),
        ("\ufeff! Title", []),
    ],
)  # fmt: skip
def test_a_rule_gives_its_names(line: str, found: list[tuple[str, Kind]]) -> None:
    assert list(entries(line)) == found


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("ads.example##.banner", "parts of a page"),
        ("##.banner", "parts of a page"),
        ("###banner", "parts of a page"),
        ("#@#.banner", "parts of a page"),
        ("ads.example#@#.banner", "parts of a page"),
        ("ads.example#?#div:has(> a)", "parts of a page"),
        ("ads.example#$#body { overflow: auto }", "parts of a page"),
        ("ads.example#%#//scriptlet('x')", "parts of a page"),
        ("ads.example$$script[tag]", "parts of a page"),
        ("[$path=/x]ads.example##.banner", "parts of a page"),
        ("||ads.example/banner.js", "addresses of pages"),
        ("/banner/*/img^", "addresses of pages"),
        ("/^ads[0-9]+\\./", "addresses of pages"),
        ("|https://ads.example^", "addresses of pages"),
        ("://ads.", "addresses of pages"),
        ("||ads*.example^", "pattern"),
        ("||ads.*^", "pattern"),
        ("*$denyallow=com|net", "pattern"),
        ("-ads.example^", "pattern"),
        ("||^", "pattern"),
        ("||", "pattern"),
        ("@@", "pattern"),
        ("||com^", "top-level"),
        ("||co.uk^", "below"),
        ("||ads.example^$third-party", "some requests only"),
        ("||ads.example^$domain=a.example", "some requests only"),
        ("||ads.example^$client=192.0.2.1", "some requests only"),
        ("||ads.example^$dnstype=AAAA", "some requests only"),
        ("||ads.example^$badfilter", "some requests only"),
        ("@@||good.example^$third-party", "some requests only"),
        ("@@||good.example^$denyallow=a.good.example", "no meaning"),
        ("||a.example^$denyallow=a.example", "spares all"),
        ("||a.example^$denyallow=example.test|b.a.example|a.example", "spares all"),
        ("!#include other.txt", "not followed"),
        ("two words", "first is no address"),
        ("||127.0.0.1^", "own address"),
        ("||192.168.1.1^", "own network"),
    ],
)
def test_a_rule_that_no_name_can_carry_out_is_refused(line: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        list(entries(line))
