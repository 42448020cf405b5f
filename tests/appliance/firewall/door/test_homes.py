"""Where network cards have lived: remembered past the change, and bounded."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.firewall.door import homes as living
from appliance.firewall.door.homes import MOST_OF_ONE, Homes
from appliance.firewall.door.rules import Seen
from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import Device
from tests.appliance.firewall.door.little_door import CLOSED, MAC, WEB, Little
from tests.appliance.firewall.door.test_rules import PUPIL, SCHOOL, word
from tests.appliance.firewall.test_reapplying import lives
from tests.builders import sanction

A, B = "00:16:3e:00:00:0a", "00:16:3e:00:00:0b"
HERE, THERE = "10.1.0.5", "fd00:1::5"


def test_a_card_that_goes_leaves_its_address_to_another() -> None:
    homes = Homes()
    first = {HERE: A, THERE: A, "fe80::1%lan1": A}
    assert homes.look(first) == set()
    assert homes.look(first) == set()  # the same object: nothing to look at
    assert homes.others_now(A, first) == []
    second = {HERE: B}
    assert homes.look(second) == {A}
    assert homes.of(A) == (HERE, THERE)
    assert homes.of(B) == (HERE,)
    assert homes.cards(HERE) == (A, B)
    assert homes.others_now(A, second) == [(HERE, B)]
    assert homes.look({}) == set()
    assert homes.others_now(A, {}) == []


def test_no_card_and_no_crowd_fills_it(monkeypatch: pytest.MonkeyPatch) -> None:
    homes = Homes()
    homes.look({f"10.1.0.{n}": A for n in range(MOST_OF_ONE + 5)})
    assert len(homes.of(A)) == MOST_OF_ONE
    assert HERE in homes.of(A)
    monkeypatch.setattr(living, "MOST", 1)
    homes.look({HERE: B, THERE: B})
    assert homes.of(A) == ()
    assert homes.of(B) in ((HERE,), (THERE,))


@pytest.mark.namespaces
def test_another_mac_keeps_nothing_open(little: Little) -> None:
    """Whether it is taken before the bell or after."""
    little.look(neighbours={PUPIL: MAC})
    little.hear(PUPIL, "plain.example", WEB)
    with little.machines.connected("pupils", PUPIL, WEB, 9999) as one:
        little.look(neighbours={PUPIL: "00:16:3e:aa:bb:cd"})
        assert lives(one)
        little.look(snapshot=CLOSED, afresh=False)
        assert not lives(one)
    little.look(snapshot=SCHOOL, afresh=False)
    assert word(little.machines, PUPIL, "web", 9999) == "internet"


@pytest.mark.namespaces
def test_who_takes_another_mac_is_judged_at_once(little: Little) -> None:
    """What was open to one card is not open to the next one at its address."""
    laptop = Device(id="laptop", name="A laptop", macs=("00:16:3e:aa:bb:cd",), role="pupil")
    school = replace(SCHOOL.contents, devices=(laptop,), sanctions=(sanction("device:laptop"),))
    little.look(snapshot=Snapshot(school), neighbours={PUPIL: MAC})
    little.hear(PUPIL, "plain.example", WEB)
    for mac, cut in ((MAC, False), (laptop.macs[0], True)):
        seen = replace(little.seen, neighbours={PUPIL: mac})

        def meet(seen: Seen = seen) -> None:
            little.answers.meet(seen)
            little.answers.step()

        little.machines.on_router(meet)
        assert (WEB in little.set_of("cut4")) is cut
        assert not little.answers.busy
    little.look(neighbours={PUPIL: MAC}, afresh=False)
    little.look(neighbours={PUPIL: laptop.macs[0]}, snapshot=SCHOOL, afresh=False)
    assert WEB not in little.set_of("cut4")
