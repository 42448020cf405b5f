"""What was answered, in a real kernel: known, cut when it closes, let go of when it opens."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance import clock
from appliance.attempts.attempt import Layer
from appliance.circumvention.signals import Signal
from appliance.firewall.door import tried as trying
from appliance.firewall.door.answers import Answers
from appliance.firewall.door.budget import Budget
from appliance.firewall.door.memory import HOSTS, Memory
from appliance.policy.snapshot import Snapshot
from tests.appliance.firewall.door.little_door import CLOSED, MAC, OTHER, STEERED, WEB, Little
from tests.appliance.firewall.door.test_rules import PUPIL, SCHOOL, STAFF, word
from tests.appliance.firewall.little_router import OURS, PLACES
from tests.appliance.firewall.test_reapplying import lives
from tests.builders import at, sanction

pytestmark = pytest.mark.namespaces


def test_what_closes_is_cut_for_whom_it_closes_and_opens_again(little: Little) -> None:
    little.hear(PUPIL, "plain.example", WEB)
    little.hear(PUPIL, "other.example", OTHER)
    assert word(little.machines, PUPIL, "web", 9999) == "internet"
    little.look(snapshot=CLOSED, afresh=False)
    assert little.answers.counts["cut"] == 1
    assert word(little.machines, PUPIL, "web", 9999) == "refused"
    assert (
        word(little.machines, PUPIL, "web", 443) == "https"
    )  # led to the proxy, which reads names
    assert word(little.machines, PUPIL, "other", 9999) == "internet"
    assert word(little.machines, STAFF, "web", 9999) == "internet"  # never asked for it
    little.look(snapshot=SCHOOL, afresh=False)
    assert word(little.machines, PUPIL, "web", 9999) == "internet"
    assert little.answers.counts["cut"] == 0


def test_at_its_hour_and_back_again(little: Little) -> None:
    later = replace(CLOSED.contents.reported[0], start=at("10:00"))
    timed = Snapshot(replace(SCHOOL.contents, reported=(later,)))
    little.look(snapshot=timed)
    little.hear(PUPIL, "plain.example", WEB)
    for when, becomes in (("10:00", "refused"), ("09:59", "internet"), ("10:01", "refused")):
        little.look(now=clock.Now(at(when), trusted=True), afresh=False)
        assert word(little.machines, PUPIL, "web", 9999) == becomes, when


def test_an_answer_from_just_before_the_bell_is_cut_at_once(little: Little) -> None:
    little.look(snapshot=CLOSED)
    little.hear(PUPIL, "plain.example", WEB)
    assert word(little.machines, PUPIL, "web", 9999) == "refused"


def test_an_address_with_two_names_is_cut_when_one_of_them_closes(little: Little) -> None:
    little.hear(PUPIL, "plain.example", WEB)
    little.hear(PUPIL, "other.example", WEB)
    little.look(snapshot=CLOSED, afresh=False)
    assert word(little.machines, PUPIL, "web", 9999) == "refused"


def test_what_the_kernel_lost_is_told_again(little: Little) -> None:
    little.hear(PUPIL, "plain.example", WEB)
    little.look(snapshot=CLOSED, afresh=False)
    little.machines.machines["router"].run("nft", "flush", "ruleset")
    assert not little.machines.on_router(little.rules.whole)
    little.look()
    assert WEB in little.set_of("answered4")
    assert word(little.machines, PUPIL, "web", 9999) == "refused"


@pytest.mark.parametrize("inherits", [False, True])
def test_what_an_earlier_door_opened_is_closed_where_nobody_remembers_it(
    little: Little, inherits: bool
) -> None:
    """A sanction that came meanwhile could not cut it."""
    host = SCHOOL.contents.sanctuary_domains[0]
    little.hear(PUPIL, "plain.example", WEB)
    little.hear(PUPIL, host, OTHER)
    memory = little.answers.memory if inherits else Memory()
    little.answers = Answers(little.nft, memory, OURS.values(), inherits=inherits)
    sanctions = (sanction("network:pupils"),)
    little.look(snapshot=Snapshot(replace(SCHOOL.contents, sanctions=sanctions)))
    assert (WEB in little.set_of("answered4")) is inherits
    assert (OTHER in little.set_of("sanctuary4")) is inherits
    assert word(little.machines, PUPIL, "web", 9999) in ("refused", "silent")


def test_a_device_is_known_by_its_mac_over_both_families(little: Little) -> None:
    little.look(neighbours={PUPIL: MAC})
    six = PLACES["web"][1]
    little.hear(PUPIL, "plain.example", WEB, six)
    assert f"{MAC} . {WEB}" in little.set_of("answered_mac4")
    assert f"{MAC} . {six}" in little.set_of("answered_mac6")


def test_what_one_device_was_answered_fills_the_sets_for_nobody(little: Little) -> None:
    little.answers.memory = Memory(most_of_one=3)
    for last in range(6):
        little.hear(PUPIL, f"n{last}.example", f"198.51.100.{100 + last}")
    held = little.set_of("answered4")
    assert [last for last in range(6) if f"198.51.100.{100 + last}" in held] == [3, 4, 5]


def test_other_names_at_its_address_do_not_save_what_closes(little: Little) -> None:
    little.hear(PUPIL, "plain.example", WEB)
    for number in range(HOSTS):
        little.hear(PUPIL, f"n{number}.example", WEB)
    assert word(little.machines, PUPIL, "web", 9999) == "internet"
    little.look(snapshot=CLOSED, afresh=False)
    assert word(little.machines, PUPIL, "web", 9999) == "refused"


def test_other_addresses_do_not_save_what_closes_nor_what_is_open(little: Little) -> None:
    little.answers.memory = Memory(most_of_one=2)
    little.look(neighbours={PUPIL: little.machines.mac("pupils")})
    little.hear(PUPIL, "plain.example", WEB)
    with little.machines.connected("pupils", PUPIL, WEB, 9999) as one:
        for last in (100, 101):
            little.hear(PUPIL, f"n{last}.example", f"198.51.100.{last}")
        assert lives(one)
        little.hear(PUPIL, "other.example", OTHER)
        with little.machines.connected("pupils", PUPIL, OTHER, 9999) as other:
            little.look(snapshot=CLOSED, afresh=False)
            assert not lives(one)
            assert lives(other)
    assert word(little.machines, STAFF, "web", 9999) == "internet"
    little.hear(PUPIL, "other.example", WEB)
    assert word(little.machines, PUPIL, "web", 9999) == "internet"


def test_what_is_cut_stays_so_whatever_is_looked_up_after_it(little: Little) -> None:
    little.answers.memory = Memory(most_of_one=2)
    little.hear(PUPIL, "plain.example", WEB)
    little.look(snapshot=CLOSED, afresh=False)
    for last in (100, 101):
        little.hear(PUPIL, f"n{last}.example", f"198.51.100.{last}")
    assert WEB in little.set_of("cut4")


def test_our_own_addresses_and_strangers_are_no_answers(little: Little) -> None:
    little.hear(PUPIL, "facebook.com", OURS[4])
    little.hear("192.0.2.99", "plain.example", WEB)
    assert len(little.answers.memory) == 0
    assert "timeout" not in little.set_of("answered4").partition("elements")[2]


def test_where_a_steered_site_is_its_name_is_read(little: Little) -> None:
    assert word(little.machines, PUPIL, "steered") == "internet"
    little.hear("", "plain.example", STEERED)  # nothing of ours: a stranger's name
    assert word(little.machines, PUPIL, "steered") == "internet"
    little.hear("", "facebook.com", STEERED, "10.1.0.5", "127.0.0.1")
    assert word(little.machines, PUPIL, "steered") == "https"
    assert little.answers.counts["steered"] == 1  # never the school's own addresses


def test_what_was_tried_is_written_down_once_with_its_sign(little: Little) -> None:
    for place, port in (("resolver", 853), ("web", 1080), ("web", 22)):
        assert word(little.machines, PUPIL, place, port) == "refused"
    found = {(row.host, row.signal, row.verdict, row.count) for row in little.attempts()}
    resolver = PLACES["resolver"][0]
    assert found == {
        (resolver, Signal.DOT_PORT, "block", 1),
        (WEB, Signal.VPN_PORT, "block", 1),
    }
    assert word(little.machines, PUPIL, "web", 22) == "refused"
    assert little.attempts() == []


def test_an_address_nobody_looked_up_is_a_sign_unless_the_answer_comes(little: Little) -> None:
    assert word(little.machines, PUPIL, "web", 9999) == "internet"
    assert word(little.machines, PUPIL, "other", 9999) == "internet"
    little.hear(PUPIL, "late.example", OTHER)
    (row,) = little.attempts()
    assert (row.host, row.signal, row.verdict) == (WEB, Signal.UNANSWERED, "allow")
    assert (row.layer, row.address, row.role) == (Layer.PACKET, PUPIL, "pupil")
    assert row.evidence == (
        f"Went to TCP port 9999 of {WEB}, which no look-up of this device had named."
    )


def test_of_many_tries_few_rows_are_made_and_none_is_lost(
    little: Little, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(little.tried, "_budget", Budget(rows=3))
    for place in PLACES:
        word(little.machines, PUPIL, place, 22)
    rows = little.attempts()
    assert len(rows) == 3
    assert sum(row.count for row in rows) == len(PLACES)
    assert f"as much of {len(PLACES) - 3} other addresses" in rows[-1].evidence


def test_sanctuary_is_left_open_and_unwritten(little: Little) -> None:
    host = SCHOOL.contents.sanctuary_domains[0]
    little.hear(PUPIL, host, WEB)
    assert WEB in little.set_of("sanctuary4")
    assert word(little.machines, PUPIL, "web", 22) == "refused"
    assert little.attempts() == []


def test_who_looks_up_nothing_for_long_is_a_sign(
    little: Little, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trying, "QUIET", 0.0)
    for place in ("web", "other", "third"):
        word(little.machines, PUPIL, place, 9999)
    rows = [row for row in little.attempts() if row.signal == Signal.NO_DNS]
    assert [(row.address, row.verdict) for row in rows] == [(PUPIL, "allow")]
    assert "3 addresses" in rows[0].evidence
