"""The first screen of ``bellgate up``: what runs where, and three lines that work as they are."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.cli import times, wording
from appliance.cli.options import default_data
from appliance.policy import urls
from appliance.policy.engine import decide
from appliance.policy.model import Action
from appliance.policy.situation import Query
from appliance.policy.snapshot import Snapshot

if TYPE_CHECKING:
    from appliance.cli.up import Options

PUPIL, STAFF = "127.0.10.5", "127.0.40.5"


@dataclass(frozen=True, slots=True)
class Try:
    """A line to paste and what it will show, as the engine itself says."""

    line: str
    shows: str


def tries(options: Options, snapshot: Snapshot, at: datetime) -> tuple[Try, ...]:
    """Return the lines to paste, true for this very moment."""
    found = [
        Try(_curl(options, address, url), _expected(snapshot, who, address, url, at))
        for who, address, url in (
            ("A pupil", PUPIL, "https://www.facebook.com/"),
            ("Staff with the Wi-Fi permission", STAFF, "https://x.com/"),
        )
    ]
    return (*found, Try(f"{ours(options.places.data)} attempts", "Both, as the DSL reads them"))


def ours(data: Path, words: str = "") -> str:
    """Return the command as it can be typed here: with its path and ``--data`` if needed."""
    said = Path(sys.argv[0])
    program = "bellgate"
    if said.name == "bellgate" and said.exists():
        here = Path.cwd()
        full = said.absolute()
        program = os.path.relpath(full, here) if full.is_relative_to(here) else str(full)
    chosen = "" if data == default_data() else f"BELLGATE_DATA={shlex.quote(str(data.absolute()))} "
    return f"{chosen}{shlex.quote(program)}{' ' if words else ''}{words}"


def faces(options: Options) -> tuple[tuple[str, str], ...]:
    """Return each face and where it listens."""
    ports = options.ports
    upstreams = ", ".join(host for host, _ in options.upstreams)
    return (
        ("DNS", f"{ports.listen} port {ports.dns}, UDP and TCP"
                f" (asks {upstreams or 'nobody: no resolver is known'})"),
        ("Proxy", f"steered HTTP {ports.http}, steered HTTPS {ports.https}, "
                  f"explicit {ports.proxy}"),
        ("Admin UI", f"{ports.web_url}/"),
        ("Data", str(options.places.data.absolute())),
    )  # fmt: skip


def clock_words(snapshot: Snapshot, at: datetime) -> str:
    """Return the moment and the period in it: ``Monday 23 November 2026, 10:35, Break``."""
    moment = snapshot.moment(at, wording.ringing_for(snapshot.contents))
    return f"{times.spoken(at, snapshot.contents.calendar.zone)}, {moment.name}"


def _curl(options: Options, address: str, url: str) -> str:
    ports = options.ports
    root = shlex.quote(str(options.places.authority.absolute() / "root.pem"))
    return (
        f"curl --interface {address} --connect-to ::{ports.listen}:{ports.https} "
        f"--cacert {root} {url}"
    )


def _expected(snapshot: Snapshot, who: str, address: str, text: str, at: datetime) -> str:
    url = urls.parse(text)
    query = Query(snapshot.register.resolve(address), url.host, at, url)
    verdict = decide(query, snapshot)
    clause = wording.clause(verdict, snapshot)
    name = wording.what(verdict, query, snapshot).partition(" (")[0]
    outcome = "allowed" if verdict.action is Action.ALLOW else "blocked, and the page says why"
    return f"{who}, {name}, {verdict.period}: {outcome}{f' ({clause})' if clause else ''}"
