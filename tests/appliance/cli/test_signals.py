"""The command on signs: listed with reasons, shown with evidence, said of, weighed otherwise."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from appliance.attempts.visits import Changes, Entry
from appliance.circumvention.weights import shipped
from appliance.cli.places import Places
from appliance.store import attempts, audit
from appliance.store.session import open_store
from tests.appliance.cli.test_stored import Bench
from tests.builders import attempt

NOW = datetime.fromisoformat("2026-11-23T10:35:00+00:00")  # what the bench rehearses


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path / "data")
    write(made, "nordvpn.com", "protonvpn.com", "mullvad.net")
    write(made, "nordvpn.com", person="bob")
    return made


def write(bench: Bench, *hosts: str, person: str = "sam", **more: Any) -> None:
    values = {"reason": "circumvention", "category": "vpn", "role": "pupil", "service": "", **more}
    found = [
        attempt(host, at=NOW - timedelta(hours=n + 1), person=person, **values)
        for n, host in enumerate(hosts)
    ]
    store = open_store(Places(bench.data).database)
    with store.session() as session:
        attempts.write(session, Changes(tuple(map(Entry, found)), (), ()))
    store.close()


def told(bench: Bench) -> list[tuple[str, str, str, dict[str, Any]]]:
    store = open_store(Places(bench.data).database)
    with store.reading() as session:
        entries = [link.entry for link in audit.every(session)]
    store.close()
    return [
        (e.action, e.subject, e.reason, e.detail) for e in entries if e.action.startswith("signal.")
    ]


def test_who_waits_is_listed(bench: Bench) -> None:
    (sam,) = bench.json("signals", "list")
    assert (sam["client"], sam["level"], sam["ruling"]) == ("person:sam", "worth a look", None)
    assert sam["reasons"][0]["signal"] == "vpn_name"
    assert sam["reasons"][0]["occasions"] == 3
    every = bench.json("signals", "list", "--all")
    assert [one["client"] for one in every] == ["person:sam", "person:bob"]
    text = bench.run("signals", "list").stdout
    assert "Asked for a VPN by name: 3 times on 3 occasions" in text
    assert "bob" not in text


def test_one_is_shown_with_the_evidence(bench: Bench) -> None:
    write(bench, "192.0.2.1", signal="dot_port", category="", evidence="Tried TCP port 853")
    one = bench.json("signals", "show", "person:sam")
    assert len(one["evidence"]) == 4
    text = bench.run("signals", "show", "person:sam").stdout
    assert "Tried TCP port 853" in text
    assert "nordvpn.com" in text
    missing = bench.run("signals", "show", "person:nobody")
    assert (missing.exit_code, missing.stdout) == (2, "")
    assert "nothing is seen of 'person:nobody'" in missing.stderr


def test_it_is_said_what_they_are_and_taken_back(bench: Bench) -> None:
    said = ("signals", "rule", "person:sam")
    assert bench.json(*said, "seen", "--note", "We talked")["state"] == "seen"
    assert bench.json("signals", "list") == []
    assert bench.run("signals", "list").stdout == "Nobody waits for a look.\n"
    made = bench.json(*said, "false-alarm", "--until", "2026-12-18", "--note", "An app")
    assert (made["until"], made["kinds"]) == ("2026-12-19T00:00:00+00:00", ["vpn_name"])
    assert bench.run(*said, "withdraw").exit_code == 0
    assert len(bench.json("signals", "list")) == 1
    assert [(action, subject) for action, subject, _, _ in told(bench)] == [
        ("signal.seen", "person:sam"), ("signal.false_alarm", "person:sam"),
        ("signal.withdrawn", "person:sam"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("rule", "person:sam", "false-alarm", "--until", "2026-12-18"), "--note: say why"),
        (("rule", "person:sam", "false-alarm", "--note", "x"), "until: a false alarm has an end"),
        (("rule", "person:sam", "seen", "--until", "2026-12-18"), "until: "),
        (("rule", "person:sam", "false-alarm", "--note", "x", "--until", "2020-01-01"), "until: "),
        (("rule", "person:sam", "false-alarm", "--note", "x", "--until", "soon"), "--until: "),
        (("rule", "person:nobody", "seen"), "nothing is seen of"),
        (("rule", "person:sam", "withdraw"), "nothing was said of"),
        (("weights", "--set", "likely"), "'likely' is not NAME=NUMBER"),
        (("weights", "--set", "likely=nan"), "likely: 'nan' is not a number"),
        (("weights", "--set", "likely=much"), "'likely=much' is not NAME=NUMBER"),
        (("weights", "--set", "vpn=1"), "vpn: there is no such figure"),
        (("weights", "--set", "likely=1"), "likely: must not be below"),
        (("weights", "--set", "likely=9", "--reset"), "--reset: not together"),
    ],
)
def test_what_does_not_fit_is_bad_input(bench: Bench, words: tuple[str, ...], said: str) -> None:
    done = bench.run("signals", *words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
    assert told(bench) == []


def test_figures_are_shown_changed_and_put_back(bench: Bench) -> None:
    usual = bench.json("signals", "weights")
    assert usual == shipped().figures()
    changed = bench.json("signals", "weights", "--set", "vpn_name=0.5", "--set", "days=7")
    assert (changed["vpn_name"], changed["days"]) == (0.5, 7)
    assert bench.json("signals", "list") == []
    assert "comes as 1.5" in bench.run("signals", "weights").stdout
    assert bench.json("signals", "weights", "--reset") == usual
    assert [detail["changed"] for *_, detail in told(bench)] == [{"vpn_name": 0.5, "days": 7}, {}]
