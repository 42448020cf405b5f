"""URLs that are shown to be read, never to be followed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_ui.defang import defang


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://example.com/x", "hxxps://example[.]com/x"),
        ("HTTP://Example.com", "hxxp://Example[.]com"),
        ("http://a.b.example/p.html?q=1.2#f.g", "hxxp://a[.]b[.]example/p.html?q=1.2#f.g"),
        ("example.com", "example[.]com"),
        ("example.com:8443/x.y", "example[.]com:8443/x.y"),
        ("//example.com/x", "//example[.]com/x"),
        ("https://user:pw@example.com/", "hxxps://user:pw@example[.]com/"),
        ("https://example.com\\@b.example/", "hxxps://example[.]com\\@b.example/"),
        ("ftp://example.com/x", "ftp[:]//example[.]com/x"),
        ("javascript:alert(1)", "javascript[:]alert(1)"),
        ("data:text/html,<b>", "data[:]text/html,<b>"),
        ("https://192.0.2.1/x", "hxxps://192[.]0[.]2[.]1/x"),
        ("https://[2001:db8::1]/x", "hxxps://[2001:db8::1]/x"),
        ("https://a.example/?u=https://b.example", "hxxps://a[.]example/?u=https[:]//b.example"),
        ("example.com://x", "example[.]com[:]//x"),
        ("A.://", "A[.][:]//"),
        ("", ""),
        ("  https://a.example  ", "hxxps://a[.]example"),
        ("https://a.example/\n\x00\u202e", "hxxps://a[.]example/���"),
    ],
)
def test_it_reads_like_the_url_and_is_none(url: str, shown: str) -> None:
    assert defang(url) == shown


@given(st.text(max_size=60) | st.from_regex(r"[a-z]{2,5}:/{0,3}[a-z.]{0,12}[/?#:@]?[a-z.:/]*"))
def test_nothing_that_comes_out_can_be_opened(text: str) -> None:
    shown = defang(text)
    said = re.sub(r"^hxxps?:(//)?", "", shown)
    assert "://" not in said
    assert not re.match(r"(https?|ftp|file|data|mailto|javascript|vbscript):", shown, re.IGNORECASE)
    assert "." not in re.split(r"[/?#\\]", said.removeprefix("//"))[0].replace("[.]", "")
    assert shown.isprintable()
