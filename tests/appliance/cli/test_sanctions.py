"""Sanctions from the console: made, listed, lifted; sessions that open and end by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance import policy_file
from appliance.store import audit
from appliance.store.session import open_store
from tests.appliance.cli.test_stored import Bench

PIP = "127.0.10.60"
SITE = "https://www.example.org/"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A gate at break, 10:31 on a Monday, with a pupil's tablet and a shared device."""
    from appliance.policy.subjects import Device, Person
    from appliance.store import devices, people

    bench = Bench(tmp_path / "data")
    store = open_store(bench.data / "bellgate.db")
    with store.session() as session:
        people.add_person(session, Person(id="pip", name="P. Pupil", role="pupil"))
        people.add_person(session, Person(id="quinn", name="Q. Pupil", role="pupil"))
        devices.add(session, Device(id="tablet", name="Tablet", addresses=(PIP,), person="pip"))
    store.close()
    return bench


def told(bench: Bench) -> list[tuple[str, str, str]]:
    store = open_store(bench.data / "bellgate.db")
    with store.reading() as session:
        entries = [link.entry for link in audit.every(session)]
    store.close()
    return [(e.action, e.subject, e.reason) for e in entries if e.action.startswith("sanction.")]


def test_a_sanction_closes_and_a_session_opens_until_the_bell(bench: Bench) -> None:
    assert bench.verdict(SITE, PIP) == "allow"
    made = bench.json("sanctions", "add", "--for", "person:pip", "--until", "2026-11-27",
                      "--reason", "A VPN")  # fmt: skip
    assert (made["id"], made["until"], made["clause"], made["runs"]) == (
        "S1", "2026-11-28T00:00:00+00:00", "7.2", True,
    )  # fmt: skip
    assert bench.verdict(SITE, PIP) == "block"
    assert bench.verdict(SITE, PIP, "--at", "2026-11-27T23:59") == "block"
    assert bench.verdict(SITE, PIP, "--at", "2026-11-28T00:00") == "allow"
    assert bench.verdict("https://www.childline.org.uk/", PIP) == "allow"
    begun = bench.json("sanctions", "supervise", "S1", "--staff", "A. Teacher")
    assert (begun["until"], begun["on"]) == ("2026-11-23T10:50:00+00:00", "person:pip")
    assert bench.verdict(SITE, PIP) == "allow"
    assert bench.verdict("https://www.facebook.com/", PIP) == "block"  # as for every pupil
    assert bench.verdict(SITE, PIP, "--at", "2026-11-23T10:50") == "block"
    (listed,) = bench.json("sanctions", "list")
    assert [one["staff"] for one in listed["supervised"]] == ["A. Teacher"]
    assert "1: A. Teacher until 10:50" in bench.run("sanctions", "list").stdout
    assert bench.run("sanctions", "end", "1").exit_code == 0
    assert bench.verdict(SITE, PIP) == "block"
    assert bench.run("sanctions", "end", "1").exit_code == 2
    assert bench.json("sanctions", "lift", "S1", "--reason", "Talked") == {"lifted": "S1"}
    assert bench.verdict(SITE, PIP) == "allow"
    assert bench.json("sanctions", "list") == []
    (past,) = bench.json("sanctions", "list", "--all")
    assert (past["lifted_reason"], past["runs"]) == ("Talked", False)
    assert past["supervised"][0]["ended_by"].startswith("command:")
    assert told(bench) == [
        ("sanction.made", "person:pip", "A VPN"),
        ("sanction.supervision_begun", "person:pip", ""),
        ("sanction.supervision_ended", "person:pip", ""),
        ("sanction.lifted", "person:pip", "Talked"),
    ]


def test_one_device_of_a_person_may_be_supervised_alone(bench: Bench) -> None:
    bench.json("sanctions", "add", "--for", "person:pip", "--reason", "r")
    wrong = bench.run("sanctions", "supervise", "S1", "--staff", "A", "--device", "pc")
    assert "these are: tablet" in wrong.stderr
    begun = bench.json("sanctions", "supervise", "S1", "--staff", "A", "--device", "tablet")
    assert begun["on"] == "device:tablet"
    again = bench.run("sanctions", "supervise", "S1", "--staff", "B", "--device", "tablet")
    assert (again.exit_code, "A does so already" in again.stderr) == (2, True)


