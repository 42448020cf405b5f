"""Requests decided before anything of them goes further, against a real proxy and origin."""

from __future__ import annotations

import pytest
from mitmproxy import version

from tests import builders
from tests.proxy_addons.internet import eventually
from tests.proxy_addons.world import PUPIL, STAFF, UPLOAD, World, school

PAGE = "https://www.facebook.com/OurSchoolPage"
H2 = int(version.VERSION.split(".")[0]) >= 12


def granted(**more: object) -> dict[str, object]:
    """Return the change that opens one prefix of facebook.com to staff."""
    grant = builders.grant("url:www.facebook.com/OurSchoolPage", **more)
    return {"grants": (grant,)}


def test_a_blocked_page_is_shown_and_the_origin_not_reached(proxy: World) -> None:
    answer = proxy.curl("https://www.facebook.com/feed", PUPIL)
    assert answer.status == 403
    assert answer.headers["cache-control"] == "no-store"
    assert "This page is closed" in answer.text
    assert proxy.outside.seen == []
    assert proxy.outside.asked == []  # not even its name was looked up


def test_what_is_blocked_now_says_when_it_opens(proxy: World) -> None:
    proxy.set(school("10:00"))
    assert "Break starts at 10:30." in proxy.curl("https://x.com/home", STAFF).text


def test_an_allowed_request_reaches_its_origin_and_comes_back(proxy: World) -> None:
    answer = proxy.curl("https://en.wikipedia.org/wiki/Bell?x=1", STAFF)
    assert answer.status == 200
    assert answer.json["path"] == "/wiki/Bell?x=1"
    assert answer.json["headers"]["host"] == "en.wikipedia.org"


def test_reading_is_allowed_and_editing_blocked_on_one_connection(proxy: World) -> None:
    url = "https://en.wikipedia.org/w/index.php?title=Bell"
    assert proxy.curl(url).status == 200
    assert proxy.curl(url + "&action=edit").status == 403
    assert proxy.curl(url, STAFF, "-d", "text=x").status == 403
    assert [line.split()[0] for line in proxy.outside.seen] == ["GET"]


def test_a_granted_prefix_opens_and_nothing_beside_it(proxy: World) -> None:
    proxy.set(school(**granted()))
    assert proxy.curl(PAGE).status == 200
    assert proxy.curl(PAGE + "/photos").status == 200
    assert proxy.curl("https://www.facebook.com/").status == 403
    assert proxy.curl(PAGE, PUPIL).status == 403
    assert proxy.curl(PAGE, STAFF, "-X", "POST").status == 403


@pytest.mark.parametrize(
    "path",
    ["/../feed", "/%2e%2e/feed", "/..%2ffeed", "/%252e%252e/feed", "//feed", "/..\\feed",
     "/.%2e/", "/./../feed", "/;/../feed", "/%5c..%5cfeed", "/a/%00/b"],
)  # fmt: skip
def test_no_spelling_of_a_path_slips_past_the_prefix(proxy: World, path: str) -> None:
    proxy.set(school(**granted()))
    answer = proxy.curl(PAGE + path, STAFF, "--path-as-is")
    assert answer.status == 403
    assert proxy.outside.seen == []


@pytest.mark.parametrize("path", ["/OurSchoolPageEvil", "/ourschoolpage", "/x/OurSchoolPage", "/é"])
def test_a_prefix_ends_at_a_segment(proxy: World, path: str) -> None:
    proxy.set(school(**granted()))
    assert proxy.curl("https://www.facebook.com" + path, STAFF).status == 403


@pytest.mark.parametrize("target", ["https://x.com/OurSchoolPage", "http://x.com:80/OurSchoolPage"])
def test_an_absolute_form_for_another_host_is_misdirected(proxy: World, target: str) -> None:
    proxy.set(school(**granted()))
    answer = proxy.curl(PAGE, STAFF, "--http1.1", "--request-target", target)
    assert answer.status == 421
    assert proxy.outside.seen == []


@pytest.mark.parametrize("versioned", ["--http1.1", *(["--http2"] if H2 else [])])
@pytest.mark.parametrize("host", ["x.com", "facebook.com.evil.example", "www.facebook.com:22"])
def test_a_host_other_than_the_connections_is_misdirected(
    proxy: World, versioned: str, host: str
) -> None:
    proxy.set(school(**granted()))
    answer = proxy.curl(PAGE, STAFF, versioned, "-H", f"Host: {host}")
    assert answer.status == 421
    assert proxy.outside.seen == []


@pytest.mark.parametrize("host", ["www.facebook.com:443", "WWW.Facebook.COM", "www.facebook.com."])
def test_other_spellings_of_the_same_host_are_no_mismatch(proxy: World, host: str) -> None:
    proxy.set(school(**granted()))
    assert proxy.curl(PAGE, STAFF, "-H", f"Host: {host}").status == 200


def test_a_second_host_header_is_misdirected(proxy: World) -> None:
    proxy.set(school(**granted()))
    more = ("--http1.1", "-H", "X: 1\r\nHost: x.com")
    assert proxy.curl(PAGE, STAFF, *more).status in (400, 421)
    assert proxy.outside.seen == []


