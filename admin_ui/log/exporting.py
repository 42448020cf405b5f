"""Taking rows along: CSV and PDF, each with a digest, a number of rows, and who took it when.

The last line of the CSV states the SHA-256 of every byte above it (``head -n -1``); the PDF
states the same digest at its foot, of the same rows as CSV. The audit chain keeps who took
what, how many rows, the digest of the rows and that of the file. Only those who read names
may export (role matrix of the standards, 4.5). Illegal rows go without anything but their
notice, and sanctuary is never on record.
"""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import datetime
from typing import Final

from flask import Response, abort, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from admin_ui import dates, pdf, spreadsheet
from admin_ui.defang import defang
from admin_ui.gate import gate
from admin_ui.log import asked, choices, looking
from admin_ui.log.asked import Asked
from admin_ui.log.blueprint import blueprint
from admin_ui.log.listing import reason_first, take_in
from admin_ui.log.reader import Reader, named_reader
from admin_ui.log.shown import Shown, shown
from admin_ui.record import record
from appliance.store import attempt_search
from appliance.store.audit_tables import AuditRow

MOST: Final = {"csv": 10_000, "pdf": 1_000}  # rows in one file
READ: Final = 2_000_000  # rows looked at for an export
EXPORTED: Final = "log.exported"
COLUMNS: Final = (
    "Date", "Time", "Zone", "Last", "Times", "Look-ups", "Person or device", "Kind", "Id", "Role",
    "Groups", "Device", "MAC", "IP address", "Network", "Period", "Address tried", "Search",
    "Method", "Service", "Kind of site", "Answer", "Because", "Rule", "Clause", "What was seen",
    "Seen by", "Number",
)  # fmt: skip
PDF_COLUMNS: Final = ("When", "Who", "What", "Answer", "Because")
PDF_WIDTHS: Final = (20.0, 22.0, 36.0, 10.0, 32.0)


@blueprint.get("/log/export/<any(csv, pdf):kind>")
def export(kind: str) -> Response | AnyResponse:
    """The rows of a filter as a file."""
    take_in()
    with gate().reading() as session:
        who = named_reader(session)
        wanted = asked.read(request.args, who)
        if wanted.mistakes:
            abort(400)
        if (owed := reason_first(session, who, wanted)) is not None:
            return owed
        page = attempt_search.page(
            session, who.scope, wanted.wanted, limit=MOST[kind], most_read=READ
        )  # fmt: skip
        reason = looking.reason_given(session, who, *wanted.somebody) if wanted.somebody else ""
    rows, at = shown(page.rows, who, {}), gate().real()
    cut = page.older is not None
    head = _head(who, wanted, len(rows), at, cut=cut, most=MOST[kind])
    table, digest = as_csv(rows, head, who)
    data = table if kind == "csv" else _as_pdf(rows, head, digest, who, at)
    with gate().writing() as session:
        record(
            session, EXPORTED, ":".join(wanted.somebody or ()), reason=reason, filter=wanted.query,
            rows=len(rows), cut=cut, form=kind, digest=digest,
            file=hashlib.sha256(data).hexdigest(),
        )  # fmt: skip
    name = f"attempts-{at.astimezone(who.view.zone):%Y-%m-%d-%H%M}.{kind}"
    kinds = {"csv": spreadsheet.CONTENT_TYPE, "pdf": "application/pdf"}
    response = Response(data, content_type=kinds[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.get("/log/exports")
def exports() -> str:
    """What this reader took along, with the digests to compare a file with."""
    with gate().reading() as session:
        who = named_reader(session)
        taken = _taken(session, who)
    return render_template("log/exports.html", reader=who, taken=taken, most=MOST)


def as_csv(rows: list[Shown], head: list[str], who: Reader) -> tuple[bytes, str]:
    """Return rows as CSV and the digest that its last line states, in hex."""
    data = spreadsheet.table(COLUMNS, (_row(row, who) for row in rows))
    data += b"".join(_line(text) for text in head)
    digest = hashlib.sha256(data).hexdigest()
    return data + _line(f"SHA-256 of everything above this line: {digest}"), digest


def _line(text: str) -> bytes:
    """Return a line of words with as many fields as every other (RFC 4180, 2.4)."""
    written = io.StringIO(newline="")
    csv.writer(written).writerow([spreadsheet.cell(text), *[""] * (len(COLUMNS) - 1)])
    return written.getvalue().encode()


def _head(
    who: Reader, wanted: Asked, rows: int, at: datetime, *, cut: bool, most: int
) -> list[str]:
    school = who.view.snapshot.contents.school.name
    more = f" There are more: a file holds {most:,} rows, the newest are in it." if cut else ""
    return [
        f"Attempts on record at {school}: {rows:,} row{'' if rows == 1 else 's'}.{more}",
        f"Filter: {choices.words(wanted, who)}.",
        f"Taken by {who.account.name} ({who.account.login}) on "
        f"{dates.long_moment(at, who.view.zone)}.",
    ]


def _row(row: Shown, who: Reader) -> list[object]:
    zone = who.view.zone
    at, last = row.at.astimezone(zone), row.last.astimezone(zone)
    kind, id_ = row.whom or ("", "")
    return [
        f"{at:%Y-%m-%d}", f"{at:%H:%M:%S}", f"{at:%Z}", f"{last:%H:%M:%S}", row.count, row.lookups,
        row.name, kind, id_, row.role, row.groups, row.device, row.mac, row.address, row.network,
        row.period, _tried(row, who), row.search, row.method, row.service, row.category,
        row.verdict, row.because, row.rule, row.clause, row.seen, row.layer, row.id,
    ]  # fmt: skip


def _tried(row: Shown, who: Reader) -> str:
    return f"Withheld. {who.illegal}".strip() if row.illegal else defang(row.what)


def _as_pdf(rows: list[Shown], head: list[str], digest: str, who: Reader, at: datetime) -> bytes:
    zone = who.view.zone
    listed = [
        (
            dates.long_moment(row.at, zone),
            " · ".join(filter(None, (row.name, row.role, row.groups, row.device, row.address))),
            " · ".join(filter(None, (_tried(row, who), row.search, row.times, row.seen))),
            row.verdict, f"{row.because} {row.period}",
        )
        for row in rows
    ]  # fmt: skip
    return pdf.document(
        "Attempts on record", who.view.snapshot.contents.school.name,
        [pdf.Paragraph("\n".join(head)), pdf.Rows(PDF_COLUMNS, listed, PDF_WIDTHS),
         pdf.Paragraph(f"SHA-256 of these rows as CSV: {digest}")],
        made=at, note=f"SHA-256 of these rows as CSV: {digest}", wide=True,
    )  # fmt: skip


def _taken(session: Session, who: Reader) -> list[AuditRow]:
    mine = AuditRow.actor == who.account.login, AuditRow.action == EXPORTED
    newest = select(AuditRow).where(*mine).order_by(AuditRow.number.desc()).limit(50)
    return list(session.scalars(newest))