def test_who_is_known_by_no_device_is_warned_about(bench: Bench) -> None:
    done = bench.run("sanctions", "add", "--for", "person:quinn", "--reason", "r")
    assert done.exit_code == 0
    assert "no device is registered as quinn's" in done.stderr
    assert "until it is lifted" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "--for", "role:pupil", "--reason", "r"), "a person or a device"),
        (("add", "--for", "person:nobody", "--reason", "r"), "there is no person"),
        (("add", "--for", "person:pip", "--reason", " "), "--reason: say why"),
        (("add", "--for", "person:pip", "--until", "2020-01-01", "--reason", "r"), "over already"),
        (("add", "--for", "person:pip", "--until", "soon", "--reason", "r"), "--until"),
        (("add", "--for", "person:pip", "--clause", "99", "--reason", "r"), "no clause '99'"),
        (("lift", "S9", "--reason", "r"), "no sanction 'S9'"),
        (("supervise", "S9", "--staff", "A"), "no sanction 'S9'"),
        (("end", "7"), "no supervised session 7"),
        (("end", "9223372036854775807"), "no supervised session 9223372036854775807"),
        (("end", "99999999999999999999999"), "is not in the range"),
        (("end", "0"), "is not in the range"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    bench: Bench, words: tuple[str, ...], said: str
) -> None:
    done = bench.run("sanctions", *words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
    assert told(bench) == []


def test_one_of_the_policy_file_is_listed_and_changed_there(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "data")
    policy = tmp_path / "ours.yaml"
    text = policy_file.template_text("duffield-meadows")
    more = ("\ndevices:\n  pad-1: {name: Pad 1, addresses: [127.0.10.61]}\nsanctions:\n"
            "  - {id: term, who: 'device:pad-1', start: 2026-11-23T08:00, clause: '7.2'}\n"
            )  # fmt: skip
    policy.write_text(text + more, encoding="utf-8")
    done = bench.run("policy", "use", str(policy), "--reason", "r")
    assert done.exit_code == 0, done.output
    (listed,) = bench.json("sanctions", "list")
    assert (listed["id"], listed["of_policy_file"]) == ("term", True)
    lifted = bench.run("sanctions", "lift", "term", "--reason", "r")
    assert "stands in the policy file" in lifted.stderr
    assert bench.json("sanctions", "supervise", "term", "--staff", "A")["on"] == "device:pad-1"


def test_no_control_character_reaches_the_terminal(bench: Bench) -> None:
    bench.json("sanctions", "add", "--for", "person:pip", "--reason", "A \x1b[2JVPN\x9b")
    for staff in ("A\x1b[2J", "A\nB", "A\u2028B", "A" * 201):
        done = bench.run("sanctions", "supervise", "S1", "--staff", staff)
        assert (done.exit_code, done.stdout) == (2, "")
        assert "staff: " in done.stderr
        assert "\x1b" not in done.stderr
    begun = bench.run("sanctions", "supervise", "S1", "--staff", "A\u200dÉ " + "o" * 196)
    assert begun.exit_code == 0
    for words in (("sanctions", "list"), ("sanctions", "list", "--all"), ("audit", "show")):
        shown = bench.run(*words).stdout
        assert "VPN" in shown
        assert not {"\x1b", "\x9b", "\u200d"} & set(shown)


def test_a_device_under_a_sanction_stays_in_the_register(bench: Bench) -> None:
    bench.json("sanctions", "add", "--for", "device:tablet", "--reason", "r")
    done = bench.run("devices", "remove", "tablet")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "tablet is under S1: lift that first" in done.stderr
    assert [one["id"] for one in bench.json("devices", "list")] == ["tablet"]
    bench.json("sanctions", "lift", "S1", "--reason", "r")
    done = bench.run("devices", "remove", "tablet")
    assert (done.exit_code, done.stderr) == (0, "")


def test_who_loses_a_device_under_a_sanction_is_named(bench: Bench) -> None:
    bench.json("sanctions", "add", "--for", "person:pip", "--reason", "r")
    done = bench.run("devices", "remove", "tablet")
    assert (done.exit_code, done.stdout) == (0, "tablet: removed.\n")
    assert "pip is under S1, which holds on this device no more" in done.stderr
