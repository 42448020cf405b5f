"""The commands of who is signed in where."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.appliance.cli.wifi import MAC, School
from tests.appliance.identity.accounting import START, request


def test_a_sign_in_is_listed_and_ended_by_command(wifi: School) -> None:
    wifi.at = datetime(2026, 11, 23, 10, 31, tzinfo=UTC)  # as the gate's clock is rehearsed
    wifi.hear(request(START))
    (one,) = wifi.bench.json("sign-ins", "list")
    assert (one["person"], one["how"], one["mac"]) == ("t-larch", "radius", MAC)
    assert wifi.bench.json("sign-ins", "end", str(one["id"])) == {"ended": one["id"]}
    assert wifi.bench.json("sign-ins", "list") == []
    assert wifi.bench.run("sign-ins", "end", str(one["id"])).exit_code == 2
