"""Addresses as people paste them: read or refused, never opened, and never live again."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_ui.defang import defang
from admin_ui.reports import addresses
from appliance.policy import urls


@pytest.mark.parametrize(
    ("given_as", "read_as"),
    [
        ("https://a.example/x", "https://a.example/x"),
        ("hxxps://a[.]example/x", "https://a.example/x"),
        ("HXXP://A(.)EXAMPLE/", "http://A.EXAMPLE/"),
        ("hxxps[:]//a[.]example", "https://a.example"),
        ("  a.example  ", "a.example"),
        ("https://a.example/p[.]q?x=[.]", "https://a.example/p[.]q?x=[.]"),
        ("https://a.example/hxxp://b", "https://a.example/hxxp://b"),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]/x"),
        ("https://münchen.example/", "https://münchen.example/"),
    ],
)
def test_defanged_spellings_are_understood(given_as: str, read_as: str) -> None:
    assert addresses.read(given_as) == addresses.Addresses((read_as,), ())


@pytest.mark.parametrize(
    "line",
    ["javascript:alert(1)", "data:text/html,x", "DATA:image/png;base64,AA", "ftp://a.example/",
     "https://", "//", "a b", "https://a b.example/", "<img src=x>", "localhost", "a.example\x07/"],
)  # fmt: skip
def test_what_is_no_address_is_said_by_its_line(line: str) -> None:
    found = addresses.read(f"https://ok.example/\n{line}")
    assert found.problems
    assert found.problems[0].startswith("Line 2")
    assert line not in found.problems[0].replace("https://www.example.com/page", "")


def test_doubles_count_once_and_order_is_kept() -> None:
    found = addresses.read("b.example\nhttps://a.example\r\n\r\nb.example")
    assert found.urls == ("b.example", "https://a.example")


@given(st.text(max_size=200))
def test_reading_is_total_and_what_is_read_is_an_address(text: str) -> None:
    found = addresses.read(text)
    for url in found.urls:
        assert urls.parse(url).host
        assert url.isprintable()
        assert "://" not in defang(url).partition("/")[0]


@given(st.from_regex(r"https?://[a-z]{1,9}(\.[a-z]{1,9}){1,3}(:\d{2,4})?(/[a-z0-9\[\].%]{0,9})*",
                     fullmatch=True))  # fmt: skip
def test_what_is_shown_can_be_handed_in_again(url: str) -> None:
    assert addresses.refang(defang(url)) == url


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://ann:pw@evil.example/page", "https://evil.example/page"),
        ("hxxps://good[.]example@evil[.]example/", "https://evil.example/"),
        ("ann:p@w@evil.example", "evil.example"),
        ("https://a.example/@ann", "https://a.example/@ann"),
    ],
)
def test_a_password_in_an_address_is_not_kept(typed: str, kept: str) -> None:
    assert addresses.read(typed).urls == (kept,)


@pytest.mark.parametrize(
    ("text", "picture"),
    [
        ("data:image/png;base64,iVBOR", True),
        ("see data:,x", True),
        ("<img src='x'>", True),
        ("<SVG onload=x>", True),
        ("A" * 400, True),
        ("some data: it was bad", False),
        ("a picture of a cat, base 64 of them", False),
        ("word " * 200, False),
    ],
)
def test_pictures_written_as_text_are_known(text: str, picture: bool) -> None:
    assert addresses.holds_picture(text) is picture


@given(st.text(max_size=100))
def test_no_address_in_running_text_can_be_opened(text: str) -> None:
    shown = addresses.defang_text(f"{text} https://bad.example/x {text}")
    assert "https://bad.example" not in shown
    assert not re.search(r"\bhttps?://\w", shown)
