"""Which names a list may speak of: never a registry, never the school's own network."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.lists.naming import elsewhere, plain, site
from appliance.policy.names import BadNameError, canonical


@pytest.mark.parametrize(
    "word",
    ["com", "uk", "co.uk", "*.co.uk", "sch.uk", "gov.uk", "police.uk", "com.au", "127.0.0.1",
     "::1", "0.0.0.0", "10.1.2.3", "172.20.0.1", "192.168.0.1", "fd00::1", "169.254.1.1",
     "fe80::1", "fe80::1%eth0", "fe80::1%a\x00b", "", ".", "a..b"],
)  # fmt: skip
def test_no_list_closes_these(word: str) -> None:
    assert not plain(word)
    with pytest.raises(BadNameError):
        site(word)


@pytest.mark.parametrize(
    "word", ["t.co", "go.com", "net.example", "x.co.uk", "8.8.8.8", "2001:db8::1"]
)
def test_a_list_may_close_these(word: str) -> None:
    assert site(word) == word


@settings(deadline=None)
@given(st.from_regex(r"[a-z0-9_.-]{1,20}", fullmatch=True))
def test_the_fast_half_takes_nothing_that_the_whole_would_not(word: str) -> None:
    if plain(word):
        assert site(word) == canonical(word) == word


@pytest.mark.parametrize(
    ("word", "there"),
    [("8.8.8.8", True), ("2a00:1450::1", True), ("0.0.0.0", False), ("127.0.0.1", False),
     ("192.168.0.1", False), ("ff02::1", False), ("255.255.255.255", False), ("x.example", False)],
)  # fmt: skip
def test_an_address_elsewhere_is_told_from_one_that_leads_nowhere(word: str, there: bool) -> None:
    assert elsewhere(word) is there
