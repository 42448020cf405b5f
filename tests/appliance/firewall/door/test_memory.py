"""What clients were answered: remembered for as long as they may use it, and bounded."""

from __future__ import annotations

import os

from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.firewall.door.kept import Kept
from appliance.firewall.door.memory import GRACE, HOSTS, LOST, Memory

PUPIL, PUPIL6, MAC = "10.10.0.5", "fd00:10::5", "00:16:3e:11:22:33"
PLACE, OTHER = bytes([93, 184, 100, 1]), bytes([93, 184, 100, 2])


def test_a_device_is_one_client_over_both_families() -> None:
    memory = Memory()
    who, texts = memory.heard(PUPIL, MAC, "a.example", [PLACE], 300, 0.0)
    assert (who, texts) == (MAC, ["93.184.100.1"])
    assert memory.hosts(PUPIL6, MAC, "93.184.100.1") == ("a.example",)
    assert memory.hosts(PUPIL6, None, "93.184.100.1") == ()
    assert memory.heard_at(PUPIL6, MAC) == 0.0
    assert memory.heard_at(PUPIL6, None) is None


def test_without_a_mac_the_address_is_the_client() -> None:
    memory = Memory()
    assert memory.heard(PUPIL, None, "a.example", [PLACE], 300, 0.0)[0] == PUPIL
    assert memory.hosts(PUPIL, MAC, "93.184.100.1") == ("a.example",)  # its MAC came later


def test_the_newest_name_of_an_address_is_the_last_and_old_ones_go() -> None:
    memory = Memory()
    for number in range(HOSTS + 3):
        memory.heard(PUPIL, MAC, f"n{number}.example", [PLACE], 300, 0.0)
    memory.heard(PUPIL, MAC, "n5.example", [PLACE], 300, 1.0)
    hosts = memory.hosts(PUPIL, MAC, "93.184.100.1")
    assert hosts[-1] == "n5.example"
    assert len(hosts) == HOSTS
    assert len(memory) == 1


def test_names_that_had_to_make_room_are_known_to_be_missing() -> None:
    memory = Memory()
    for number in range(HOSTS + 1):
        memory.heard(PUPIL, MAC, f"n{number}.example", [PLACE], 300, float(number))
    ((_, known),) = memory.every()
    assert known.hosts["93.184.100.1"][LOST] == 300 + GRACE
    again = Memory()
    again.take(memory.saved(), 1.0)
    ((_, restored),) = again.every()
    assert restored.hosts == known.hosts
    memory.forget(300 + GRACE)
    assert LOST not in known.hosts["93.184.100.1"]


def test_one_client_with_many_addresses_has_fewer_names_at_each() -> None:
    memory = Memory()
    for host in range(HOSTS):
        for place in range(0, 2000, 250):
            each = [bytes([1, 1, n // 250, n % 250]) for n in range(place, place + 250)]
            memory.heard(PUPIL, MAC, f"n{host}.example", each, 300, 0.0)
    ((_, known),) = memory.every()
    assert sum(map(len, known.hosts.values())) <= 2000 * 9


def test_who_lost_addresses_is_remembered_for_as_long_as_they_would_have_been() -> None:
    memory = Memory(most_of_one=1)
    memory.heard(PUPIL, MAC, "a.example", [PLACE], 600, 0.0)
    assert memory.overfull == {}
    memory.heard(PUPIL, MAC, "b.example", [OTHER], 300, 0.0)
    assert memory.overfull == {MAC: 600 + GRACE}
    memory.forget(600 + GRACE)
    assert memory.overfull == {}


def test_what_is_over_is_forgotten_name_by_name() -> None:
    memory = Memory()
    memory.heard(PUPIL, MAC, "short.example", [PLACE], 10, 0.0)
    memory.heard(PUPIL, MAC, "long.example", [PLACE], 1000, 0.0)
    memory.forget(10 + GRACE)
    assert memory.hosts(PUPIL, MAC, "93.184.100.1") == ("long.example",)
    memory.forget(1000 + GRACE)
    assert len(memory) == 0
    memory.forget(1000 + 2 * GRACE)
    assert list(memory.every()) == []


def test_one_client_cannot_fill_it_and_all_together_lose_who_was_silent_longest() -> None:
    memory = Memory(most=4, most_of_one=3)
    for number in range(5):
        memory.heard(PUPIL, MAC, "a.example", [bytes([1, 1, 1, number])], 300, 0.0)
    assert len(memory) == 3
    assert memory.hosts(PUPIL, MAC, "1.1.1.0") == ()
    memory.heard("10.10.0.6", None, "a.example", [PLACE, OTHER], 300, 1.0)
    assert len(memory) == 2
    assert memory.hosts(PUPIL, MAC, "1.1.1.4") == ()
    assert [who for who, _ in memory.every()] == ["10.10.0.6"]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 5), st.booleans(), st.integers(0, 3),
            st.lists(st.integers(0, 9), max_size=4), st.integers(0, 5000), st.booleans(),
        ),
        max_size=60,
    )
)  # fmt: skip
def test_its_size_is_always_what_it_holds(
    steps: list[tuple[int, bool, int, list[int], int, bool]],
) -> None:
    memory, now = Memory(most=12, most_of_one=5), 0.0
    for client, has_mac, host, places, ttl, over in steps:
        mac = f"00:16:3e:00:00:0{client}" if has_mac else None
        given_ = [bytes([1, 1, 1, place]) for place in places]
        memory.heard(f"10.0.0.{client}", mac, f"h{host}.example", given_, ttl, now)
        now += ttl / 2
        if over:
            memory.forget(now)
        held = sum(len(known.hosts) for _, known in memory.every())
        assert len(memory) == held
        assert all(len(known.hosts) <= 5 for _, known in memory.every())


def test_the_next_door_knows_what_the_last_one_kept() -> None:
    handle = os.memfd_create("test")
    try:
        memory = Memory()
        kept = Kept(handle, memory)
        memory.heard(PUPIL, MAC, "a.example", [PLACE], 86_400, 1e12)
        kept.keep()
        again = Memory()
        assert Kept(handle, again).restored
        assert not kept.restored  # there was nothing yet
        assert again.hosts(PUPIL, MAC, "93.184.100.1") == ("a.example",)
        assert len(again) == 1
    finally:
        os.close(handle)


@settings(deadline=None)  # it writes a file
@given(st.binary(max_size=60), st.integers(0, 80))
def test_what_was_broken_off_is_nothing(data: bytes, length: int) -> None:
    handle = os.memfd_create("test")
    try:
        os.pwrite(handle, length.to_bytes(8) + data, 0)
        memory = Memory()
        Kept(handle, memory)
        assert len(memory) == sum(len(known.hosts) for _, known in memory.every())
    finally:
        os.close(handle)


def test_nothing_to_keep_in_is_no_fault() -> None:
    Kept(None, Memory()).keep()
