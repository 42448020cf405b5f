"""The PDF has every field of the paper form; the CSV runs nowhere; both are written down."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable

from pypdf import PdfReader

from appliance.accounts.posts import Post
from appliance.store.audit_tables import AuditRow
from tests.admin_ui.conftest import School
from tests.admin_ui.reports.conftest import ORDINARY

HandIn = Callable[..., str]


def printed(data: bytes) -> str:
    return " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).split()
    )


def test_the_pdf_is_the_form_of_the_appendix(school: School, hand_in: HandIn) -> None:
    id_, client = hand_in(), school.client(Post.DSL)
    done = {"action_taken": "Parents told", "officer_name": "E. Officer", "signed": "y"}
    client.post(f"/reports/{id_}/action", data=done)
    answer = client.get(f"/reports/{id_}/report.pdf")
    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="report-{id_}.pdf"'
    text = printed(answer.data)
    for word in ("Staff name submitting", "A. Teacher", "Individual who accessed it", "P. Pupil",
                 "Monday 23 November 2020", "Full URL(s)", "hxxps://www[.]bad[.]example/gallery",
                 "Nature of the content", "Violent pictures", "Action taken", "Parents told",
                 "E. Officer", "Signature", "Digest"):  # fmt: skip
        assert word in text, word
    assert "https://www.bad" not in text


def test_no_cell_is_a_formula(school: School, hand_in: HandIn) -> None:
    hand_in(form={**ORDINARY, "staff_name": "=1+1", "nature": " @SUM(A1)", "accessed_by": "-x"})
    answer = school.client(Post.DSL).get("/reports.csv")
    (row,) = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert (row["Staff name"], row["Accessed by"]) == ("'=1+1", "'-x")
    assert row["Nature of the content"].startswith("'")
    assert "hxxps://www[.]bad" in row["Full URL(s)"]


def test_exports_are_written_down(school: School, hand_in: HandIn) -> None:
    id_, client = hand_in(), school.client(Post.HEADTEACHER)
    client.get(f"/reports/{id_}/report.pdf")
    table = client.get("/reports.csv").data
    with school.store.reading() as session:
        rows = session.query(AuditRow).filter(AuditRow.action == "report.exported").all()
        found = [(row.actor, row.subject, row.detail) for row in rows]
    digest = hashlib.sha256(table).hexdigest()
    assert found == [
        ("headteacher", id_, {"form": "pdf"}),
        ("headteacher", "list", {"form": "csv", "rows": 1, "digest": digest}),
    ]
