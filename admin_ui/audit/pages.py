"""The audit chain, read and verified."""

from __future__ import annotations

import csv
import hashlib
import io
from typing import Final

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from admin_ui import dates, spreadsheet, who
from admin_ui.audit import asked
from admin_ui.audit.shown import AREAS, Shown, shown, withheld
from admin_ui.gate import gate
from admin_ui.record import record
from appliance.audit import anchors
from appliance.audit.verify import Anchor
from appliance.store import accounts, audit

PAGE: Final = 50
MOST_EXPORTED: Final = 50_000
COLUMNS: Final = ("number", "time", "by", "from", "what", "whom or what", "reason", "digest")

blueprint = Blueprint("audit", __name__)


@blueprint.get("/audit")
def index() -> str | tuple[str, int]:
    """Who did what, newest first."""
    try:
        filter_, mistake = asked.read(request.args), ""
    except asked.BadFilterError as error:
        filter_, mistake = asked.Asked(), str(error)
    posts = who.me().posts
    with gate().reading() as session:
        found = audit.page(
            session, limit=PAGE + 1, unasked=withheld(posts), **filter_.query(gate().view().zone)
        )
        names = {one.login: one.name for one in accounts.list_(session)}
        newest = audit.newest(session)
    page = render_template(
        "audit/index.html", entries=[shown(link, posts) for link in found[:PAGE]], asked=filter_,
        areas=AREAS, names=names, mistake=mistake, newest=newest, anchors=_anchors(),
        newer=url_for("audit.index", **filter_.words()) if filter_.before else None,
        older=_older(filter_, found[PAGE - 1].number) if len(found) > PAGE else None,
    )  # fmt: skip
    return (page, 400) if mistake else page


@blueprint.post("/audit/verify")
def verify() -> AnyResponse:
    """Read the whole chain and say whether it holds."""
    file = anchors.path(gate().settings.data)
    with gate().reading() as session:
        found = anchors.check(file, session)
    with gate().writing() as session:
        record(
            session, "audit.verified", "holds" if found.holds else f"broken at {found.broken}",
            entries=found.entries,
        )  # fmt: skip
    if found.holds:
        flash(f"The chain holds. {found.words}", "success")
    else:
        flash(
            f"The chain does not hold. {found.words} Somebody may have changed the database. "
            "Keep it as it is, and tell the headteacher.",
            "error",
        )
    return redirect(url_for("audit.index"), 303)


@blueprint.get("/audit/export.csv")
def export() -> Response | tuple[str, int]:
    """The entries that the filter chooses, as a file with a digest of its content."""
    try:
        filter_ = asked.read(request.args)
    except asked.BadFilterError as error:
        said = {"title": "This filter cannot be read", "message": str(error)}
        return render_template("message.html", **said), 400
    posts, zone = who.me().posts, gate().view().zone
    with gate().writing() as session:
        found = audit.page(
            session, limit=MOST_EXPORTED, unasked=withheld(posts), **filter_.query(zone)
        )
        body = _csv([shown(link, posts) for link in reversed(found)])
        digest = hashlib.sha256(body).hexdigest()
        record(
            session, "audit.exported", f"{len(found)} entries", filter=filter_.words(),
            rows=len(found), sha256=digest,
        )  # fmt: skip
    response = Response(body, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="bellgate-audit.csv"'
    response.headers["X-Content-SHA256"] = digest
    return response


def _older(filter_: asked.Asked, before: int) -> str:
    return url_for("audit.index", before=before, **filter_.words())


def _anchors() -> tuple[Anchor, ...]:
    """Return the last week's anchors, newest first; none where they cannot be read."""
    try:
        return anchors.read(anchors.path(gate().settings.data))[:-8:-1]
    except (anchors.BadAnchorsError, OSError):
        return ()


def _csv(entries: list[Shown]) -> bytes:
    zone = gate().view().zone
    said = io.StringIO()
    writer = csv.writer(said)
    writer.writerow(COLUMNS)
    for one in entries:
        entry = one.link.entry
        writer.writerow(
            [
                one.link.number, dates.long_moment(entry.at, zone), spreadsheet.cell(entry.actor),
                entry.address, entry.action, spreadsheet.cell(entry.subject),
                spreadsheet.cell(entry.reason), one.link.digest,
            ]
        )  # fmt: skip
    return said.getvalue().encode()
