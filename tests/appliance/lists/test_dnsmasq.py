"""Settings of dnsmasq: which close names, which open them, which do neither."""

from __future__ import annotations

import pytest

from appliance.lists.dnsmasq import entries
from appliance.lists.entry import Kind

CLOSED = [("ads.example", Kind.BELOW)]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("address=/ads.example/", CLOSED),
        ("address=/ads.example/#", CLOSED),
        ("address=/ads.example/0.0.0.0", CLOSED),
        ("address=/ads.example/127.0.0.1", CLOSED),
        ("address=/ads.example/::", CLOSED),
        ("address=/ads.example/192.168.0.9", CLOSED),
        ("address=/.ads.example/0.0.0.0", CLOSED),
        ("address=/ADS.example/0.0.0.0", CLOSED),
        ("server=/ads.example/", CLOSED),
        ("local=/ads.example/", CLOSED),
        ("local=/ads.example/ # why", CLOSED),
        ("--local=/ads.example/", CLOSED),
        (" local = /ads.example/ \r\n", CLOSED),
        ("address=/ads.example/ads.example/0.0.0.0", CLOSED * 2),
        ("server=/good.ads.example/#", [("good.ads.example", Kind.SPECIFIC)]),
        ("# a comment", []),
        ("\ufeff# a comment", []),
        ("", []),
    ],
)  # fmt: skip
def test_a_setting_gives_its_names(line: str, found: list[tuple[str, Kind]]) -> None:
    assert list(entries(line)) == found


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("server=/corp.example/192.0.2.53", "another resolver"),
        ("server=192.0.2.53", "no setting"),
        ("address=/search.example/8.8.8.8", "closes nothing"),
        ("address=/ads.example/nonsense", "nonsense"),
        ("address=/#/0.0.0.0", "'#'"),
        ("address=/com/0.0.0.0", "top-level"),
        ("address=/*ads.example/", "'\\*'"),
        ("ipset=/ads.example/set", "no setting"),
        ("no-resolv", "no setting"),
        ("||ads.example^", "no setting"),
        ("address=//0.0.0.0", "no setting"),
    ],
)
def test_what_closes_nothing_is_refused(line: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        list(entries(line))
