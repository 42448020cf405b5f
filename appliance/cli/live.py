"""Verdicts as they happen: a view to watch in a terminal, or one plain line for each."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Final, Protocol, Self

from rich.console import Console, Group
from rich.live import Live
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from appliance import clock
from appliance.attempts.attempt import Attempt
from appliance.cli import opening, rows, times, wording
from appliance.cli.output import printable
from appliance.cli.supervisor import Child
from appliance.policy.snapshot import Snapshot
from appliance.status.checks import Check, Level, worst

if TYPE_CHECKING:
    from appliance.cli.up import Options

SHOWN: Final = 14  # verdicts on the screen
NARROW: Final = 100  # columns: below, health has a line of its own and a column is left out
FACES: Final = ("dns", "proxy", "web")
MARKS: Final = {Level.GOOD: ("✔", "green"), Level.NOTE: ("◆", "magenta"),
                Level.AMBER: ("▲", "yellow"), Level.RED: ("✖", "bold red")}  # fmt: skip


class View(Protocol):
    """What ``up`` shows of itself."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def opening(self, said: Sequence[str]) -> None:
        """Show what runs where and what to try."""

    def line(self, name: str, text: str) -> None:
        """Show a line that a child wrote."""

    def show(
        self, attempts: Sequence[Attempt], checks: Sequence[Check], children: Sequence[Child]
    ) -> None:
        """Show new attempts and how everything is."""

    def closing(self) -> None:
        """Say that it ends."""


class _Known:
    """The snapshot that the views speak from, read again when it was replaced."""

    def __init__(self, options: Options) -> None:
        from appliance.publish.hold import Holder

        self._holder = Holder(options.places.snapshot)

    def now(self) -> tuple[Snapshot, datetime]:
        self._holder.refresh()
        snapshot = self._holder.snapshot
        return snapshot, clock.now(snapshot.contents.clock_offset).at


class PlainView:
    """One line for each thing that happens; what a log file or a test reads."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._known = _Known(options)
        self._levels: dict[str, Level] = {}
        self._ready = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def opening(self, said: Sequence[str]) -> None:
        """Print what runs where and what to try."""
        snapshot, at = self._known.now()
        for text in said:
            print(text)
        for name, where in opening.faces(self._options):
            print(f"{name}: {where}")
        rehearsed = snapshot.contents.clock_offset != 0
        print(f"{'REHEARSAL CLOCK' if rehearsed else 'Clock'}: {opening.clock_words(snapshot, at)}")
        for one in opening.tries(self._options, snapshot, at):
            print(f"Try ({one.shows}): {one.line}", flush=True)

    def line(self, name: str, text: str) -> None:
        """Print a child's line with its name."""
        print(f"[{name}] {printable(text)}", flush=True)

    def show(
        self, attempts: Sequence[Attempt], checks: Sequence[Check], children: Sequence[Child]
    ) -> None:
        """Print each attempt, and each check whose level is another one than before."""
        zone = self._known.now()[0].contents.calendar.zone if attempts else ""
        for attempt in attempts:
            print(rows.line(attempt, zone), flush=True)
        if not self._ready and _serving(checks):
            self._ready = True
            self._levels = {c.name: c.level for c in checks if c.level is not Level.AMBER}
            print("Ready. Ctrl-C stops it.", flush=True)
        for check in checks:
            if self._ready and self._levels.get(check.name) is not check.level:
                print(f"{check.level.value}: {check.words}", flush=True)
                self._levels[check.name] = check.level

    def closing(self) -> None:
        """Say that it ends."""
        print("Stopping.", flush=True)


