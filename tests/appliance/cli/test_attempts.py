"""``bellgate attempts``: every field, every filter, and following the log."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from appliance import clock
from appliance.attempts.attempt import Attempt, Layer, Visit, attempt_of
from appliance.attempts.recorder import Recorder
from appliance.attempts.spool import Spool
from appliance.cli import main
from appliance.cli.places import Places
from appliance.cli.watching import Verdicts
from appliance.policy.engine import decide
from appliance.store import policies
from appliance.store.session import open_store
from tests.builders import HOUR, PUPIL, STAFF, query, snapshot


def attempt(what: str, who: str, when: str, **more: object) -> Attempt:
    asked = query(what, who, when)
    made = attempt_of(asked, decide(asked, snapshot()), Layer.HTTP, Visit.PAGE)
    assert made is not None
    return replace(made, **more)  # type: ignore[arg-type]


ROWS = (
    attempt("https://www.facebook.com/a", PUPIL, "09:10", person="ada", mac="52:54:00:aa:bb:cc"),
    attempt("https://x.com/b", STAFF, "10:35", groups=("team", "3B")),
    attempt("https://x.com/c", STAFF, "11:00"),
)


def record(data: Path, rows: Sequence[Attempt]) -> None:
    spool = Spool(data / "spool", "test")
    spool.append(rows)
    spool.close()
    store = open_store(data / "bellgate.db")
    Recorder(data / "spool", store).drain()
    store.close()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    from appliance.policy_file import TEMPLATES, template_text

    Places(tmp_path).make()
    store = open_store(tmp_path / "bellgate.db")
    with store.session() as session:
        text = template_text(TEMPLATES[0])
        policies.set_policy(session, text, TEMPLATES[0], "test", "test", clock.real())
    store.close()
    record(tmp_path, ROWS)
    return tmp_path


def listed(data: Path, *words: str) -> list[dict[str, Any]]:
    done = CliRunner().invoke(main, ["attempts", "--json", "--data", str(data), *words])
    assert done.exit_code == 0, done.output
    read = json.loads(done.stdout)
    assert isinstance(read, list)
    return read


def test_every_field_as_it_was_recorded(data: Path) -> None:
    first, second, _ = listed(data)
    kept = {field.name for field in fields(Attempt)} - {"period_kind"}
    assert set(first) == kept | {"id", "local", "lookups", "period_name"}
    assert (first["period"], first["period_name"]) == ("lesson", "Lesson 1")
    assert first["at"] == "2026-11-23T09:10:00.000Z"
    assert first["local"] == "2026-11-23T09:10:00+00:00"
    assert (first["person"], first["mac"]) == ("ada", "52:54:00:aa:bb:cc")
    assert first["url"] == "https://www.facebook.com/a"
    assert second["groups"] == ["team", "3B"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("--since", "2026-11-23T10:35"), ["/b", "/c"]),
        (("--until", "2026-11-23T10:35"), ["/a"]),
        (("--since", "2026-11-23T10:00", "--until", "2026-11-23T11:00"), ["/b"]),
        (("--person", "ada"), ["/a"]),
        (("--person", "nobody"), []),
        (("--role", "staff"), ["/b", "/c"]),
        (("--verdict", "allow"), ["/b"]),
        (("--limit", "2"), ["/b", "/c"]),
    ],
)
def test_filters(data: Path, words: tuple[str, ...], found: list[str]) -> None:
    assert [row["url"][-2:] for row in listed(data, *words)] == found


def test_the_table(data: Path) -> None:
    done = CliRunner().invoke(main, ["attempts", "--data", str(data)])
    lines = done.stdout.splitlines()
    assert lines[0].split()[:2] == ["TIME", "VERDICT"]
    assert "✖ blocked" in lines[1]
    assert "pupil ada" in lines[1]
    assert "✔ allowed" in lines[2]


def test_following_prints_each_new_one_once(data: Path) -> None:
    follow = subprocess.Popen(
        [sys.executable, "-m", "appliance.cli", "attempts", "--follow", "--json", "--data",
         str(data)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert follow.stdout is not None
    with follow.stdout as lines:
        assert [json.loads(lines.readline())["url"][-2:] for _ in ROWS] == ["/a", "/b", "/c"]
        record(data, [attempt("https://fb.com/d", PUPIL, "09:00")])  # rehearsed: an earlier time
        assert json.loads(lines.readline())["url"][-2:] == "/d"
        follow.send_signal(signal.SIGINT)
        assert lines.read() == ""
    assert follow.wait(10) == 0


def test_the_live_view_sees_what_is_new_and_survives_the_store(data: Path) -> None:
    with Verdicts(Places(data)) as verdicts:
        assert list(verdicts.new()) == []
        late = replace(ROWS[0], at=ROWS[0].at + 5 * HOUR, last=ROWS[0].at + 5 * HOUR)
        record(data, [late, replace(late, host="fb.com", at=late.at + timedelta(seconds=1))])
        assert [a.host for a in verdicts.new()] == ["www.facebook.com", "fb.com"]
        assert list(verdicts.new()) == []
