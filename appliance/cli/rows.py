"""An attempt as one row: who, what, verdict with colour and symbol, and why."""

from __future__ import annotations

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from appliance.attempts.attempt import Attempt
from appliance.cli import times
from appliance.cli.output import printable
from appliance.policy.model import Action, Reason
from appliance.policy.snapshot import Snapshot


def mark(attempt: Attempt) -> tuple[str, str]:
    """Return the verdict as symbol with word, and its style: never told by colour alone."""
    if attempt.verdict == Action.ALLOW:
        return "✔ allowed", "bold green"
    return "✖ blocked", "bold red"


def who(attempt: Attempt) -> str:
    """Return the person, else the device, else the address, with the role."""
    name = attempt.person or attempt.device_name or attempt.device or attempt.address
    return printable(f"{attempt.role} {name}")


def named(attempt: Attempt) -> str:
    """Return the role with person or device; the network where nobody is known."""
    name = attempt.person or attempt.device_name or attempt.device or attempt.network
    return printable(f"{attempt.role} {name}".strip())


def what(attempt: Attempt) -> str:
    """Return the URL where one was seen, else the host; how often, if more than once."""
    shown = printable(attempt.url or attempt.host)
    return f"{shown}  ×{attempt.count}" if attempt.count > 1 else shown


def why(attempt: Attempt, short: str = "") -> str:
    """Return the clause, with the reason where that is no plain rule: ``DM 7.2, sanction``."""
    clause = attempt.clause
    if clause and short and not clause.startswith(short):
        clause = f"{short} {clause}"
    words = attempt.reason.replace("_", " ")
    if clause and attempt.reason in (Reason.SERVICE_RULE, Reason.CATEGORY_RULE):
        return printable(clause)  # the clause says it all
    return printable(f"{clause}, {words}" if clause else words)


def line(attempt: Attempt, zone: str) -> str:
    """Return one plain line."""
    at = times.local(attempt.at, zone)
    symbol = mark(attempt)[0]
    return (
        f"{at:%Y-%m-%d %H:%M:%S}  {symbol}  {who(attempt)}  {what(attempt)}  "
        f"[{attempt.layer}]  {why(attempt)}  ({printable(attempt.period)})"
    )


def table(attempts: Iterable[Attempt], snapshot: Snapshot, *, narrow: bool = False) -> Table:
    """Return the moving table, oldest first; a narrow one leaves out who saw it."""
    made = Table(box=None, expand=True, header_style="dim", padding=(0, 1), pad_edge=True)
    made.add_column(" TIME", no_wrap=True, width=9)
    made.add_column("VERDICT", no_wrap=True, width=9)
    made.add_column("WHO", no_wrap=True, ratio=3, overflow="ellipsis")
    made.add_column("WHAT", no_wrap=True, ratio=6, overflow="ellipsis")
    if not narrow:
        made.add_column("SEEN BY", no_wrap=True, width=7)
    made.add_column("WHY", no_wrap=True, ratio=4, overflow="ellipsis")
    cells = [_cells(attempt, snapshot) for attempt in attempts]
    waiting = Text("waiting for the first visit", "dim italic")
    for row in cells or [[Text(), Text(), Text(), waiting, Text(), Text()]]:
        made.add_row(*(row[:4] + row[5:] if narrow else row))
    return made


def _cells(attempt: Attempt, snapshot: Snapshot) -> list[Text]:
    contents = snapshot.contents
    symbol, style = mark(attempt)
    at = times.local(attempt.at, contents.calendar.zone)
    because = f"{why(attempt, contents.policy.short)} · {printable(attempt.period)}"
    return [
        Text(f" {at:%H:%M:%S}", "dim"), Text(symbol, style), Text(who(attempt)),
        Text(what(attempt)), Text(attempt.layer, "dim"), Text(because, "dim"),
    ]  # fmt: skip
