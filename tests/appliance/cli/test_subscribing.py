"""Subscribing, updating and looking at lists by the command, from real sources on loopback."""

from __future__ import annotations

import fcntl
import json
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from appliance.cli import main, updating
from appliance.cli.places import Places
from tests.appliance.cli.test_stored import Bench
from tests.appliance.lists.list_server import ListServer, serving
from tests.appliance.refresh.conftest import names
from tests.appliance.refresh.test_filter_check import filtering, resolver

PUPIL, STAFF = "127.0.10.5", "127.0.20.5"


@pytest.fixture
def server() -> Iterator[ListServer]:
    with serving() as running:
        yield running


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("founded") / "data")


@pytest.fixture
def bench(founded: Bench) -> Iterator[Bench]:
    yield founded
    for one in founded.json("lists", "list"):
        if not one["id"].startswith("starter-"):
            assert founded.run("lists", "remove", one["id"]).exit_code == 0


def subscribe(bench: Bench, server: ListServer, *more: str) -> Result:
    flags = more or ("--category", "adult", "--id", "bad", "--format", "domains")
    return bench.run("lists", "subscribe", server.url, *flags)


def presets(*more: str) -> str:
    done = CliRunner().invoke(main, ["lists", "presets", *more])
    assert done.exit_code == 0
    return done.stdout


def test_presets_are_listed_with_their_licence() -> None:
    assert "CC BY-SA 4.0" in presets()
    found = {one["id"]: one for one in json.loads(presets("--json"))}
    assert found["ut1-adult"]["format"] == "ut1"
    few = json.loads(presets("--category", "games", "--json"))
    assert {one["category"] for one in few} == {"games"}


def test_a_preset_is_subscribed_to_by_its_id(bench: Bench) -> None:
    added = bench.json("lists", "subscribe", "ut1-dating", "--every", "48")
    assert (added["list_id"], added["every"], added["preset"]) == ("ut1-dating", 48, "ut1-dating")
    assert "Licence: CC BY-SA 4.0" in bench.run("lists", "subscribe", "ut1-ai").stdout
    again = bench.run("lists", "subscribe", "ut1-dating")
    assert (again.exit_code, "already" in again.stderr) == (2, True)
    shown = bench.json("lists", "show", "ut1-dating")
    assert (shown["state"], shown["fetch"]["state"], shown["entries"]) == ("waiting", "waiting", 0)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nonesuch",), "no preset"),
        (("https://lists.example/a.txt",), "--category"),
        (("https://lists.example/a.txt", "--category", "nonesuch"), "category"),
        (("https://lists.example/a.txt", "--category", "adult", "--format", "xml"), "format"),
        (("ftp://lists.example/a.txt", "--category", "adult"), "address"),
        (("https://lists.example/a.txt", "--category", "adult", "--every", "0"), "--every"),
        (("https://lists.example/a.txt", "--category", "adult", "--most-change", "7"), "change"),
    ],
)
def test_what_cannot_be_subscribed_to(bench: Bench, words: tuple[str, ...], message: str) -> None:
    done = bench.run("lists", "subscribe", *words)
    assert done.exit_code == 2
    assert message in done.stderr


def test_a_list_is_fetched_enforced_held_and_accepted(bench: Bench, server: ListServer) -> None:
    assert subscribe(bench, server).exit_code == 0
    server.text("unheard-of.example\nnot a name\n" + names(99), ETag='"1"')
    done = bench.run("lists", "update")
    assert (done.exit_code, done.stdout) == (
        0, "bad: 100 names in adult. 1 lines were no names.\n"
    )  # fmt: skip
    assert bench.verdict("https://unheard-of.example/", PUPIL) == "block"
    assert bench.verdict("https://deep.unheard-of.example/", STAFF) == "block"
    assert "starter-adult" not in {one["id"] for one in bench.json("lists", "list")}
    server.text(names(3))
    held = bench.run("lists", "update", "bad")
    assert held.exit_code == 1
    assert "It had 100 names and now has 3: kept the old one." in held.stdout
    assert bench.verdict("https://unheard-of.example/", PUPIL) == "block"
    shown = bench.run("lists", "show", "bad").stdout
    assert "n10.example" in shown
    assert "line 2: " not in shown, "the lines are of what was fetched last"
    assert "--accept" in shown
    assert bench.json("lists", "show", "bad")["fetch"]["gone"] == 97
    assert bench.run("lists", "update", "bad", "--accept").exit_code == 0
    assert bench.verdict("https://unheard-of.example/", PUPIL) == "allow"
    nothing = bench.run("lists", "update", "bad", "--accept")
    assert (nothing.exit_code, "nothing is held" in nothing.stderr) == (2, True)


