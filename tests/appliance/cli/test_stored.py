"""The commands on a gate's store: what they put there is what the next snapshot enforces."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from appliance import clock, policy_file
from appliance.cli import main, storing
from appliance.cli.places import Places, Ports
from appliance.cli.setup import prepare
from appliance.publish.publisher import Publisher
from appliance.store.session import open_store

BREAK = "2026-11-23T10:31"
DEFAULT = policy_file.TEMPLATES[0]


class Bench:
    """A data directory without any process, and the command on it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        prepare(Places(data), Ports(), None, BREAK)

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(main, [*words, "--data", str(self.data)])

    def json(self, *words: str) -> Any:
        done = self.run(*words, "--json")
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def publish(self) -> None:
        store = open_store(Places(self.data).database)
        Publisher(store, Places(self.data).snapshot).publish(clock.real())
        store.close()

    def verdict(self, url: str, client: str, *more: str) -> str:
        self.publish()
        return str(self.json("explain", url, "--client", client, *more)["verdict"])


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "data")


def test_a_grant_opens_and_a_revoked_one_does_not(bench: Bench) -> None:
    url, pupil = "https://www.youtube.com/", "127.0.10.5"
    assert bench.verdict(url, pupil) == "block"
    added = bench.json("grants", "add", "--service", "youtube", "--for", "role:pupil", "--until",
                       "lesson", "--reason", "Volcanoes", "--clause", "6.1")  # fmt: skip
    assert added["until"] == "2026-11-23T10:50:00+00:00"
    assert bench.verdict(url, pupil) == "allow"
    assert bench.verdict(url, pupil, "--at", "2026-11-23T10:50") == "block"
    assert [grant["id"] for grant in bench.json("grants", "list")] == [added["id"]]
    assert "Volcanoes" in bench.run("grants", "list").stdout
    assert bench.run("grants", "revoke", added["id"]).exit_code == 0
    assert bench.verdict(url, pupil) == "block"
    assert bench.json("grants", "list") == []
    assert bench.json("grants", "list", "--all")[0]["revoked_by"]
    again = bench.run("grants", "revoke", added["id"])
    assert (again.exit_code, again.stdout) == (2, "")


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--service", "nonesuch", "--for", "role:pupil", "--until", "today"), "nonesuch"),
        (("--service", "youtube", "--for", "role:wizard", "--until", "today"), "wizard"),
        (("--service", "youtube", "--for", "role:pupil", "--until", "2020-01-01"), "over already"),
        (("--for", "role:pupil", "--until", "today"), "exactly one of"),
        (("--url", "https://x.com/a/../b", "--for", "role:pupil", "--until", "today"), "path"),
        (("--host", "com", "--for", "role:pupil", "--until", "today"), "top-level"),
        (("--category", "illegal", "--for", "role:pupil", "--until", "today"), "no grant opens"),
        (
            ("--host", "x.com", "--for", "role:pupil", "--until", "today", "--method", "YELL"),
            "YELL",
        ),
        (("--host", "x.com", "--for", "role:pupil", "--until", "today", "--when", "tea"), "tea"),
    ],
)
def test_a_bad_grant_is_refused(bench: Bench, flags: tuple[str, ...], message: str) -> None:
    done = bench.run("grants", "add", "--reason", "r", *flags)
    assert done.exit_code == 2
    assert message in done.stderr
    assert bench.json("grants", "list") == []


def test_a_permission_needs_both_halves(bench: Bench) -> None:
    url, staff = "https://x.com/", "127.0.20.5"
    kept = bench.json("permissions", "permit", "staff_wifi", "--for", "role:staff",
                      "--reason", "Letter")  # fmt: skip
    assert kept["holds"] is False
    assert bench.verdict(url, staff) == "block"
    assert bench.json("permissions", "controls-applied", str(kept["id"]))["holds"] is True
    assert bench.verdict(url, staff) == "allow"
    assert "Letter" in bench.run("permissions", "list").stdout
    assert bench.run("permissions", "revoke", str(kept["id"])).exit_code == 0
    assert bench.verdict(url, staff) == "block"
    assert bench.run("permissions", "permit", "nonesuch", "--for", "role:staff",
                     "--reason", "r").exit_code == 2  # fmt: skip
    assert bench.run("permissions", "controls-applied", "999").exit_code == 2


