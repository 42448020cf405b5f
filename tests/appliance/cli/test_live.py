"""What ``up`` shows: true lines to paste, verdicts with word and symbol, the rehearsal loudly."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from appliance import clock
from appliance.attempts.attempt import Attempt, Layer, Visit, attempt_of
from appliance.cli import live, opening, rows
from appliance.cli.live import LiveView, PlainView
from appliance.cli.places import Places, Ports
from appliance.cli.supervisor import Child, Program
from appliance.cli.up import Options
from appliance.policy.engine import decide
from appliance.publish import files
from appliance.status.checks import Check, Level
from tests.builders import PUPIL, STAFF, at, contents, query, snapshot

ALL_WELL = [Check("dns", Level.GOOD, "DNS answers."), Check("clock", Level.NOTE, "REHEARSAL")]


@pytest.fixture
def options(tmp_path: Path) -> Options:
    return publish(tmp_path, offset=(at("09:30") - clock.real()).total_seconds())


def publish(data: Path, offset: float) -> Options:
    places = Places(data)
    places.make()
    made = contents(built_at=clock.real(), clock_offset=offset)
    files.point(places.snapshot, files.write(places.snapshot, files.Published(made)))
    return Options(
        places=places, ports=Ports(), upstreams=(("192.0.2.1", 53),), upstream_ca=None, workers=1
    )


def attempt(what: str, who: str, when: str, **more: object) -> Attempt:
    asked = query(what, who, when)
    made = attempt_of(asked, decide(asked, snapshot()), Layer.HTTP, Visit.PAGE)
    assert made is not None
    return replace(made, **more)  # type: ignore[arg-type]


BLOCKED = attempt("https://www.facebook.com/", PUPIL, "09:30")
ALLOWED = attempt("https://x.com/school", STAFF, "10:35", count=3)


def drawn(view: LiveView) -> str:
    text = view._console.file
    assert isinstance(text, io.StringIO)
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text.getvalue())


def terminal(view: LiveView, width: int = 110, height: int = 30) -> LiveView:
    view._console = Console(
        file=io.StringIO(), force_terminal=True, width=width, height=height, highlight=False,
        markup=False,
    )  # fmt: skip
    view._live.console = view._console
    return view


@pytest.mark.parametrize("width", [80, 110, 200])
def test_the_live_view(options: Options, width: int) -> None:
    view = terminal(LiveView(options), width)
    children = [Child(Program("dns", ())), Child(Program("proxy", ()))]
    with view:
        view.opening(["First start."])
        view.line("proxy", "was ended by SIGKILL\x1b[2J")
        view.show([BLOCKED, ALLOWED], ALL_WELL, children)
        view.closing()
    text = drawn(view)
    assert "REHEARSAL" in text
    assert "Monday 23 November 2026, 09:30, Lesson 1" in text.replace("\n", " ") or width == 80
    assert "✖ blocked" in text
    assert "✔ allowed" in text
    assert "next bell in 59:" in text or "next bell in 1:00:00" in text
    assert "✖ dns starts again" in text
    assert "all well" not in text
    line = next(line for line in text.splitlines() if "curl" in line and "facebook" in line)
    assert line.endswith("https://www.facebook.com/"), "lines to paste are never folded"


def test_the_live_view_while_it_starts_and_when_all_is_well(options: Options) -> None:
    view = terminal(LiveView(options))
    with view:
        view.opening([])
        view.show([], [], [])
        assert "starting ..." in drawn(view)
        view.show([], ALL_WELL, [])
        assert "✔ all well" in drawn(view)
        view.show([], [Check("dns", Level.RED, "DNS is silent.")], [])
        assert "✖ dns" in drawn(view)
    assert "waiting for the first visit" in drawn(view)


def test_a_small_terminal_shows_the_newest(options: Options) -> None:
    view = terminal(LiveView(options), height=14)
    many = [replace(BLOCKED, host=f"h{n}.example", url="") for n in range(live.SHOWN)]
    with view:
        view.opening([])
        view.show(many, ALL_WELL, [])
    text = drawn(view)
    assert f"h{live.SHOWN - 1}.example" in text
    assert "h0.example" not in text


def test_the_plain_view(options: Options, capsys: pytest.CaptureFixture[str]) -> None:
    view = PlainView(options)
    with view:
        view.opening(["First start."])
        view.show([], [Check("dns", Level.RED, "DNS is silent.")], [])
        assert "Ready" not in capsys.readouterr().out
        view.show([BLOCKED], ALL_WELL, [])
        view.show([], [Check("dns", Level.RED, "DNS is silent.")], [])
        view.show([], [Check("dns", Level.RED, "DNS is silent.")], [])
        view.line("dns", "said")
        view.closing()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("2026-11-23 09:30:00  ✖ blocked  pupil 10.1.0.5")
    assert lines[1] == "Ready. Ctrl-C stops it."
    assert lines[2:] == ["red: DNS is silent.", "[dns] said", "Stopping."]


def test_the_opening_without_a_rehearsal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with PlainView(publish(tmp_path, offset=0.0)) as view:
        view.opening([])
    text = capsys.readouterr().out
    assert "REHEARSAL" not in text
    assert "Clock: " in text


def test_what_to_try_says_what_the_engine_says(options: Options) -> None:
    snap = snapshot()
    said = opening.tries(options, snap, at("10:35"))
    assert len(said) == 3
    assert said[0].line.startswith("curl --interface 127.0.10.5 --connect-to ::127.0.0.1:8443")
    assert said[0].line.endswith(" https://www.facebook.com/")
    assert "blocked, and the page says why (LS 7.1)" in said[0].shows
    assert said[2].line.endswith("bellgate attempts")
    assert str(options.places.data) in said[2].line


def test_rows_never_rely_on_colour_and_never_steer_the_terminal() -> None:
    assert rows.mark(BLOCKED)[0] == "✖ blocked"
    assert rows.mark(ALLOWED)[0] == "✔ allowed"
    assert rows.what(ALLOWED) == "https://x.com/school  ×3"
    odd = replace(BLOCKED, url="https://x.example/\x1b[2J\r", device_name="\x07bell")
    assert rows.line(odd, "Europe/London").isprintable()
    assert rows.why(replace(BLOCKED, reason="sanction"), "LS") == "LS 7.1, sanction"
    assert rows.why(BLOCKED, "LS") == "LS 7.1"
    assert rows.who(replace(BLOCKED, person="ada")) == "pupil ada"


def test_amber_is_said_and_stops_nothing(
    options: Options, capsys: pytest.CaptureFixture[str]
) -> None:
    """Until every face answers, and while anything is red, it is not ready."""
    well, amber = Check("web", Level.GOOD, "UI."), Check("database", Level.AMBER, "It is locked.")
    with PlainView(options) as view:
        view.show([], [Check("web", Level.AMBER, "No UI."), amber], [])
        view.show([], [well, Check("dns", Level.RED, "No DNS."), amber], [])
        assert "Ready" not in capsys.readouterr().out
        view.show([], [well, amber], [])
        view.show([], [well, amber], [])
        said = capsys.readouterr().out
        assert said == "Ready. Ctrl-C stops it.\namber: It is locked.\n"


def test_the_live_view_says_amber_loudly(options: Options) -> None:
    view = terminal(LiveView(options))
    with view:
        view.opening(["AMBER: bellgate.db cannot be used.", "Carrying on."])
    text = view._console.file.getvalue()  # type: ignore[attr-defined]
    assert "\x1b[1;33mAMBER: bellgate.db" in text
    assert "\x1b[2mCarrying on." in text
