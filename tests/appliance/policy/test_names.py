from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.policy.names import (
    BadNameError,
    canonical,
    is_address,
    key_of,
    name_of,
    suffixes,
    within,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("WWW.Facebook.COM", "www.facebook.com"),
        ("facebook.com.", "facebook.com"),
        (" facebook.com ", "facebook.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("XN--Bcher-KVA.example", "xn--bcher-kva.example"),
        ("facebook。com", "facebook.com"),  # the ideographic full stop is a dot (UTS 46)
        ("ｆacebook.com", "facebook.com"),  # full-width letters are letters
        ("_dns.resolver.arpa", "_dns.resolver.arpa"),
        ("192.0.2.1", "192.0.2.1"),
        ("[2001:DB8::1]", "2001:db8::1"),
        ("2001:db8:0:0::1", "2001:db8::1"),
        ("localhost", "localhost"),
        ("3com.com", "3com.com"),
        ("1.2.3.4.example", "1.2.3.4.example"),
    ],
)
def test_one_canonical_form(text: str, expected: str) -> None:
    assert canonical(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", ".", "a..b", ".a", "a b.c", "a/b", "a\x00b", "user@host", "host:80", "x" * 64 + ".com",
     ".".join(["abcdefgh"] * 30), "fa%63ebook.com", "a\\b", "a?b", "face\x7fbook.com"],
)  # fmt: skip
def test_no_name_can_hold_this(text: str) -> None:
    with pytest.raises(BadNameError):
        canonical(text)


@given(st.text(max_size=300))
def test_any_text_is_a_name_or_a_clear_error(text: str) -> None:
    try:
        name = canonical(text)
    except BadNameError as error:
        assert str(error)
    else:
        assert canonical(name) == name
        assert name == name.lower()


def test_suffixes_run_from_the_name_to_its_top_label() -> None:
    assert list(suffixes("a.b.co.uk")) == ["a.b.co.uk", "b.co.uk", "co.uk", "uk"]


def test_an_address_has_no_parents() -> None:
    assert list(suffixes("192.0.2.1")) == ["192.0.2.1"]
    assert is_address("2001:db8::1")
    assert not is_address("a.b")


@pytest.mark.parametrize(
    ("name", "suffix", "expected"),
    [
        ("facebook.com", "facebook.com", True),
        ("www.facebook.com", "facebook.com", True),
        ("notfacebook.com", "facebook.com", False),
        ("facebook.com.example.org", "facebook.com", False),
        ("com", "facebook.com", False),
    ],
)
def test_within_keeps_to_label_boundaries(name: str, suffix: str, expected: bool) -> None:
    assert within(name, suffix) is expected


@pytest.mark.parametrize(
    ("name", "key"),
    [("www.facebook.com", "com.facebook.www."), ("com", "com."), ("192.0.2.1", "/192.0.2.1/")],
)
def test_a_key_is_a_prefix_of_the_keys_below_it_and_of_nothing_else(name: str, key: str) -> None:
    assert key_of(name) == key
    assert name_of(key) == name
    assert not key_of("notfacebook.com").startswith(key_of("facebook.com"))
