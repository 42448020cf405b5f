from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.policy.model import UrlPattern
from appliance.policy.urls import BadUrlError, canonical_prefix, matches, parse, under_prefix

PAGE = "www.facebook.com/OurSchool"


@pytest.mark.parametrize(
    ("text", "host", "port", "path"),
    [
        ("https://www.facebook.com/OurSchool", "www.facebook.com", 443, "/OurSchool"),
        ("HTTP://WWW.Facebook.com./a", "www.facebook.com", 80, "/a"),
        ("facebook.com", "facebook.com", 443, "/"),
        ("https://facebook.com:8443/x", "facebook.com", 8443, "/x"),
        ("https://facebook.com@evil.example/", "evil.example", 443, "/"),
        ("https://user:p%40ss@evil.example/", "evil.example", 443, "/"),
        ("https://facebook.com\\@evil.example/", "facebook.com", 443, "/\\@evil.example/"),
        ("https://facebook.com?x=1", "facebook.com", 443, "/"),
        ("https://[2001:db8::1]:444/", "2001:db8::1", 444, "/"),
        ("https://bücher.example/%C3%BC", "xn--bcher-kva.example", 443, "/ü"),
        ("wss://x.com/stream", "x.com", 443, "/stream"),
    ],
)
def test_parse(text: str, host: str, port: int, path: str) -> None:
    url = parse(text)
    assert (url.host, url.port, url.path) == (host, port, path)


@pytest.mark.parametrize(
    "text",
    ["", "ftp://x.com/", "javascript://x.com/", "https://", "https:///a", "https://a b/",
     "https://x.com:0/", "https://x.com:99999/", "https://x.com:8a/", "https://%66acebook.com/"],
)  # fmt: skip
def test_not_a_url(text: str) -> None:
    with pytest.raises(BadUrlError):
        parse(text)


@pytest.mark.parametrize(
    ("url", "inside"),
    [
        ("https://www.facebook.com/OurSchool", True),
        ("https://www.facebook.com/OurSchool/", True),
        ("https://www.facebook.com/OurSchool/posts/1?x=1#y", True),
        ("https://www.facebook.com/Our%53chool/photos", True),
        ("https://www.facebook.com/OurSchoolEvil", False),
        ("https://www.facebook.com/ourschool", False),
        ("https://www.facebook.com/", False),
        ("https://m.facebook.com/OurSchool", False),
        ("https://www.facebook.com.evil.example/OurSchool", False),
        ("https://www.facebook.com/OurSchool/..", False),
        ("https://www.facebook.com/OurSchool/../feed", False),
        ("https://www.facebook.com/OurSchool/%2e%2e/feed", False),
        ("https://www.facebook.com/OurSchool/..%2ffeed", False),
        ("https://www.facebook.com/OurSchool/%252e%252e/feed", False),
        ("https://www.facebook.com/OurSchool//feed", False),
        ("https://www.facebook.com//OurSchool", False),
        ("https://www.facebook.com/OurSchool/..\\feed", False),
        ("https://www.facebook.com/OurSchool/..%5cfeed", False),
        ("https://www.facebook.com/OurSchool/./feed", False),
        ("https://www.facebook.com/OurSchool/%00/feed", False),
        ("https://www.facebook.com/OurSchool/..;/feed", False),
        ("https://www.facebook.com/OurSchool/%ff", False),
    ],
)
def test_a_prefix_that_allows(url: str, inside: bool) -> None:
    assert under_prefix(parse(url), PAGE) is inside


@pytest.mark.parametrize("odd", ["/ourSCHOOL", "/x/../OurSchool", "//OurSchool", "/%2e/OurSchool"])
def test_a_prefix_that_blocks_reads_wide(odd: str) -> None:
    assert under_prefix(parse(f"https://www.facebook.com{odd}"), PAGE, fold_case=True)


def test_a_whole_host_as_prefix_covers_odd_paths_too() -> None:
    assert under_prefix(parse("https://www.facebook.com//a/../b"), "www.facebook.com/")


