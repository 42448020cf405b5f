"""The try-out on a real gate: what it says is what sockets answer, and what is wrong is said."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from appliance import clock
from appliance.policy.snapshot import Snapshot
from appliance.publish.hold import Holder
from appliance.status import trial
from appliance.status.checks import Level
from appliance.status.running import Running, announced
from appliance.status.trial import Finding, Ground
from tests.appliance.cli.gate_process import Gate, free_ports, until, upstream

NETWORKS = {
    "Demo: pupils", "Demo: staff", "Demo: visitors", "Demo: staff with Wi-Fi permission",
    "Demo: this computer",
}  # fmt: skip


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    data = tmp_path_factory.mktemp("trial") / "data"
    with upstream() as resolver, Gate(data, resolver, "--rehearse", "2026-11-23T10:35") as made:
        yield made.ready()


@pytest.fixture
def ground(gate: Gate) -> Ground:
    holder = Holder(gate.data / "snapshot")
    holder.refresh()
    running = announced(gate.data)
    assert running is not None
    now = clock.now(holder.snapshot.contents.clock_offset)
    return Ground(
        running=running, snapshot=holder.snapshot, at=now.at, clock_trusted=True,
        root=gate.data / "ca" / "root.pem",
    )  # fmt: skip


def by_network(found: list[Finding]) -> dict[str, list[Finding]]:
    return {n: [f for f in found if f.network == n] for n in {f.network for f in found}}


def test_a_gate_at_work_is_found_to_work_on_every_network(ground: Ground) -> None:
    found = list(trial.every(ground))
    assert not [f for f in found if f.level is Level.RED], found
    networks = by_network(found)
    assert set(networks) == NETWORKS | {""}
    pupils = {f.about: f for f in networks["Demo: pupils"]}
    blocked = pupils["Facebook, blocked now (Break)"]
    assert blocked.level is Level.GOOD
    assert "page that says why" in blocked.words
    assert "7.1" in blocked.words
    assert pupils["Helpline"].level is Level.GOOD
    assert pupils["Ordinary site"].level is Level.GOOD
    visitors = networks["Demo: visitors"]
    assert any("says that there is no www.facebook.com" in f.words for f in visitors)


def test_what_the_policy_opens_but_no_internet_has_is_amber_with_what_to_do(ground: Ground) -> None:
    permitted = by_network(list(trial.every(ground)))["Demo: staff with Wi-Fi permission"]
    opened = next(f for f in permitted if "open now" in f.about)
    assert opened.level in (Level.AMBER, Level.GOOD)
    assert opened.level is Level.GOOD or opened.todo


def test_a_gate_that_answers_otherwise_than_the_policy_is_red(ground: Ground) -> None:
    """The same gate held against a snapshot in which nothing is blocked."""
    open_ = replace(ground.snapshot.contents, rules=())
    found = list(trial.every(replace(ground, snapshot=Snapshot(open_))))
    wrong = [f for f in found if f.level is Level.RED]
    assert {f.network for f in wrong} >= {"Demo: pupils", "Demo: visitors"}
    assert all(f.todo for f in wrong)


def test_faces_that_are_away_are_red(ground: Ground) -> None:
    dns, http, explicit = free_ports(3)
    away = Running(
        dns=("127.0.0.1", dns), http=("127.0.0.1", http), explicit=("127.0.0.1", explicit)
    )
    found = list(trial.gate(away))
    assert [f.level for f in found if f.about in ("DNS", "Proxy", "Browsers stay on this filter")
            ] == [Level.RED] * 3  # fmt: skip
    assert trial.gate(Running()).__next__().words == "DNS is switched off."


def test_a_network_without_an_address_of_ours_is_amber(ground: Ground) -> None:
    contents = ground.snapshot.contents
    far = replace(contents.networks[0], id="far", name="Far", prefixes=("198.51.100.0/24",))
    snapshot = Snapshot(replace(contents, networks=(far,)))
    found = by_network(list(trial.every(replace(ground, snapshot=snapshot))))["Far"]
    assert [f.level for f in found] == [Level.AMBER]
    assert "no address on it" in found[0].words


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"listen": 1}', '{"listen": "x", "dns": "y"}'])
def test_an_announcement_that_makes_no_sense_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "gate.json").write_text(text)
    assert announced(tmp_path) is None


def test_an_announcement_is_read_as_up_writes_it(gate: Gate) -> None:
    running = announced(gate.data)
    assert running is not None
    assert running.dns == ("127.0.0.1", gate.ports["dns"])
    assert running.explicit == ("127.0.0.1", gate.ports["proxy"])
    assert json.loads((gate.data / "run" / "gate.json").read_text())["upstreams"]


def test_a_resolver_that_does_not_answer_is_amber_not_red(tmp_path: Path) -> None:
    nobody = free_ports(1)[0]
    with Gate(tmp_path / "data", nobody, "--rehearse", "2026-11-23T09:00") as made:
        until(lambda: announced(tmp_path / "data") is not None)
        until(lambda: any("dns" in line.lower() for line in made.output))
        running = announced(tmp_path / "data")
        assert running is not None
        found = {f.about: f for f in trial.gate(running)}
        made.stop(signal.SIGTERM)
    assert found["Resolver behind the gate"].level is Level.AMBER
    assert found["Resolver behind the gate"].todo


def test_a_resolver_that_knows_no_name_is_not_blamed_on_the_gate(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As without an internet line: what stands behind the gate answers NXDOMAIN to everything."""
    monkeypatch.setattr(trial, "ORDINARY", trial.CANARY)  # a name to which the gate says NXDOMAIN
    network = ground.snapshot.contents.networks[0]
    (blamed,) = [f for f in trial.every(ground) if f.about == "Ordinary site"
                 and f.network == network.name]  # fmt: skip
    assert blamed.level is Level.RED
    nobody = replace(ground.running, upstreams=(("127.0.0.1", free_ports(1)[0]),))
    for found in trial.every(replace(ground, running=nobody)):
        assert found.level is not Level.RED, found
        if found.about == "Ordinary site":
            assert (found.level, found.todo) == (Level.AMBER, trial.NO_INTERNET)
