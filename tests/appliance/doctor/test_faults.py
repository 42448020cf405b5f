"""The self-test on a real gate, whole and broken: each fault is found, named, with what to do."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from appliance import clock
from appliance.doctor import advice
from appliance.doctor.ground import FilterSeen, Ground
from appliance.doctor.look import Looker
from appliance.doctor.result import Result, well
from appliance.doctor.trying import every
from appliance.identity import stand_in
from appliance.policy.model import Action
from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import Network, Role
from appliance.status.checks import Level
from tests.appliance.cli.gate_process import Gate, free_ports, until, upstream

TRIED = ("Library", "Demo: pupils", "Demo: visitors", "Demo: staff with Wi-Fi permission")
ELSEWHERE = "198.51.100.0/24"  # this machine has no address there


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    """A gate with a list of gambling sites and a network that this machine is not on."""
    data = tmp_path_factory.mktemp("doctor") / "data"
    with upstream() as resolver, Gate(data, resolver, "--rehearse", "2026-11-23T10:35") as made:
        made.ready()
        names = data / "names.txt"
        names.write_text("bets.example\nodds.example\n")
        added = made.command("lists", "add", str(names), "--category", "gambling")
        assert added.returncode == 0, added.stderr
        network = ("Library", ELSEWHERE, "--role", "pupil", "--school-owned", "--ca")
        assert made.command("networks", "add", *network).returncode == 0
        until(lambda: Looker(data)().snapshot.lists.find("bets.example"))
        version = Looker(data)().snapshot.contents.version
        until(lambda: made.enforced() >= version)
        yield made


@pytest.fixture
def look(gate: Gate) -> Looker:
    looker = Looker(gate.data)
    looker._samples = (("gambling", "bets.example"),)
    return looker


def changed(look: Callable[[], Ground], **more: object) -> Callable[[], Ground]:
    """Return a look at the same gate, held against a policy that it does not enforce."""

    def see() -> Ground:
        ground = look()
        contents = replace(ground.snapshot.contents, **more)  # type: ignore[arg-type]
        return replace(ground, snapshot=Snapshot(contents, ground.snapshot.lists))

    return see


def only(look: Callable[[], Ground], *networks: str) -> Callable[[], Ground]:
    """Return a look at the same gate, with fewer of its networks to try."""
    known = look().snapshot.contents.networks
    return changed(look, networks=tuple(one for one in known if one.name in networks))


def at(look: Callable[[], Ground], **where: object) -> Callable[[], Ground]:
    """Return a look at a gate that is said to listen elsewhere."""

    def see() -> Ground:
        ground = look()
        return replace(ground, running=replace(ground.running, **where))  # type: ignore[arg-type]

    return see


def one(found: list[Result], about: str, network: str = "") -> Result:
    return next(r for r in found if r.about == about and r.network == network)


def red(found: list[Result]) -> list[Result]:
    return [result for result in found if result.level is Level.RED]


def test_a_gate_at_work_is_well_on_every_network_also_where_this_machine_is_not(
    look: Looker,
) -> None:
    found = list(every(only(look, *TRIED)))
    assert not red(found), red(found)
    library = [r for r in found if r.network == "Library"]
    assert {r.role for r in library} == {"pupil"}
    assert {r.period_kind for r in library} == {"break"}
    assert one(found, "Facebook", "Library").found == "blocked"
    assert "the page says why" in one(found, "Facebook", "Library").words
    assert one(found, "Gambling", "Library").found == "blocked"
    assert one(found, "VPNs", "Library").found == "blocked"
    assert one(found, "Helpline", "Library").found == "open"
    assert one(found, "Safe search, Google", "Library").found == "safe search on"
    assert one(found, "Facebook", "Demo: visitors").found == "blocked"
    assert one(found, "X (Twitter)", "Demo: staff with Wi-Fi permission").found == "open"
    assert one(found, "Browsers stay on this filter").level is Level.GOOD


def test_it_leaves_nothing_in_the_log(gate: Gate, look: Looker) -> None:
    list(every(only(look, "Library", "Demo: visitors")))
    gate.curl("https://www.facebook.com/", "127.0.10.5")  # the one that is an attempt
    until(lambda: gate.json("attempts"))
    rows = gate.json("attempts")
    assert {row["address"] for row in rows} == {"127.0.10.5"}
    assert {row["host"] for row in rows} == {"www.facebook.com"}


def test_each_unwell_result_says_what_to_do(look: Looker) -> None:
    wrong = at(only(look, "Library"), explicit=("127.0.0.1", free_ports(1)[0]))
    for result in every(wrong):
        assert result.level in (Level.GOOD, Level.NOTE) or result.todo


def test_dns_that_is_down_is_named_at_once(look: Looker) -> None:
    found = list(every(at(look, dns=("127.0.0.1", free_ports(1)[0]))))
    assert one(found, "DNS").level is Level.RED
    assert one(found, "DNS").todo == advice.DNS_DOWN
    assert not [r for r in found if r.network]  # each network would wait for it


def test_a_proxy_that_is_down_is_named(look: Looker) -> None:
    gone = ("127.0.0.1", free_ports(1)[0])
    found = list(
        every(at(only(look, "Library", "Demo: pupils"), explicit=gone, http=gone, https=gone))
    )
    assert one(found, "Proxy").todo == advice.PROXY_DOWN
    assert one(found, "Block page's door").level is Level.RED
    facebook = one(found, "Facebook", "Library")
    assert (facebook.level, facebook.todo) == (Level.RED, advice.PROXY_DOWN)


def test_a_rule_that_the_gate_does_not_carry_out_is_named_as_a_leak(look: Looker) -> None:
    """Held against a policy in which nobody may have what staff have now."""
    strict = tuple(
        replace(rule, action=Action.BLOCK) if rule.permission else rule
        for rule in look().snapshot.contents.rules
    )
    found = list(every(changed(only(look, TRIED[-1]), rules=strict)))
    x = one(found, "X (Twitter)", "Demo: staff with Wi-Fi permission")
    assert (x.level, x.expected, x.todo) == (Level.RED, "blocked", advice.LEAK)


def test_what_the_gate_blocks_beyond_its_policy_is_named(look: Looker) -> None:
    found = list(every(changed(only(look, "Library"), rules=())))
    facebook = one(found, "Facebook", "Library")
    assert (facebook.level, facebook.expected, facebook.found) == (Level.RED, "open", "blocked")
    assert facebook.todo == advice.OVERBLOCK


def test_an_old_snapshot_is_named(look: Looker) -> None:
    newer = look().snapshot.contents.version + 1
    found = list(every(changed(only(look), version=newer)))
    assert one(found, "Newest policy").todo == advice.OLD


def test_a_missing_key_is_named_where_this_machine_is_on_no_network(
    gate: Gate, look: Looker
) -> None:
    key = gate.data / "run" / stand_in.FILE
    key.chmod(0o644)  # as good as none
    try:
        found = list(every(only(look, "Library", "Demo: pupils")))
    finally:
        key.chmod(0o600)
    untried = one(found, "From this network", "Library")
    assert (untried.level, untried.todo) == (Level.AMBER, advice.STAND_IN)
    # From loopback networks it still asks, by an address of its own.
    assert one(found, "Facebook", "Demo: pupils").level is Level.GOOD


def test_a_role_that_no_network_gives_is_said(look: Looker) -> None:
    roles = (*look().snapshot.contents.roles, Role(id="guest", name="Guest speaker", rank=5))
    found = list(every(changed(only(look, "Library"), roles=roles)))
    said = [r.level for r in found if (r.about, r.role) == ("Role", "guest")]
    assert said == [Level.NOTE]


def test_a_school_without_networks_is_red(look: Looker) -> None:
    found = list(every(changed(look, networks=())))
    assert one(found, "Networks").level is Level.RED


def test_a_rule_removed_that_leaves_harm_open_is_red_though_the_gate_obeys(
    gate: Gate, tmp_path: Path
) -> None:
    """The policy itself is broken: what must be closed for everybody is not."""
    text = gate.command("policy", "show", "duffield-meadows", data=False).stdout
    rules = [part for part in text.split("\n  - ") if "unsuitable" in part]
    rule = next(part for part in rules if "action: block" in part)
    ours = tmp_path / "ours.yaml"
    ours.write_text(text.replace("\n  - " + rule, "\n  # removed\n", 1))
    try:
        used = gate.command("policy", "use", str(ours), "--reason", "by mistake")
        assert used.returncode == 0, used.stderr
        done = gate.command("doctor")
    finally:
        gate.command("policy", "use", "duffield-meadows", "--reason", "as it was")
    assert done.returncode == 1
    assert "bets.example (Gambling) must be blocked, and the policy leaves it open" in done.stdout
    assert "The policy itself says so" in done.stdout


def test_a_locked_engine_without_its_lock_is_named(look: Looker) -> None:
    """Held against a policy whose engines have other twins than the gate leads to."""
    names = tuple(
        replace(name, strict="other.example", moderate="other.example")
        for name in look().snapshot.contents.safe_names
    )
    found = list(every(changed(only(look, "Library"), safe_names=names)))
    google = one(found, "Safe search, Google", "Library")
    assert (google.level, google.found) == (Level.RED, "safe search off")
    assert google.todo == advice.SAFE_SEARCH


def test_dns_and_proxy_that_hang_are_named(gate: Gate) -> None:
    """Real processes, stopped: the command says what is gone and exits with 1."""
    stopped = gate.children()
    os.kill(stopped["proxy"], signal.SIGSTOP)
    os.kill(stopped["dns"], signal.SIGSTOP)
    try:
        done = gate.command("doctor")
    finally:
        os.kill(stopped["dns"], signal.SIGCONT)
        os.kill(stopped["proxy"], signal.SIGCONT)
    assert done.returncode == 1
    assert "DNS does not answer" in done.stdout
    assert "The proxy does not answer" in done.stdout
    assert "What to do: DNS is down" in done.stdout


@pytest.mark.parametrize(
    ("good", "age", "level"),
    [(True, 0, Level.GOOD), (False, 0, Level.RED), (True, 3, Level.AMBER), (None, 0, Level.AMBER)],
)
def test_the_accredited_filter(look: Looker, good: bool | None, age: int, level: Level) -> None:
    def see() -> Ground:
        seen = None
        if good is not None:
            seen = FilterSeen(clock.real() - timedelta(days=age), good, "It answered so.")
        nobody: tuple[Network, ...] = ()
        contents = replace(look().snapshot.contents, networks=nobody)
        return replace(look(), filter_seen=seen, snapshot=Snapshot(contents))

    said = one(list(every(see)), "Accredited filter")
    assert said.level is level
    assert said.todo or level is Level.GOOD


def test_a_gate_that_is_down_is_named(tmp_path: Path) -> None:
    found = list(every(Looker(tmp_path)))
    assert not well(found)
    assert one(found, "DNS").todo == "Start the gate with `bellgate up`."
