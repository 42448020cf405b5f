"""A report as PDF, as the paper form has it; the list as CSV. Sealed addresses in neither."""

from __future__ import annotations

import hashlib
from typing import Final

from flask import Response, request

from admin_ui import dates, pdf, spreadsheet, who
from admin_ui.defang import defang
from admin_ui.gate import gate
from admin_ui.record import record
from admin_ui.reports import who_reads
from admin_ui.reports.addresses import defang_text
from admin_ui.reports.blueprint import blueprint
from admin_ui.reports.listing import read_filter, select
from appliance.store import report_blocks
from appliance.store.content_reports import Report, State
from appliance.store.report_blocks import Block

SEALED: Final = "Sealed: may be illegal. The DSL holds the addresses."
WITHHELD: Final = "Withheld"
COLUMNS: Final = (
    "Report", "State", "Date", "Handed in", "Due", "Staff name", "Accessed by", "Full URL(s)",
    "Nature of the content", "May be illegal", "Action taken", "Officer", "Acted", "Blocks",
)  # fmt: skip


@blueprint.get("/reports/<id_>/report.pdf")
def form_pdf(id_: str) -> Response:
    """The finished form, as appendix B has it."""
    with gate().writing() as session:
        report = who_reads.fetch(session, id_)
        blocks = report_blocks.of_report(session, id_)
        record(session, "report.exported", id_, form="pdf")
    view, now = gate().view(), gate().real()
    data = pdf.document(
        f"Inappropriate content report {report.id}", view.snapshot.contents.school.name,
        _blocks(report, blocks, names=who_reads.sees_names(who.me(), report)), made=now,
        note=f"Report {report.id}, made {dates.long_moment(now, view.zone)} for {who.me().name}",
    )  # fmt: skip
    return _download(data, f"report-{report.id}.pdf", "application/pdf")


@blueprint.get("/reports.csv")
def list_csv() -> Response:
    """The list as it is filtered. The digest of the file is in the audit log."""
    at = gate().real()
    with gate().writing() as session:
        found = select(session, who.me(), read_filter(request.args), at)
        blocks = {report.id: report_blocks.of_report(session, report.id) for report in found}
        rows = [_row(report, blocks[report.id]) for report in found]
        data = spreadsheet.table(COLUMNS, rows)
        digest = hashlib.sha256(data).hexdigest()
        record(session, "report.exported", "list", form="csv", rows=len(found), digest=digest)
    return _download(data, "reports.csv", spreadsheet.CONTENT_TYPE)


def _row(report: Report, blocks: tuple[Block, ...]) -> tuple[str, ...]:
    zone = gate().view().zone
    return (
        report.id, report.state.value, report.day.isoformat(),
        report.made.astimezone(zone).isoformat(timespec="minutes"),
        report.due.astimezone(zone).isoformat(timespec="minutes") if report.due else "",
        report.staff_name, report.accessed_by,
        SEALED if report.sealed else " ".join(defang(url) for url in report.urls),
        defang_text(report.nature), "yes" if report.suspected_illegal else "no",
        defang_text(report.action_taken), report.officer_name,
        report.acted_at.astimezone(zone).isoformat(timespec="minutes") if report.acted_at else "",
        "; ".join(_block_words(block) for block in blocks),
    )  # fmt: skip


def _blocks(report: Report, blocks: tuple[Block, ...], *, names: bool) -> list[pdf.Block]:
    zone = gate().view().zone
    done = report.state is State.DONE
    urls = SEALED if report.sealed else "\n".join(defang(url) for url in report.urls)
    signed = ""
    if report.acted_at is not None:
        signed = (
            f"Signed by {report.officer_name} ({report.acted_by}) with "
            f"{report.signature.get('factor', '')}. Digest {report.signature.get('digest', '')}"
        )
    said: list[pdf.Block] = [
        pdf.Heading("Member of staff"),
        pdf.Facts([
            ("Staff name submitting", report.staff_name),
            ("Individual who accessed it (if known)", report.accessed_by if names else WITHHELD),
            ("Date", dates.long_day(report.day)),
            ("Full URL(s)", urls),
            ("Nature of the content", defang_text(report.nature)),
            ("Handed in", dates.long_moment(report.made, zone)),
        ]),
        pdf.Heading("E-safety officer"),
        pdf.Facts([
            ("Action taken", defang_text(report.action_taken)),
            ("Staff name", report.officer_name),
            ("Date", dates.long_moment(report.acted_at, zone) if done and report.acted_at else ""),
            ("Signature", signed),
        ]),
    ]  # fmt: skip
    if blocks:
        said += [pdf.Heading("Blocked for everyone"),
                 pdf.Paragraph("\n".join(_block_words(block) for block in blocks))]  # fmt: skip
    return said


def _block_words(block: Block) -> str:
    what = "address withheld" if block.veiled else defang(block.target.id)
    undone = f", undone: {block.lifted_reason}" if block.lifted_at is not None else ""
    return f"{block.id}: {what}{undone}"


def _download(data: bytes, name: str, kind: str) -> Response:
    response = Response(data, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
