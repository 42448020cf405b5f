"""``bellgate explain`` and ``bellgate lists collisions`` name lists, entries and lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from appliance import clock
from appliance.cli import main
from appliance.cli.places import Places, Ports
from appliance.cli.setup import prepare
from appliance.lists.formats import Format
from appliance.lists.gather import gather
from appliance.publish.publisher import Publisher
from appliance.store import lists
from appliance.store.session import open_store

BREAK = "2026-11-23T10:35"
LISTS = {
    "adult": "# adults only\nb.example\nwww.gov.uk\n\nx.com\nboth.example\n",
    "games": "a.b.example\nboth.example\n",
    "illegal": "secret.example\n",
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gate")
    places = Places(folder / "data")
    prepare(places, Ports(), None, BREAK)
    store = open_store(places.database)
    with store.session() as session:
        for category, text in LISTS.items():
            with gather(text.splitlines(), Format.DOMAINS, folder) as gathered:
                lists.put(
                    session, f"my-{category}", category, gathered, source="test", at=clock.real()
                )
    Publisher(store, places.snapshot).publish(clock.real())
    store.close()
    return places.data


def run(data: Path, *words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--data", str(data)])


def explained(data: Path, what: str, client: str = "127.0.10.5") -> dict[str, Any]:
    done = run(data, "explain", what, "--client", client, "--json", "--at", BREAK)
    assert done.exit_code == 0, done.output
    return dict(json.loads(done.stdout))


def test_list_entry_and_line_are_named(data: Path) -> None:
    said = explained(data, "www.b.example")
    assert (said["verdict"], said["category"]) == ("block", "adult")
    assert said["lists"] == [
        {"list": "my-adult", "entry": "b.example", "line": 2, "category": "adult"}
    ]
    assert said["lists_passed_over"] == []
    text = run(data, "explain", "www.b.example", "--client", "127.0.10.5").stdout
    assert "my-adult, line 2: b.example (adult)" in text


@pytest.mark.parametrize(
    ("host", "counts", "passed_over"),
    [
        ("a.b.example", ["my-games"], {"my-adult": "longer"}),
        ("both.example", ["my-adult", "my-games"], {}),
        ("www.gov.uk", [], {"my-adult": "never_block"}),
        ("x.com", [], {"my-adult": "own"}),
        ("plain.example", [], {}),
    ],
)
def test_what_counts_and_what_is_passed_over(
    data: Path, host: str, counts: list[str], passed_over: dict[str, str]
) -> None:
    said = explained(data, host)
    assert sorted(one["list"] for one in said["lists"]) == counts
    assert {one["list"]: one["why"] for one in said["lists_passed_over"]} == passed_over
    text = run(data, "explain", host, "--client", "127.0.10.5").stdout
    assert ("passed over: " in text) is bool(passed_over)


def test_nothing_is_read_out_of_a_list_of_illegal_content(data: Path) -> None:
    said = explained(data, "www.secret.example")
    assert (said["reason"], said["rule"]) == ("illegal", "my-illegal")
    assert said["lists"] == [
        {"list": "my-illegal", "entry": None, "line": None, "category": "illegal"}
    ]
    text = run(data, "explain", "www.secret.example", "--client", "127.0.10.5").stdout
    assert "my-illegal, a list that keeps its names to itself" in text


def test_without_a_store_only_the_line_is_not_known(data: Path) -> None:
    database = Places(data).database
    away = database.rename(database.with_suffix(".away"))
    try:
        (named,) = explained(data, "www.b.example")["lists"]
        assert named == {"list": "my-adult", "entry": "b.example", "line": None,
                         "category": "adult"}  # fmt: skip
        database.write_bytes(b"this is no database" * 500)
        (named,) = explained(data, "www.b.example")["lists"]
        assert named["line"] is None
    finally:
        away.rename(database)


def test_collisions_are_told(data: Path) -> None:
    done = run(data, "lists", "collisions", "--json")
    assert json.loads(done.stdout) == [
        {"list_id": "my-adult", "name": "gov.uk", "entry": "www.gov.uk", "category": "adult",
         "closed": False},
    ]  # fmt: skip
    text = run(data, "lists", "collisions").stdout
    assert "www.gov.uk" in text
    assert "stays open" in text


def test_collisions_need_a_gate(tmp_path: Path) -> None:
    done = run(tmp_path, "lists", "collisions")
    assert done.exit_code == 2
    assert "no gate has published anything there" in done.output
