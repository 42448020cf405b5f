"""The command on look-alikes: decided, undone, written down, and enforced like any list."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from appliance import clock
from appliance.cli.places import Places
from appliance.publish.publisher import Publisher
from appliance.store import audit, look_alikes
from appliance.store.session import open_store
from tests.appliance.cli.test_stored import Bench

SITE, PUPIL = "faceb00k.example", "127.0.10.5"


class WholeBench(Bench):
    """Publishes lists at once, where the core would build them beside other things."""

    def publish(self) -> None:
        store = open_store(Places(self.data).database)
        Publisher(store, Places(self.data).snapshot).publish(clock.real())
        store.close()


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = WholeBench(tmp_path / "data")
    store = open_store(Places(made.data).database)
    with store.session() as session:
        seen = look_alikes.Seen(
            site=SITE, names=(SITE,), clients=4, score=95, service="facebook",
            reasons=("It looks like it.",), held=True,
        )  # fmt: skip
        look_alikes.put(session, seen, clock.real())
        look_alikes.hold(session, clock.real())
    store.close()
    return made


def actions(bench: Bench) -> list[tuple[str, str, str]]:
    store = open_store(Places(bench.data).database)
    with store.reading() as session:
        found = [
            (link.entry.action, link.entry.subject, link.entry.reason)
            for link in audit.every(session)
            if link.entry.action.startswith("look_alike.")
        ]
    store.close()
    return found


def test_an_open_one_follows_the_setting_for_unclassified_platforms(bench: Bench) -> None:
    assert [one["site"] for one in bench.json("look-alikes", "list")] == [SITE]
    assert bench.verdict(f"https://{SITE}/", PUPIL) == "block"
    said = bench.json("explain", f"https://{SITE}/", "--client", PUPIL)
    assert said["reason"] == "category_rule"
    assert "It looks like it." in bench.run("look-alikes", "list").output


def test_a_dismissed_one_is_open_and_can_be_put_up_again(bench: Bench) -> None:
    done = bench.json("look-alikes", "dismiss", SITE, "--note", "Our maths club.")
    assert done["state"] == "dismissed"
    assert bench.verdict(f"https://{SITE}/", PUPIL) == "allow"
    assert "No name waits" in bench.run("look-alikes", "list").output
    assert "dismissed" in bench.run("look-alikes", "list", "--state", "all").output
    bench.json("look-alikes", "reopen", SITE)
    assert bench.verdict(f"https://{SITE}/", PUPIL) == "block"
    assert actions(bench) == [
        ("look_alike.dismissed", SITE, "Our maths club."), ("look_alike.reopened", SITE, ""),
    ]  # fmt: skip


def test_a_classified_one_is_what_its_category_is(bench: Bench) -> None:
    assert "put into web_proxy" in bench.run("look-alikes", "classify", SITE, "web_proxy").output
    assert bench.verdict(f"https://www.{SITE}/", PUPIL) == "block"
    said = bench.json("explain", f"https://www.{SITE}/", "--client", PUPIL)
    assert said["reason"] == "circumvention"
    kept = {one["id"] for one in bench.json("lists", "list")}
    assert "own-web_proxy" in kept
    assert look_alikes.HELD not in kept


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("classify", SITE, "illegal"), "takes no names"),
        (("classify", SITE, "nonsense"), "takes no names"),
        (("classify", "other.example", "chat"), "never put"),
        (("reopen", SITE), "open already"),
        (("judge", "not a name"), "no host name"),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(
    bench: Bench, words: tuple[str, ...], said: str
) -> None:
    done = bench.run("look-alikes", *words)
    assert done.exit_code == 2
    assert said in done.output.replace("which no host name can", "no host name")
    assert [one["state"] for one in bench.json("look-alikes", "list")] == ["open"]


def test_any_name_can_be_judged(bench: Bench) -> None:
    done = bench.run("look-alikes", "judge", "my-tiktok.example")
    assert (done.exit_code, "“my” added" in done.output) == (0, True)
    fine = bench.run("look-alikes", "judge", "www.tiktok.com", "--json")
    assert fine.exit_code == 1
    assert json.loads(fine.stdout) == {"name": "www.tiktok.com", "resemblance": None}
