"""What a request would open, as the rows of a table that people read before they decide."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from admin_ui.requests.blueprint import blueprint
from admin_ui.requests.effect import Change, Line
from admin_ui.requests.wording import KIND_NAMES
from appliance.policy.model import Reason

WHY: Final = MappingProxyType(
    {
        Reason.ILLEGAL: "illegal content",
        Reason.BLOCKED_BY_REPORT: "blocked after a report",
        Reason.CIRCUMVENTION: "a way round the filter",
        Reason.SANCTION: "restricted for now",
    }
)


@dataclass(frozen=True, slots=True)
class Row:
    """One thing, now and then. why: why it stays closed, where that can be said in a word."""

    what: str
    before: bool
    after: bool
    why: str = ""


@blueprint.app_template_filter("effect_rows")
def effect_rows(line: Line) -> list[Row]:
    """Return the rows of one sort of client: the page by period, then what lies beside it."""
    answers = {(c.before.open, c.after.open) for c in line.page}
    if len(answers) == 1:
        first = line.page[0]
        when = (
            KIND_NAMES[first.kind].lower() if len(line.page) == 1 else "in every period it is for"
        )
        rows = [_row(first, f"What was asked for, {when}")]
    else:
        rows = [_row(c, f"What was asked for, {KIND_NAMES[c.kind].lower()}") for c in line.page]
    hosts = {c.what for c in line.beside if " " not in c.what}
    return rows + [_row(c, c.what) for c in line.beside if c.what not in hosts]


def _row(change: Change, what: str) -> Row:
    after = change.after
    why = WHY.get(after.verdict.reason, "")
    if not why and after.never:
        why = "no permission opens it"
    if not why and after.unread and not after.open and after.verdict.reason is not Reason.DEFAULT:
        why = "no certificate on the device"
    return Row(what, change.before.open, after.open, "" if after.open else why)