class LiveView:
    """A start screen, and below it a table that moves."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._known = _Known(options)
        self._console = Console(highlight=False, markup=False)
        self._attempts: deque[Attempt] = deque(maxlen=SHOWN)
        self._live = Live(console=self._console, auto_refresh=False, transient=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def opening(self, said: Sequence[str]) -> None:
        """Draw the start screen; what is below it moves from then on."""
        snapshot, at = self._known.now()
        put = self._console.print
        put()
        put(_title(snapshot), justify="left")
        for text in said:
            put(Padding(Text(text, _said_style(text)), (0, 2)))
        put()
        if snapshot.contents.clock_offset:
            words = f"REHEARSAL  it behaves as if it were {opening.clock_words(snapshot, at)}"
            put(Panel(Text(words, "bold", justify="center"), style="white on magenta"))
        grid = Table.grid(padding=(0, 2))
        for name, where in opening.faces(self._options):
            grid.add_row(Text(f"  {name}", "bold"), Text(where))
        put(grid)
        put()
        put(Text("  Try it: paste these into another terminal", "bold"))
        for one in opening.tries(self._options, snapshot, at):
            put()
            put(Text(f"  # {one.shows}", "dim"))
            put(Text(f"  {one.line}", "cyan"), soft_wrap=True)
        put()
        self._live.start()

    @property
    def _narrow(self) -> bool:
        return self._console.width < NARROW

    def line(self, name: str, text: str) -> None:
        """Write a child's line above the table."""
        said = Text.assemble((f"  {name:<6} ", "bold yellow"), (printable(text), "dim"))
        self._console.print(said, soft_wrap=True)

    def show(
        self, attempts: Sequence[Attempt], checks: Sequence[Check], children: Sequence[Child]
    ) -> None:
        """Draw the table anew."""
        self._attempts.extend(attempts)
        snapshot, at = self._known.now()
        room = max(3, self._console.height - 9)
        listed = list(self._attempts)[-room:]
        body = Group(
            Rule(style="dim"),
            _bar(snapshot, at, _health(checks, children), narrow=self._narrow),
            rows.table(listed, snapshot, narrow=self._narrow),
        )
        self._live.update(body, refresh=True)

    def closing(self) -> None:
        """Take the table away and leave its last state on the screen."""
        snapshot, _ = self._known.now()
        self._live.stop()
        if self._attempts:
            self._console.print(rows.table(self._attempts, snapshot, narrow=self._narrow))
        self._console.print(Text("  Stopping.", "dim"))


def _said_style(text: str) -> str:
    """What needs somebody to act stands out; the word in capitals says so without colour."""
    loud = {"AMBER": "bold yellow", "SET UP": "bold cyan", "DEMONSTRATION": "bold magenta"}
    return next((style for word, style in loud.items() if text.startswith(word)), "dim")


def _serving(checks: Sequence[Check]) -> bool:
    """Whether every face answers and nothing is red; what is amber does not stop the gate."""
    unwell = [check for check in checks if check.level in (Level.AMBER, Level.RED)]
    return bool(checks) and not any(c.level is Level.RED or c.name in FACES for c in unwell)


def _title(snapshot: Snapshot) -> Text:
    contents = snapshot.contents
    return Text.assemble(
        ("  Bellgate ", "bold white on blue"), ("  "), (contents.school.name, "bold"),
        ("  ·  ", "dim"), (contents.policy.name, ""),
    )  # fmt: skip


def _bar(snapshot: Snapshot, at: datetime, health: Text, *, narrow: bool) -> Table:
    contents = snapshot.contents
    here = times.local(at, contents.calendar.zone)
    moment = snapshot.moment(at, wording.ringing_for(contents))
    time = Text.assemble(("  ", ""), (f"{here:%a %H:%M:%S}", "bold"), f"  {moment.name}")
    if moment.until:
        time.append(f"  next bell in {_countdown((moment.until - at).total_seconds())}", "cyan")
    if contents.clock_offset:
        time.append("  ")
        time.append(" REHEARSAL ", "bold white on magenta")
    bar = Table.grid(expand=True, padding=(0, 2))
    if narrow:
        bar.add_row(time)
        bar.add_row(Text("  ").append_text(health))
        return bar
    bar.add_column()
    bar.add_column(justify="right")
    bar.add_row(time, health)
    return bar


def _health(checks: Sequence[Check], children: Sequence[Child]) -> Text:
    said = Text()
    down = [child.program.name for child in children if not child.running]
    for name in down:
        said.append(f"✖ {name} starts again  ", "bold red")
    if not checks:
        return said.append("starting ...", "dim")
    if down:
        return said
    level = worst(check for check in checks if check.level is not Level.NOTE)
    mark, style = MARKS[level]
    if level is Level.GOOD:
        return said.append(f"{mark} all well", style)
    for check in checks:
        if check.level in (Level.AMBER, Level.RED):
            mark, style = MARKS[check.level]
            said.append(f"{mark} {check.name}  ", style)
    return said


def _countdown(seconds: float) -> str:
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, last = divmod(rest, 60)
    if hours >= 48:
        return f"{hours // 24} days"
    return f"{hours}:{minutes:02}:{last:02}" if hours else f"{minutes}:{last:02}"