@pytest.mark.parametrize(
    "text",
    [
        "https://x.com/a/../b",
        "https://x.com/a%3Fb",
        "https://x.com/a%23b",
        "ftp://x.com/",
        "https://x.com/%2525",
    ],
)
def test_what_cannot_be_a_prefix(text: str) -> None:
    with pytest.raises(BadUrlError):
        canonical_prefix(text)


def test_canonical_prefix_keeps_host_and_path() -> None:
    assert canonical_prefix("HTTPS://WWW.facebook.com/OurSchool/") == "www.facebook.com/OurSchool/"


VIDEO = canonical_prefix("https://www.youtube.com/watch?v=abc&list=L 1")


@pytest.mark.parametrize(
    ("target", "allows", "blocks"),
    [
        ("/watch?v=abc&list=L%201", True, True),
        ("/watch?list=L+1&v=abc&t=42", True, True),
        ("/watch?v=abc", False, False),
        ("/watch?v=xyz&list=L%201", False, False),
        ("/watch?v=abc&v=xyz&list=L%201", False, True),
        ("/watch?V=abc&list=L%201", False, False),
        ("/watch", False, False),
        ("/watched?v=abc&list=L%201", False, False),
        ("//watch?v=abc&list=L%201", False, True),
        ("/watch#?v=abc&list=L%201", False, False),
    ],
)
def test_a_full_url_asks_for_its_query_too(target: str, allows: bool, blocks: bool) -> None:
    assert VIDEO == "www.youtube.com/watch?list=L+1&v=abc"
    url = parse("https://www.youtube.com" + target)
    assert under_prefix(url, VIDEO) is allows
    assert under_prefix(url, VIDEO, fold_case=True) is blocks


EDIT = UrlPattern(("wikipedia.org",), "/w", (("action", ("edit", "submit")),))
POSTING = UrlPattern(("wikipedia.org",), methods=("POST",))
ANY_VALUE = UrlPattern(("wikipedia.org",), query=(("veaction", ("*",)),))


@pytest.mark.parametrize(
    ("pattern", "url", "method", "expected"),
    [
        (EDIT, "https://en.m.wikipedia.org/w/index.php?title=A&action=edit", "GET", True),
        (EDIT, "https://en.wikipedia.org/W/index.php?action=edit", "GET", True),
        (EDIT, "https://en.wikipedia.org/w//index.php?action=edit", "GET", True),
        (EDIT, "https://en.wikipedia.org/w/index.php?action=view&action=submit", "GET", True),
        (EDIT, "https://en.wikipedia.org/w/index.php?%61ction=e%64it", "GET", True),
        (EDIT, "https://en.wikipedia.org/wiki/Edit?action=edit", "GET", False),
        (EDIT, "https://en.wikipedia.org/w/index.php?action=history", "GET", False),
        (EDIT, "https://wikipedia.org.example/w/index.php?action=edit", "GET", False),
        (POSTING, "https://de.wikipedia.org/w/api.php", "post", True),
        (POSTING, "https://de.wikipedia.org/w/api.php", "GET", False),
        (ANY_VALUE, "https://en.wikipedia.org/wiki/A?veaction=", "GET", True),
        (ANY_VALUE, "https://en.wikipedia.org/wiki/A", "GET", False),
    ],
)
def test_patterns(pattern: UrlPattern, url: str, method: str, expected: bool) -> None:
    assert matches(pattern, parse(url), method) is expected


@given(st.text(max_size=200))
def test_any_text_is_a_url_or_a_clear_error(text: str) -> None:
    try:
        url = parse(text)
    except BadUrlError as error:
        assert str(error)
    else:
        assert url.path.startswith("/")


@given(st.text(alphabet="/.%2eE5cf\\;aOurSchool", max_size=40))
def test_no_spelling_leaves_the_prefix(tail: str) -> None:
    """Whatever is appended, what counts as inside really is below once dots are resolved."""
    url = parse(f"https://{PAGE}{tail}")
    if under_prefix(url, PAGE):
        segments = url.path.split("/")
        assert segments[1] == "OurSchool"
        assert ".." not in segments