def test_a_request_without_a_host_is_refused(proxy: World) -> None:
    proxy.set(school(**granted()))
    assert proxy.curl(PAGE, STAFF, "--http1.0", "-H", "Host:").status == 400


def test_http2_is_spoken_only_where_it_is_safe(proxy: World) -> None:
    answer = proxy.curl("https://en.wikipedia.org/wiki/Bell", STAFF, "--http2")
    assert answer.status == 200
    assert answer.version == ("2" if H2 else "1.1")
    assert proxy.curl("https://x.com/", PUPIL, "--http2").status == 403


def test_an_upload_is_not_passed_on_before_a_block(proxy: World) -> None:
    answer = proxy.curl("https://www.facebook.com/upload", STAFF, "--data-binary", "@-")
    assert answer.status == 403
    assert proxy.outside.seen == []
    assert proxy.outside.secure.received == 0


def test_an_upload_without_an_end_in_sight_is_cut_off(proxy: World) -> None:
    """It would have to be held until its end: nobody fills our memory that way."""
    chunked = ("--http1.1", "-H", "Transfer-Encoding: chunked", "--data-binary", "@-")
    assert proxy.curl("https://www.facebook.com/upload", STAFF, *chunked).status == 0
    huge = ("--http1.1", "-H", "Content-Length: 99000000", "--data-binary", "@-")
    assert proxy.curl("https://www.facebook.com/upload", STAFF, *huge).status == 0
    assert proxy.outside.seen == []


def test_an_allowed_upload_passes_whole(proxy: World) -> None:
    proxy.set(school(**granted(methods=("POST",))))
    assert proxy.curl(PAGE, STAFF, "--data-binary", "@-").json["received"] == len(UPLOAD)


@pytest.mark.parametrize(
    ("headers", "content_type"),
    [
        ((), "text/html; charset=utf-8"),
        (("Sec-Fetch-Dest: document",), "text/html; charset=utf-8"),
        (("Sec-Fetch-Dest: iframe",), "text/html; charset=utf-8"),
        (("Sec-Fetch-Dest: image",), "image/gif"),
        (("Sec-Fetch-Dest: empty", "Sec-Fetch-Mode: cors"), "application/json"),
        (("Sec-Fetch-Dest: script",), "text/plain; charset=utf-8"),
        (("Accept: text/html,*/*;q=0.8",), "text/html; charset=utf-8"),
        (("Accept: application/json",), "application/json"),
        (("Accept: image/avif,image/webp,*/*",), "image/gif"),
        (("X-Requested-With: XMLHttpRequest",), "application/json"),
        (("Accept: text/css",), "text/plain; charset=utf-8"),
    ],
)
def test_each_kind_of_client_gets_what_it_can_use(
    proxy: World, headers: tuple[str, ...], content_type: str
) -> None:
    more = [part for header in headers for part in ("-H", header)]
    answer = proxy.curl("https://x.com/", PUPIL, *more)
    assert (answer.status, answer.headers["content-type"]) == (403, content_type)


def test_a_head_request_gets_no_body_and_the_connection_goes_on(proxy: World) -> None:
    answer = proxy.curl("https://x.com/", PUPIL, "-I")
    assert (answer.status, answer.body) == (403, b"")


def test_a_url_cannot_write_into_the_page(proxy: World) -> None:
    path = "/%22%3E%3Cscript%3Ealert(1)%3C/script%3E?q=<script>"
    answer = proxy.curl("https://www.facebook.com" + path, PUPIL, "-g")
    assert answer.status == 403
    assert "<script" not in answer.text


def test_plain_http_is_decided_by_its_host(proxy: World) -> None:
    assert proxy.curl("http://www.facebook.com/", PUPIL).status == 403
    assert proxy.curl("http://en.wikipedia.org/wiki/Bell").json["path"] == "/wiki/Bell"
    assert proxy.curl("http://en.wikipedia.org/w?action=edit").status == 403


def test_plain_http_on_the_tls_port_is_told_so(proxy: World) -> None:
    host, port = proxy.settings.steered_https[0]
    to = ("--connect-to", f"::{host}:{port}")
    assert proxy.curl("http://x.com/", STAFF, *to).status == 400


def test_attempts_say_who_what_when_and_why(proxy: World) -> None:
    proxy.curl("https://www.facebook.com/feed?private=1", PUPIL, "-H", "Sec-Fetch-Dest: document")
    (attempt,) = proxy.attempts()
    assert (attempt.address, attempt.role, attempt.network) == (PUPIL, "pupil", "pupils")
    assert (attempt.verdict, attempt.reason) == ("block", "service_rule")
    assert (attempt.rule, attempt.clause) == ("no-facebook", "7.1")
    assert (attempt.host, attempt.url) == ("www.facebook.com", "https://www.facebook.com/feed")
    assert (attempt.layer, attempt.visit, attempt.period) == ("http", "page", "Lesson 1")


def test_a_burst_is_one_attempt_with_a_count(proxy: World) -> None:
    proxy.curl("https://www.facebook.com/feed?[1-5]", PUPIL)
    eventually(lambda: sum(a.count for a in proxy.spool.attempts) == 5)
    assert len(proxy.spool.attempts) < 5
