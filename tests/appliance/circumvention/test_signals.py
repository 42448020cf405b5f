"""What an attempt is a sign of, and that every sign has words for people."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from appliance.attempts.attempt import Attempt, Layer, Visit
from appliance.circumvention.signals import Signal, meaning_of, name_of, signal_of

AT = datetime(2026, 11, 23, 10, 35, tzinfo=UTC)
PLAIN = Attempt(
    at=AT, last=AT, layer=Layer.DNS, visit=Visit.LOOKUP, address="10.1.0.5", host="vpn.example",
    verdict="block", reason="circumvention", rule="circumvention", clause="7.2", role="pupil",
    period="Lesson", period_kind="lesson",
)  # fmt: skip


@pytest.mark.parametrize(
    ("more", "sign"),
    [
        ({"category": "vpn"}, Signal.VPN_NAME),
        ({"category": "web_proxy"}, Signal.PROXY_NAME),
        ({"category": "tor"}, Signal.TOR_NAME),
        ({"category": "doh"}, Signal.DOH_NAME),
        ({"category": "our_own_kind"}, Signal.PROXY_NAME),
        ({"category": ""}, Signal.PROXY_NAME),
        ({"reason": "category_rule", "category": "vpn"}, None),  # a role that may not be watched
        ({"reason": "sanction", "category": "vpn"}, None),
        ({"signal": "dot_port"}, Signal.DOT_PORT),
        ({"signal": "dot_port", "category": "vpn"}, Signal.DOT_PORT),
        ({"signal": "of a later version"}, None),
    ],
)
def test_what_an_attempt_is_a_sign_of(more: dict[str, Any], sign: Signal | None) -> None:
    assert signal_of(replace(PLAIN, **more)) is sign


@pytest.mark.parametrize("signal", Signal)
def test_every_sign_has_words_that_need_no_engineer(signal: Signal) -> None:
    name, meaning = name_of(signal), meaning_of(signal)
    assert name[0].isupper()
    assert not name.endswith(".")
    assert meaning.endswith(".")
    for jargon in ("SNI", "DoH", "DoT", "TLS", "TCP", "UDP", "canary"):
        assert jargon not in f"{name} {meaning}"


def test_no_two_signs_are_called_the_same() -> None:
    assert len({name_of(signal) for signal in Signal}) == len(Signal)
