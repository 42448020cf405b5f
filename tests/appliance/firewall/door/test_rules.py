"""The rules in a real kernel: carried in, kept there, and never lost to a bad document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from appliance import clock
from appliance.firewall import judged as judging
from appliance.firewall.door.rules import Rules, Seen
from appliance.firewall.judged import Standing
from appliance.firewall.learned import learn
from appliance.firewall.nft import Nft, NftError
from appliance.firewall.ruleset import removal
from appliance.firewall.settings import Known
from appliance.policy.model import Ownership
from appliance.policy.situation import Query
from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import Device, Network
from tests.appliance.firewall.little_router import PLACES, LittleRouter
from tests.appliance.firewall.little_school import GATEWAY
from tests.builders import at, contents, sanction

pytestmark = pytest.mark.namespaces

_TABLE: Final = {"family": "inet", "name": "bellgate"}
PUPIL, STAFF = "10.1.0.5", "10.2.0.5"
NETWORKS: Final = (
    Network(id="pupils", name="Classrooms", prefixes=("10.1.0.0/16", "fd00:1::/64"), role="pupil",
            ownership=Ownership.SCHOOL, trusts_ca=True),
    Network(id="staff", name="Staff", prefixes=("10.2.0.0/16", "fd00:2::/64"), role="staff"),
)  # fmt: skip
SCHOOL: Final = Snapshot(contents(networks=NETWORKS))


class Refusing(Nft):
    """The kernel's own, which says no when it is told to."""

    refuses = False

    def check(self, statements: Sequence[dict[str, Any]]) -> None:
        if self.refuses:
            raise NftError("no room")
        super().check(statements)


def seen(snapshot: Snapshot = SCHOOL, when: str = "09:30", **neighbours: str) -> Seen:
    return Seen(snapshot, clock.Now(at(when), trusted=True), neighbours, {})


@pytest.fixture
def nft(machines: LittleRouter) -> Iterator[Refusing]:
    machines.apply(removal())
    made = machines.on_router(Refusing)
    yield made
    machines.on_router(made.close)


def word(router: LittleRouter, source: str, place: str, port: int = 443) -> str:
    return router.probe({"1": "pupils", "2": "staff"}[source.split(".")[1]], source,
                        PLACES[place][0], "tcp", port).split()[0]  # fmt: skip


def test_what_holds_is_carried_in_once(machines: LittleRouter, nft: Refusing) -> None:
    rules, one = Rules(nft, GATEWAY), seen()
    assert machines.on_router(rules.look, one)
    assert word(machines, PUPIL, "web", 53) == "dns"
    first = rules.applied_at
    assert not machines.on_router(rules.look, replace(one, now=clock.Now(at("09:31"), True)))
    assert machines.on_router(rules.look, replace(one, now=clock.Now(at("09:31"), False)))
    assert machines.on_router(rules.look, replace(one, neighbours={PUPIL: "00:16:3e:00:00:01"}))
    assert rules.applied_at == first  # nothing of it changed a rule


def test_a_sanction_begins_and_ends_by_itself(machines: LittleRouter, nft: Refusing) -> None:
    begins, ends = at("09:40"), at("09:45")
    snapshot = Snapshot(replace(SCHOOL.contents, sanctions=(
        sanction("network:pupils", start=begins, end=ends),
    )))  # fmt: skip
    rules, table, nobody = Rules(nft, GATEWAY), {}, {}  # type: ignore[var-annotated]

    def look(when: Any) -> bool:
        now = clock.Now(when, trusted=True)
        return machines.on_router(rules.look, Seen(snapshot, now, table, nobody))

    assert look(begins - timedelta(seconds=1))
    assert word(machines, PUPIL, "web") == "internet"
    assert not look(begins - timedelta(milliseconds=1))
    assert look(begins)
    assert word(machines, PUPIL, "web") == "https"  # the proxy says no
    assert word(machines, STAFF, "web") == "internet"
    assert look(ends)
    assert word(machines, PUPIL, "web") == "internet"


