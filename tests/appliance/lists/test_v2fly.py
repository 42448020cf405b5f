"""v2fly's lists: kinds of entries, attributes, and what they take in."""

from __future__ import annotations

import pytest

from appliance.lists.entry import Kind
from appliance.lists.v2fly import entries, has, included


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("tiktok.com", [("tiktok.com", Kind.BELOW)]),
        ("domain:tiktok.com", [("tiktok.com", Kind.BELOW)]),
        ("full:www.tiktok.com", [("www.tiktok.com", Kind.EXACT)]),
        ("full:WWW.TikTok.com", [("www.tiktok.com", Kind.EXACT)]),
        ("domain:ads.tiktok.com @ads @cn", [("ads.tiktok.com", Kind.BELOW)]),
        ("ads.tiktok.com @ads # why", [("ads.tiktok.com", Kind.BELOW)]),
        ("ads.tiktok.com @!cn &tiktok", [("ads.tiktok.com", Kind.BELOW)]),
        ("domain:tiktok.com:@ads,@cn", [("tiktok.com", Kind.BELOW)]),
        ("full:a.tiktok.com:@ads", [("a.tiktok.com", Kind.EXACT)]),
        ("# comment", []),
        ("", []),
    ],
)
def test_a_line_gives_its_name(line: str, found: list[tuple[str, Kind]]) -> None:
    assert list(entries(line)) == found


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("regexp:^ads[0-9]+\\.example$", "pattern"),
        ("regex:x", "pattern"),
        ("keyword:google", "pattern"),
        ("include:google", "takes in the list 'google'"),
        ("include:google @ads", "takes in"),
        ("geosite:cn", "no kind of entry"),
        ("domain:google", "top-level"),
        ("domain:", "empty"),
        ("tiktok.com too", "no attributes"),
    ],
)
def test_a_line_that_no_name_can_carry_out_is_refused(line: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        list(entries(line))


def test_a_line_says_what_it_takes_in() -> None:
    assert included("include:google # all of it") == ("google", ())
    assert included("include:geolocation-!cn @ads @-cn") == ("geolocation-!cn", ("ads", "-cn"))
    assert included("domain:google.com") is None
    assert included("") is None


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", ".hidden", "a/b", "\x00", "-x"]
)
def test_no_list_is_named_by_a_path(name: str) -> None:
    with pytest.raises(ValueError, match="no name of a list"):
        included(f"include:{name}")


def test_attributes_choose_among_entries() -> None:
    assert has("a.example @ads", ("ads",))
    assert not has("a.example", ("ads",))
    assert has("a.example", ("-ads",))
    assert not has("a.example @ads @cn", ("-ads", "cn"))
