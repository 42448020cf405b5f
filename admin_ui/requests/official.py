"""The school's official pages: who runs each, and whether that is two people at the least."""

from __future__ import annotations

from typing import Final

from flask import render_template

from admin_ui import school_policy
from admin_ui.gate import gate
from admin_ui.requests.blueprint import blueprint

FEWEST: Final = 2  # administrators of each page (DT A.5.4)


@blueprint.get("/official-pages")
def official_pages() -> str:
    """The official pages that the policy names."""
    with gate().reading() as session:
        document = school_policy.document(session)
    pages = document.official_pages if document else ()
    short = [page for page in pages if len(set(page.administrators)) < FEWEST]
    return render_template("requests/official_pages.html", pages=pages, short=short, fewest=FEWEST)