def test_a_registered_device_is_known(bench: Bench) -> None:
    added = bench.json("devices", "add", "Office iPad", "--mac", "52-54-00-AA-BB-CC", "--address",
                       "127.0.20.9", "--school-owned", "--ca", "--role", "staff")  # fmt: skip
    assert added["id"] == "office-ipad"
    assert added["macs"] == ["52:54:00:aa:bb:cc"]
    bench.publish()
    said = bench.json("explain", "x.com", "--client", "127.0.20.9")
    assert (said["role"], said["device"], said["ownership"]) == ("staff", "office-ipad", "school")
    assert "Office iPad" in bench.run("devices", "list").stdout
    assert bench.run("devices", "remove", "office-ipad").exit_code == 0
    assert bench.json("devices", "list") == []
    assert bench.run("devices", "remove", "office-ipad").exit_code == 2


def test_a_randomised_mac_is_warned_of(bench: Bench) -> None:
    done = bench.run("devices", "add", "Phone", "--mac", "da:a1:19:00:00:01")
    assert done.stdout == "phone: registered.\n"
    assert "will not raise" in done.stderr
    quiet = bench.run("devices", "add", "iPad", "--mac", "00:1b:63:aa:bb:cc")
    assert quiet.stderr == "", "the example of the help"


@pytest.mark.parametrize(
    "flags", [("--mac", "zz"), (), ("--address", "home"), ("--mac", "52:54:00:aa:bb:cc", "--person",
              "nobody"), ("--mac", "52:54:00:aa:bb:cc", "--role", "wizard")]
)  # fmt: skip
def test_a_bad_device_is_refused(bench: Bench, flags: tuple[str, ...]) -> None:
    done = bench.run("devices", "add", "Thing", *flags)
    assert done.exit_code == 2
    assert done.stderr.startswith("Error: ")


def test_networks(bench: Bench) -> None:
    bench.json("networks", "add", "Classrooms", "10.1.0.0/16", "fd00:1::/64", "--role", "pupil",
               "--school-owned", "--ca")  # fmt: skip
    bench.publish()
    said = bench.json("explain", "x.com", "--client", "fd00:1::7")
    assert (said["network"], said["role"], said["trusts_ca"]) == ("classrooms", "pupil", True)
    ids = {network["id"] for network in bench.json("networks", "list")}
    assert {"classrooms", "demo-pupils"} <= ids
    assert bench.run("networks", "remove", "classrooms").exit_code == 0
    assert bench.run("networks", "remove", "classrooms").exit_code == 2
    assert bench.run("networks", "add", "X", "10.1.0.5/16", "--role", "pupil").exit_code == 2
    assert bench.run("networks", "add", "!!!", "10.1.0.0/16", "--role", "pupil").exit_code == 2


