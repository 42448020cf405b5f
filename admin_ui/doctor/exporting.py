"""Self-tests and checks for the yearly review: every row as CSV, the gist of it as PDF.

The digest of the rows as CSV stands in both, and in the audit chain.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from flask import Response, abort, request
from sqlalchemy.orm import Session

from admin_ui import dates, pdf, spreadsheet, who, words
from admin_ui.doctor import shown
from admin_ui.doctor.blueprint import blueprint
from admin_ui.gate import View, gate
from admin_ui.record import record
from appliance.store import doctor
from appliance.store.doctor import KeptResult, KeptRun

MOST: Final = 250_000  # rows of a file: more than a year has
MOST_ON_PAPER: Final = 400  # rows of a table of the PDF
COLUMNS: Final = (
    "Date", "Time", "Zone", "Asked by", "Role", "Network or place", "Period", "What was tried",
    "Name", "Expected", "Found", "Result", "In words", "What to do, or was done", "Snapshot",
    "Number",
)  # fmt: skip

Found = list[tuple[KeptRun, KeptResult]]


def last_year(at: datetime) -> tuple[date, date]:
    """Return the first and last day of the year that ends today."""
    return at.date() - timedelta(days=365), at.date()


@blueprint.get("/self-test/export/<any(csv, pdf):kind>")
def export(kind: str) -> Response:
    """All that was tried between two days, both included; the last year unless said otherwise."""
    view, at = gate().view(), gate().real()
    since, until = _span(view)
    with gate().writing() as session:
        named = shown.Who(session)
        found = _found(session, since, until, view)
        rows = spreadsheet.table(COLUMNS, (_row(run, one, named, view) for run, one in found))
        digest = hashlib.sha256(rows).hexdigest()
        data = rows if kind == "csv" else _paper(session, found, digest, (since, until), view)
        record(session, "doctor.exported", f"{since} to {until}", rows=len(found), form=kind,
               digest=digest)  # fmt: skip
    kinds = {"csv": spreadsheet.CONTENT_TYPE, "pdf": "application/pdf"}
    response = Response(data, content_type=kinds[kind])
    name = f"self-tests-{at.astimezone(view.zone):%Y-%m-%d}.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-SHA256"] = digest
    return response


def _span(view: View) -> tuple[date, date]:
    usual = last_year(view.at)
    try:
        since, until = (
            date.fromisoformat(text) if (text := request.args.get(name, "").strip()) else default
            for name, default in zip(("since", "until"), usual, strict=True)
        )
    except ValueError:
        abort(400)
    if not 2000 <= since.year <= until.year <= 2200 or since > until:
        abort(400)
    return since, until


def _found(session: Session, since: date, until: date, view: View) -> Found:
    begin = datetime.combine(since, time(), view.zone)
    end = datetime.combine(until + timedelta(days=1), time(), view.zone)
    found: Found = []
    for pair in doctor.between(session, begin, end):
        found.append(pair)
        if len(found) == MOST:
            break
    return found


def _row(run: KeptRun, one: KeptResult, named: shown.Who, view: View) -> Sequence[object]:
    at = run.at.astimezone(view.zone)
    return (
        f"{at:%Y-%m-%d}", f"{at:%H:%M:%S}", f"{at:%Z}", named(run),
        words.role_name(view, one.role) if one.role else "", one.network, shown.period(one),
        one.about, one.host, one.expected, one.found, shown.LEVELS[one.level][1], one.words,
        one.todo, run.version, run.id,
    )  # fmt: skip


def _paper(
    session: Session, found: Found, digest: str, span: tuple[date, date], view: View
) -> bytes:
    named = shown.Who(session)
    runs = {run.id: run for run, _ in found}
    ill = [(run, one) for run, one in found if one.level in ("amber", "red")]
    by_hand = [(run, one) for run, one in found if run.who.startswith(shown.BY_HAND)]
    tried = f"{len(found):,} things tried in {len(runs):,} self-tests and checks"
    blocks: list[pdf.Block] = [
        pdf.Paragraph(
            f"From {dates.long_day(span[0])} to {dates.long_day(span[1])}: {tried}, "
            f"{len(ill):,} of them not well. Each self-test asks the gate's own DNS and proxy as a "
            "device of each network would, and holds the answers against the policy."
        ),
        pdf.Heading("How each role fared last, by period"),
        _matrix(session, view),
        pdf.Heading("What was wrong, or to be looked at"),
        _table(ill, named, view) if ill else pdf.Paragraph("Nothing."),
        pdf.Heading("Checks made by hand"),
        _table(by_hand, named, view) if by_hand else pdf.Paragraph("None."),
        pdf.Paragraph(f"SHA-256 of all rows as CSV: {digest}"),
    ]
    made = f"Made by {who.me().name} on {dates.long_moment(gate().real(), view.zone)}"
    school = view.snapshot.contents.school.name
    return pdf.document(
        "Checks of the filter", school, blocks, made=gate().real(), note=made, wide=True
    )


def _matrix(session: Session, view: View) -> pdf.Rows:
    def cell(one: doctor.Cell | None) -> str:
        if one is None:
            return "Not tried"
        ill = f", {one.failed} not well" if one.failed else ""
        return (
            f"{shown.LEVELS[one.level][1]}: {one.tried} tried{ill}, "
            f"{dates.long_moment(one.at, view.zone)}"
        )

    lines = [(line.role, *map(cell, line.cells)) for line in shown.matrix(session, view)]
    return pdf.Rows(("Role", *shown.periods()), lines)


def _table(found: Found, named: shown.Who, view: View) -> pdf.Rows:
    rows = [
        (
            dates.long_moment(run.at, view.zone), named(run),
            " · ".join(filter(None, (
                words.role_name(view, one.role) if one.role else "", one.network,
                shown.period(one),
            ))),
            " · ".join(filter(None, (one.about, one.host))),
            f"{shown.LEVELS[one.level][1]}. {one.words}", one.todo,
        )
        for run, one in found[-MOST_ON_PAPER:]
    ]  # fmt: skip
    header = ("When", "Asked by", "As whom", "What", "Result", "What to do, or was done")
    return pdf.Rows(header, rows, (16, 16, 22, 22, 36, 32))
