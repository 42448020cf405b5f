"""The second factor against the vectors of RFC 6238, its window, and codes that count once."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.accounts import totp

SECRET = base64.b32encode(b"12345678901234567890").decode()
AT = datetime(2005, 3, 18, 1, 58, 29, tzinfo=UTC)  # RFC 6238, appendix B: 07081804


def test_the_vector_of_the_rfc() -> None:
    step = int(AT.timestamp()) // 30
    assert totp.step_of(SECRET, "081804", at=AT, newest=0) == step
    assert totp.step_of(SECRET, " 081 804 ", at=AT, newest=0) == step


@pytest.mark.parametrize(
    ("seconds", "good"),
    [(-61, False), (-29, True), (0, True), (30, True), (31, False), (90, False)],
)
def test_clocks_may_differ_by_one_step(seconds: int, good: bool) -> None:
    found = totp.step_of(SECRET, "081804", at=AT + timedelta(seconds=seconds), newest=0)
    assert (found is not None) == good


def test_no_code_counts_twice() -> None:
    step = int(AT.timestamp()) // 30
    assert totp.step_of(SECRET, "081804", at=AT, newest=step) is None
    assert totp.step_of(SECRET, "081804", at=AT, newest=step + 1) is None


@given(st.text(max_size=12))
def test_any_text_is_a_code_or_not(text: str) -> None:
    found = totp.step_of(SECRET, text, at=AT, newest=0)
    assert found is None or text.split()


@pytest.mark.parametrize("code", ["", "٠٨١٨٠٤", "081804\x00", "81804", "0818044", "-81804"])
def test_what_is_no_code(code: str) -> None:
    assert totp.step_of(SECRET, code, at=AT, newest=0) is None


def test_the_address_in_the_qr_code_names_school_and_login() -> None:
    uri = totp.uri(SECRET, "dsl@hillside.example", "Hillside: Primary")
    assert uri.startswith("otpauth://totp/Bellgate%20Hillside%20%20Primary:dsl%40hillside.example?")
    assert f"secret={SECRET}" in uri


def test_recovery_codes_are_ten_different_ones_read_in_any_spelling() -> None:
    codes = totp.recovery_codes()
    assert len(set(codes)) == 10
    assert len({totp.recovery_digest(code) for code in codes}) == 10
    one = codes[0]
    assert totp.looks_like_recovery(one)
    assert totp.recovery_digest(one) == totp.recovery_digest(f" {one.replace('-', '').upper()} ")
    assert one not in totp.recovery_digest(one)


def test_secrets_have_160_bits() -> None:
    assert len(base64.b32decode(totp.new_secret())) == 20
    assert totp.grouped("ABCDEFGHIJ") == "ABCD EFGH IJ"
