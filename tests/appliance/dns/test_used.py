"""Which queries are told to the feed: names nobody classified, by whoever is answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.identity import stand_in
from appliance.look_alikes import feed
from appliance.look_alikes.use import clients
from appliance.policy.domains import ListMatch
from tests.appliance.dns.gate import (
    PUPIL,
    STAFF,
    STRANGER,
    FixedHolder,
    Gate,
    by_tcp,
    eventually,
    gate,
    query,
    school,
)
from tests.appliance.dns.nanonameserver import NanoNameServer
from tests.appliance.look_alikes.salt import fixed_salt
from tests.builders import at

HOST = "www.example.com"


def told(run: Path) -> dict[str, int]:
    """Return about how many clients each host had; the worker writes when it ends."""
    found: dict[str, int] = {}
    for path in feed.waiting(run):
        for host, bits in feed.read(path)[1].items():
            found[host] = found.get(host, 0) | bits
    return {host: clients(bits) for host, bits in found.items()}


def working(nano: NanoNameServer, run: Path, **more: object) -> Gate:
    return Gate(FixedHolder(school(**more)), [nano.address], run=run)  # type: ignore[arg-type]


def test_each_client_counts_once_by_miss_by_shelf_and_by_tcp(
    nano: NanoNameServer, tmp_path: Path
) -> None:
    fixed_salt(tmp_path, at("09:30").date())
    worker = working(nano, tmp_path, now=at("09:30"))
    for last in (5, 6, 7, 7, 7):  # the first asks upstream, the next are answered from the shelf
        worker.ask(HOST, source=f"127.0.10.{last}")
    by_tcp(worker.address, query(HOST), query(HOST), source="127.0.20.9")
    worker.stop()
    assert len(nano.asked) == 1
    assert told(tmp_path) == {HOST: 4}


def test_what_is_written_is_for_the_school_s_day(nano: NanoNameServer, tmp_path: Path) -> None:
    worker = working(nano, tmp_path, now=at("09:30"))
    worker.ask(HOST, source=PUPIL)
    worker.stop()
    (path,) = feed.waiting(tmp_path)
    assert feed.read(path)[0] == at("09:30").date()


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("facebook.com", PUPIL),  # refused or steered
        ("x.com", STAFF),  # a service, whatever is said of it
        ("cloaked.childline.org.uk", PUPIL),  # sanctuary leaves no trace
        ("cloaked.example.com", PUPIL),  # leads to a blocked name
        ("nothing.example.com", PUPIL),  # there is no such name
        (HOST, STRANGER),  # not one of the school's clients
        ("resolver.arpa", PUPIL),
    ],
)
def test_nothing_is_told_of(nano: NanoNameServer, tmp_path: Path, name: str, source: str) -> None:
    worker = working(nano, tmp_path)
    worker.ask(name, source=source)
    worker.stop()
    assert told(tmp_path) == {}


class Listed:
    """One list, in a category that no rule speaks of, or in that of the unclassified."""

    def __init__(self, category: str) -> None:
        self.category = category

    def find(self, host: str) -> tuple[ListMatch, ...]:
        return (ListMatch(self.category, "list", host),) if host == HOST else ()


@pytest.mark.parametrize(
    ("category", "counts"), [("games", {}), ("unclassified_social", {HOST: 1})]
)
def test_what_a_list_classified_is_known(
    nano: NanoNameServer, tmp_path: Path, category: str, counts: dict[str, int]
) -> None:
    worker = Gate(FixedHolder(school(), Listed(category)), [nano.address], run=tmp_path)
    worker.ask(HOST, source=PUPIL)
    worker.stop()
    assert told(tmp_path) == counts


def test_the_self_test_is_nobody(nano: NanoNameServer, tmp_path: Path) -> None:
    stand_in.make(tmp_path)
    worker = working(nano, tmp_path)
    said = stand_in.saying(tmp_path, PUPIL)
    assert said is not None
    worker.ask(HOST, source="127.0.0.1", options=[(stand_in.EDNS_OPTION, said)])
    worker.stop()
    assert len(nano.asked) == 1
    assert told(tmp_path) == {}


def test_a_folder_that_cannot_be_written_stops_no_answer(
    nano: NanoNameServer, tmp_path: Path
) -> None:
    (tmp_path / feed.FOLDER).write_text("in the way", encoding="ascii")
    with gate(FixedHolder(school()), [nano.address], run=tmp_path) as worker:
        assert worker.ask(HOST, source=PUPIL).rr
        assert worker.ask(HOST, source=STAFF).rr


def test_it_is_written_now_and_then(
    nano: NanoNameServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.dns.server.TELL", 1)
    with gate(FixedHolder(school()), [nano.address], run=tmp_path) as worker:
        worker.ask(HOST, source=PUPIL)
        eventually(lambda: told(tmp_path) == {HOST: 1})
