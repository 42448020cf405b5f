"""What packets tried, in words that a person reads in the log."""

from __future__ import annotations

import pytest

from appliance.firewall.door.wording import evidence
from appliance.firewall.learned import Try

PLACE = "192.0.2.1"


def said(reason: str, protocol: str, port: int, host: str = PLACE, others: int = 0) -> str:
    return evidence(Try(reason, "10.1.0.5", PLACE, protocol, port), host, others=others)


@pytest.mark.parametrize(
    ("reason", "protocol", "port", "words"),
    [
        ("tunnel", "udp", 51820, "Tried UDP port 51820 (WireGuard) of 192.0.2.1."),
        ("tunnel", "tcp", 8389, "Tried TCP port 8389 of 192.0.2.1."),
        ("protocol", "47", 0, "Tried a connection by GRE to 192.0.2.1."),
        ("protocol", "esp", 0, "Tried a connection by IPsec ESP to 192.0.2.1."),
        ("protocol", "250", 0, "Tried a connection by 250 to 192.0.2.1."),
        ("resolver", "tcp", 853, "Tried TCP port 853 (encrypted DNS) of 192.0.2.1."),
        ("resolver", "udp", 53, "Asked 192.0.2.1 for names. Bellgate answered in its place."),
        ("unanswered", "tcp", 443, "Went to TCP port 443 (web) of 192.0.2.1, which no look-up of "
         "this device had named."),
        ("held", "tcp", 443, "Tried TCP port 443 (web) of 192.0.2.1, which no look-up of this "
         "device had named."),
    ],
)  # fmt: skip
def test_each_try_is_a_sentence(reason: str, protocol: str, port: int, words: str) -> None:
    assert said(reason, protocol, port) == words


def test_a_name_that_is_known_is_said_and_others_are_counted() -> None:
    assert said("tunnel", "tcp", 22, "host.example", 4) == (
        "Tried TCP port 22 (SSH) of host.example (192.0.2.1), and as much of 4 other addresses."
    )
    assert said("resolver", "udp", 53, others=2) == (
        "Asked 192.0.2.1 for names, and as much of 2 other addresses. Bellgate answered in its "
        "place."
    )