def test_a_bell_was_judged_before_it_rings_and_what_it_did_not_foresee_at_once(
    machines: LittleRouter, nft: Refusing, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[datetime] = []
    really = judging._standing

    def standing(query: Query, snapshot: Snapshot, facts: Known) -> Standing:
        asked.append(query.at)
        return really(query, snapshot, facts)

    monkeypatch.setattr(judging, "_standing", standing)
    bell, table, nobody = at("10:30"), {}, {}  # type: ignore[var-annotated]
    sooner = Snapshot(replace(SCHOOL.contents, sanctions=(
        sanction("network:pupils", start=bell + timedelta(seconds=2)),
    )))  # fmt: skip

    def look(snapshot: Snapshot, seconds: float) -> list[datetime]:
        now = clock.Now(bell + timedelta(seconds=seconds), trusted=True)
        asked.clear()
        machines.on_router(rules.look, Seen(snapshot, now, table, nobody))
        return sorted(set(asked))

    rules = Rules(nft, GATEWAY)
    assert look(sooner, -60) == [bell - timedelta(seconds=60)]
    assert look(sooner, -30) == []
    assert look(sooner, -5) == [bell]
    assert look(sooner, -4) == []  # once
    assert look(sooner, 0.1) == []
    assert look(sooner, 0.3) == [bell + timedelta(seconds=2)]
    # Late by more than what was foreseen holds for: asked for the moment it is.
    assert look(sooner, 3.0) == []
    assert word(machines, PUPIL, "web") == "https"  # the proxy says no
    assert look(SCHOOL, 3.1) == [bell + timedelta(seconds=3.1)]  # another snapshot
    assert word(machines, PUPIL, "web") == "internet"


def test_what_was_foreseen_holds_no_longer_than_the_next_change(
    machines: LittleRouter, nft: Refusing
) -> None:
    bell = at("10:30")
    snapshot = Snapshot(replace(SCHOOL.contents, sanctions=(
        sanction("network:pupils", start=bell + timedelta(seconds=2)),
    )))  # fmt: skip
    rules, table, nobody = Rules(nft, GATEWAY), {}, {}  # type: ignore[var-annotated]
    for seconds in (-60, -5, 3):  # the machine slept over the bell
        now = clock.Now(bell + timedelta(seconds=seconds), trusted=True)
        machines.on_router(rules.look, Seen(snapshot, now, table, nobody))
    assert word(machines, PUPIL, "web") == "https"  # the proxy says no


def test_what_is_refused_leaves_the_last_good_rules_and_is_tried_again(
    machines: LittleRouter, nft: Refusing
) -> None:
    rules = Rules(nft, GATEWAY)
    machines.on_router(rules.look, seen())
    nft.refuses = True
    sanctioned = Snapshot(replace(SCHOOL.contents, sanctions=(sanction("network:pupils"),)))
    machines.on_router(rules.look, seen(sanctioned))
    assert rules.trouble == "no room"
    assert word(machines, PUPIL, "web") == "internet"  # as before
    assert word(machines, PUPIL, "web", 53) == "dns"
    nft.refuses = False
    rules._again = clock.monotonic()  # its pause is over
    assert machines.on_router(rules.look, seen(sanctioned))
    assert rules.trouble == ""
    assert word(machines, PUPIL, "web") == "https"  # the proxy says no


def test_what_was_refused_is_no_trouble_once_it_is_wanted_no_more(
    machines: LittleRouter, nft: Refusing
) -> None:
    rules = Rules(nft, GATEWAY)
    machines.on_router(rules.look, seen())
    nft.refuses = True
    sanctioned = Snapshot(replace(SCHOOL.contents, sanctions=(sanction("network:pupils"),)))
    machines.on_router(rules.look, seen(sanctioned))
    assert rules.trouble == "no room"
    back = seen()
    assert machines.on_router(rules.look, back)
    assert rules.trouble == ""
    assert rules._again is None
    assert not machines.on_router(rules.look, back)  # nor is anything judged over and over


def test_a_table_that_cannot_be_built_upon_is_replaced(
    machines: LittleRouter, nft: Refusing
) -> None:
    wrong = {"family": "inet", "table": "bellgate", "name": "watched", "type": "ipv4_addr"}
    machines.apply([{"add": {"table": _TABLE}}, {"add": {"set": wrong}}], renew=False)
    rules = Rules(nft, GATEWAY)
    machines.on_router(rules.look, seen())
    assert (rules.trouble, rules.emptied) == ("", 1)
    assert word(machines, PUPIL, "web", 53) == "dns"


@pytest.mark.parametrize(
    "how",
    ["flush ruleset", "flush table inet bellgate", "delete table inet bellgate",
     "flush chain inet bellgate onward"],
)  # fmt: skip
def test_what_somebody_took_away_is_put_back(
    machines: LittleRouter, nft: Refusing, how: str
) -> None:
    rules = Rules(nft, GATEWAY)
    machines.on_router(rules.look, seen())
    assert machines.on_router(rules.whole)
    assert machines.machines["router"].run("nft", *how.split()).returncode == 0
    assert not machines.on_router(rules.whole)
    assert machines.on_router(rules.whole)
    assert (rules.put_back, rules.emptied) == (1, 1)
    assert word(machines, PUPIL, "web", 53) == "dns"


@pytest.mark.parametrize("how", ["flush set inet bellgate shut", "flush map inet bellgate device4"])
def test_sets_that_somebody_emptied_are_filled_again_in_a_while(
    machines: LittleRouter, nft: Refusing, how: str
) -> None:
    device = Device(id="laptop", name="A laptop", addresses=(PUPIL,), role="pupil")
    school = replace(SCHOOL.contents, devices=(device,), sanctions=(sanction("device:laptop"),))
    rules = Rules(nft, GATEWAY)
    machines.on_router(rules.look, seen(Snapshot(school)))
    assert word(machines, PUPIL, "web") == "https"
    assert machines.machines["router"].run("nft", *how.split()).returncode == 0
    assert word(machines, PUPIL, "web") == "internet"
    assert machines.on_router(rules.whole)
    assert word(machines, PUPIL, "web") == "internet"  # not yet
    rules._refill_at = clock.monotonic()
    assert machines.on_router(rules.whole)
    assert word(machines, PUPIL, "web") == "https"
    assert (rules.trouble, rules.put_back) == ("", 0)


def test_a_change_leaves_what_was_learned(machines: LittleRouter, nft: Refusing) -> None:
    rules = Rules(nft, GATEWAY)
    machines.on_router(rules.look, seen())
    machines.on_router(nft.apply, learn("cut", [(PUPIL, PLACES["other"][0])], 60))
    assert word(machines, PUPIL, "other", 9999) == "refused"
    machines.on_router(rules.look, seen(Snapshot(replace(SCHOOL.contents, version=9)), "10:35"))
    assert word(machines, PUPIL, "other", 9999) == "refused"
