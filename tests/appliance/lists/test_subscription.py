"""Addresses that can be subscribed to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.lists.subscription import checked_address, is_file


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" https://lists.example/a.txt ", "https://lists.example/a.txt"),
        ("https://lists.example/a.txt#part", "https://lists.example/a.txt"),
        ("http://127.0.0.1:8080/a?b=c", "http://127.0.0.1:8080/a?b=c"),
        ("https://[::1]/a", "https://[::1]/a"),
    ],
)
def test_an_address_of_the_web(text: str, address: str) -> None:
    assert checked_address(text) == address
    assert not is_file(address)


@pytest.mark.parametrize(
    "text",
    ["", "lists.example/a.txt", "ftp://lists.example/a", "https://", "https:///a", "javascript:1",
     "https://user:word@lists.example/", "https://lists.example/a b", "https://x:99999/",
     "https://[/", "https://a\nb/", "x" * 3000, "file://other.example/a", "../a"],
)  # fmt: skip
@pytest.mark.parametrize("files", [True, False])
def test_what_is_no_address(text: str, files: bool) -> None:
    with pytest.raises(ValueError, match=r"^address: "):
        checked_address(text, files=files)


@pytest.mark.parametrize("text", ["/srv/lists/a.txt", "file:///srv/a.txt"])
def test_a_file_is_for_the_console_alone(text: str) -> None:
    assert checked_address(text, files=True) == text
    assert is_file(text)
    with pytest.raises(ValueError, match="https"):
        checked_address(text)


@given(st.text(max_size=60), st.booleans())
def test_any_text_gets_an_answer(text: str, files: bool) -> None:
    try:
        assert checked_address(text, files=files)
    except ValueError as error:
        assert str(error).startswith("address: ")