def test_lists(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "Chat sites.txt"
    file.write_text("chat.example\n0.0.0.0 other.example\n???\n")
    added = bench.json("lists", "add", str(file), "--category", "social_media")
    assert (added["id"], added["entries"], added["refused"]) == ("chat-sites", 2, 1)
    assert "chat-sites" in bench.run("lists", "list").stdout
    assert bench.run("lists", "remove", "chat-sites").exit_code == 0
    assert bench.run("lists", "remove", "chat-sites").exit_code == 2
    unknown = bench.run("lists", "add", str(file), "--category", "nonesuch")
    assert (unknown.exit_code, "there are:" in unknown.stderr) == (2, True)
    file.write_text("\n???\n")
    empty = bench.run("lists", "add", str(file), "--category", "social_media")
    assert empty.exit_code == 2
    assert f"{file}:2:" in empty.stderr


def test_another_policy(bench: Bench, tmp_path: Path) -> None:
    assert bench.json("policy", "use", "date-palm", "--reason", "new term")["source"] == "date-palm"
    bench.publish()
    assert bench.json("explain", "x.com", "--client", "127.0.40.5")["verdict"] == "block"
    file = tmp_path / "ours.yaml"
    file.write_text(policy_file.template_text(DEFAULT))
    assert bench.run("policy", "use", str(file), "--reason", "back").exit_code == 0
    assert bench.verdict("x.com", "127.0.40.5") == "allow"
    file.write_text("rules: []\nnonsense: 1\n")
    refused = bench.run("policy", "use", str(file), "--reason", "oops")
    assert refused.exit_code == 2
    assert f"{file}:2: nonsense" in refused.stderr
    assert bench.verdict("x.com", "127.0.40.5") == "allow"


def test_the_clock(bench: Bench) -> None:
    assert bench.json("clock")["rehearsal"] is True
    moved = bench.json("clock", "rehearse", "lunch")
    assert moved["at"] == "2026-11-23T12:10:00+00:00"
    bench.publish()
    assert bench.json("clock", "show")["at"].startswith("2026-11-23T12:10")
    assert "REHEARSAL" in bench.run("clock").stdout
    assert bench.json("clock", "real")["rehearsal"] is False
    bench.publish()
    assert "REHEARSAL" not in bench.run("clock").stdout
    assert bench.run("clock", "rehearse", "teatime").exit_code == 2


@pytest.mark.parametrize("moment", ["2026-09-07T10:31", "2027-07-05T10:31"])
def test_a_grant_holds_in_a_rehearsal_far_from_today(bench: Bench, moment: str) -> None:
    """Grants that ended are left out of snapshots after a while: by the gate's own time."""
    bench.json("clock", "rehearse", moment)
    bench.json("grants", "add", "--service", "youtube", "--for", "role:pupil", "--until",
               "lesson", "--reason", "r")  # fmt: skip
    assert bench.verdict("https://www.youtube.com/", "127.0.10.5") == "allow"


def test_policy_explain_speaks_of_the_policy_in_force(bench: Bench) -> None:
    bench.run("policy", "use", "clarendon-cottage", "--reason", "r")
    own = bench.json("policy", "explain")
    assert own == bench.json("policy", "explain", "clarendon-cottage")
    assert own != bench.json("policy", "explain", DEFAULT)


def test_a_second_start_carries_on(bench: Bench) -> None:
    places = Places(bench.data)
    first, code = prepare(places, Ports(web=8123), None, BREAK)
    assert first == f"Carrying on with the policy of {DEFAULT}."
    assert code.startswith("SET UP this gate: open http://127.0.0.1:8123/setup")
    with storing.read(bench.data) as session:
        assert storing.contents_now(session).contents.school.portal == "http://127.0.0.1:8123"
    said = prepare(places, Ports(), "date-palm", None)
    assert said[0] == f"The policy is now date-palm (it was {DEFAULT})."
    assert "The clock is real again." in said
    assert prepare(places, Ports(), "date-palm", None)[0] == (
        "Carrying on with the policy of date-palm."
    )


def test_nothing_is_on_record_yet(bench: Bench) -> None:
    assert bench.json("attempts") == []
    assert bench.run("attempts").stdout == "No attempts are on record.\n"
    assert bench.run("attempts", "--since", "whenever").exit_code == 2


@pytest.mark.parametrize(
    "words",
    [("grants", "list"), ("devices", "list"), ("networks", "list"), ("permissions", "list"),
     ("lists", "list"), ("attempts",), ("clock",), ("clock", "real")],
)  # fmt: skip
def test_without_a_gate_each_says_how_to_get_one(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = CliRunner().invoke(main, [*words, "--data", str(tmp_path / "none")])
    assert done.exit_code == 2
    assert "bellgate up" in done.stderr
    assert not (tmp_path / "none").exists()


def test_a_database_that_is_none_is_named(bench: Bench) -> None:
    Places(bench.data).database.write_bytes(b"nothing of the kind" * 999)
    done = bench.run("grants", "list")
    assert done.exit_code == 2
    assert "bellgate.db" in done.stderr
    assert "Traceback" not in done.output
