"""Taking in a list from a file: a new one, or in place of one that came as a file before."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from flask import redirect, render_template, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from admin_ui.devices.changing import blame
from admin_ui.gate import gate
from admin_ui.limits import UPLOAD, takes_files
from admin_ui.lists import listing, told
from admin_ui.lists.blueprint import blueprint
from admin_ui.lists.forms import FileListForm
from admin_ui.lists.listing import ABOUT, Listed
from admin_ui.lists.meaning import meanings
from admin_ui.record import record
from appliance.lists.acceptance import Counts, refusal
from appliance.lists.formats import Format
from appliance.lists.gather import Gathered, gather
from appliance.lists.presets import MOST_CHANGE
from appliance.policy.ids import id_of
from appliance.store import lists, web_settings
from appliance.store.lists import KeptList

LARGEST: Final = UPLOAD - (64 << 10)  # bytes: the rest of the form needs room too


@blueprint.route("/lists/file", methods=["GET", "POST"])
@takes_files
def upload() -> str | Response:
    """Take in a list from this computer."""
    form: Any = FileListForm()
    with gate().reading() as session:
        form.offer(meanings(session).values())
    if form.validate_on_submit():
        try:
            kept = _taken(form)
        except ValueError as error:
            blame(form, error)
        else:
            told.tell(f"{form.name.data} is taken in: {counted(kept)}.")
            return redirect(url_for("lists.show", id_=kept.id), 303)
    return render_template(
        "lists/edit.html", form=form, list=None, title="Take in a list from a file",
        does="Take it in",
        words="For a list that has no address, or that you keep yourself. It does not renew "
        "itself. A file with the name of one that came as a file takes its place.",
    )  # fmt: skip


@contextmanager
def gathered(form: Any) -> Iterator[Gathered]:
    """Read the file of a form, beside the data where there is room for it.

    Raises:
        ValueError: there is none, it is too large, or it holds no list of that format.
    """
    data = _sent(form.file.data)
    with tempfile.TemporaryDirectory(dir=gate().settings.data, prefix="upload-") as folder:
        path = Path(folder) / "list"
        path.write_bytes(data)
        del data
        with (
            path.open(encoding="utf-8", errors="replace") as lines,
            gather(lines, Format(form.format.data), Path(folder)) as found,
        ):
            yield found


def counted(kept: KeptList) -> str:
    """Return how many names are in it, and how many lines were none."""
    said = f"{kept.entries:,} {'name' if kept.entries == 1 else 'names'}"
    if kept.refused:
        said += f", {kept.refused:,} {'line' if kept.refused == 1 else 'lines'} left out"
    return said


def _sent(held: FileStorage | None) -> bytes:
    """Raises ValueError: there is no file, or a larger one than a page takes."""
    data = b""
    if held:
        with held.stream as stream:  # a large one lies in a temporary file
            data = stream.read(LARGEST + 1)
    if not data:
        raise ValueError("file: choose a file that is not empty")
    if len(data) > LARGEST:
        raise ValueError("file: it is larger than 5 MB; use “bellgate lists add” on the appliance")
    return data


def _taken(form: Any) -> KeptList:
    """Raises ValueError: names the field that is wrong."""
    name = told.line(form.name.data)
    made = id_of(name)
    if not made:
        raise ValueError("name: it needs a letter or a digit")
    with gathered(form) as found, gate().writing() as session:
        before = listing.find(session, made)
        if before is not None and (before.subscription or before.illegal):
            raise ValueError("name: another list has that name; choose another")
        _judge(found, before, form.category.data)
        kept = lists.put(
            session, made, form.category.data, found, at=gate().real(), source="a file"
        )
        about = {one: told.line(form[one].data) for one in ("licence", "attribution")}
        bad = [f"{one.line}: {one.text}: {one.message}" for one in found.first_refused]
        web_settings.put(session, ABOUT + made, {"name": name, **about, "first_refused": bad})
        record(
            session, "list.taken_in", made, reason=form.reason.data or "", name=name,
            category=kept.category, names_before=before.entries if before else 0,
            names=kept.entries, lines_left_out=kept.refused, sha256=kept.sha256,
        )  # fmt: skip
    return kept


def _judge(found: Gathered, before: Listed | None, category: str) -> None:
    """Raises ValueError: it may not take the place of the list that is there, and why.

    Fails towards the old list: to put something quite different there, it is removed first.
    """
    kept = before.kept if before else None
    if kept is not None and kept.category != category:
        raise ValueError("category: the list of that name is of another kind; remove it first")
    old = Counts(entries=kept.entries, exceptions=kept.exceptions) if kept else None
    new = Counts(
        entries=found.entries, exceptions=found.exceptions, refused=found.refused,
        lines=found.lines,
    )  # fmt: skip
    refused = refusal(old, new, None, MOST_CHANGE)
    if refused is not None:
        first = "".join(f" Line {bad.line}: {bad.message}." for bad in found.first_refused[:3])
        raise ValueError(f"file: {refused.words}{first}")