def test_a_source_that_fails_is_said(bench: Bench, server: ListServer) -> None:
    subscribe(bench, server)
    server.answer = lambda request: request.head(404, Content_Length="0")
    done = bench.run("lists", "update", "bad")
    assert (done.exit_code, "FAILED" in done.stdout, "404" in done.stdout) == (1, True, True)
    found = json.loads(bench.run("lists", "update", "bad", "--json").stdout)
    assert (found[0]["id"], found[0]["state"], "accept" in found[0]) == ("bad", "failed", False)
    assert bench.run("lists", "update", "nonesuch").exit_code == 2
    assert bench.run("lists", "update", "--accept").exit_code == 2
    assert bench.run("lists", "show", "nonesuch").exit_code == 2


def test_while_the_gate_fetches_the_command_waits(
    bench: Bench, server: ListServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(updating, "PATIENCE", 0.1)
    monkeypatch.setattr(updating, "_TURN", 0.05)
    subscribe(bench, server)
    work = Places(bench.data).lists
    work.mkdir(exist_ok=True)
    with (work / "lock").open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        done = bench.run("lists", "update", "bad")
    assert (done.exit_code, "right now" in done.stderr) == (2, True)


def test_lists_of_any_format_are_added_from_a_file(bench: Bench, tmp_path: Path) -> None:
    rules = tmp_path / "rules.txt"
    rules.write_text("||ads.example^\n@@||good.ads.example^\n! a comment\n")
    added = bench.json(
        "lists", "add", str(rules), "--category", "adult", "--format", "adblock", "--id", "rules"
    )
    assert (added["entries"], added["exceptions"]) == (1, 1)
    packed = tmp_path / "warez.tar.gz"
    with tarfile.open(packed, "w:gz") as tar:
        for name, body in (
            ("warez/domains", b"a.example\nb.example\n"),
            ("warez/urls", b"c.e/x\n"),
        ):
            info = tarfile.TarInfo(name)
            info.size = len(body)
            tar.addfile(info, BytesIO(body))
    found = bench.json("lists", "add", str(packed), "--category", "piracy")
    assert (found["id"], found["entries"]) == ("warez", 2)
    wrong = bench.run("lists", "add", str(rules), "--category", "adult", "--format", "xml")
    assert (wrong.exit_code, "--format" in wrong.stderr) == (2, True)


def test_names_of_the_illegal_class_are_never_printed(
    bench: Bench, server: ListServer, tmp_path: Path
) -> None:
    file = tmp_path / "licensed.txt"
    file.write_text("hidden-name.example\nhidden words here\n")
    added = bench.run("lists", "add", str(file), "--category", "illegal", "--json")
    assert json.loads(added.stdout)["hashed"] is True
    server.text("hidden-name.example\nhidden words here\n")
    subscribe(bench, server, "--category", "illegal", "--id", "iwf")
    said = added.output + "".join(
        bench.run("lists", *words).output
        for words in (("update", "iwf"), ("show", "iwf"), ("show", "licensed", "--json"),
                      ("list",), ("list", "--json"))
    )  # fmt: skip
    assert "hidden" not in said
    assert bench.verdict("https://hidden-name.example/", STAFF) == "block"
    file.write_text("hidden words here\n")
    refused = bench.run("lists", "add", str(file), "--category", "illegal")
    assert refused.exit_code == 2
    assert "hidden" not in refused.output


def test_the_first_start_closes_the_best_known_names(bench: Bench) -> None:
    assert bench.verdict("https://www.bet365.com/", PUPIL) == "block"
    assert bench.verdict("https://www.bet365.com/", STAFF) == "block"
    assert bench.verdict("https://www.bbc.co.uk/", PUPIL) == "allow"


def test_the_filter_is_asked_for(bench: Bench) -> None:
    unset = bench.run("lists", "check-filter", "--upstream", "127.0.0.1:1")
    assert (unset.exit_code, "No test name" in unset.stdout) == (1, True)
    with resolver(filtering("NXDOMAIN")) as there, resolver(filtering("192.0.2.9")) as gone:
        upstream = ("--upstream", f"127.0.0.1:{there[1]}")
        good = bench.run("lists", "check-filter", "--test", "blocked.filter.example", *upstream)
        assert (good.exit_code, "blocks blocked.filter.example" in good.stdout) == (0, True)
        bad = bench.run("lists", "check-filter", "--upstream", f"127.0.0.1:{gone[1]}", "--json")
        assert (bad.exit_code, json.loads(bad.stdout)["good"]) == (1, False)
        page = bench.run(
            "lists", "check-filter", "--test", "a.example=192.0.2.9", "--upstream",
            f"127.0.0.1:{gone[1]}",
        )  # fmt: skip
        assert page.exit_code == 0
    assert bench.run("lists", "check-filter", "--test", "a.example=nowhere").exit_code == 2
    assert bench.run("lists", "check-filter").exit_code == 2, "no gate says whom it asks"
    assert bench.run("lists", "check-filter", "--forget").exit_code == 0
