"""Taking in a list from a file: a new one, or in place of one that came as a file before."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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
from appliance.lists.acceptance import Counts, refusal, wrong_type
from appliance.lists.formats import Format
from appliance.lists.gather import Gathered, gather
from appliance.lists.load import lines_of
from appliance.lists.presets import MOST_CHANGE
from appliance.policy.ids import id_of
from appliance.store import lists, web_settings
from appliance.store.lists import KeptList

PREFIX: Final = "upload-"  # of folders beside the data
STALE: Final = 3600.0  # seconds after which such a folder is one that the power left behind
UNPACKED: Final = 64 << 20  # bytes of text
_GZIP: Final = b"\x1f\x8b"
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
    data, format_ = _sent(form.file.data), Format(form.format.data)
    wrong = "" if data.startswith(_GZIP) else wrong_type(format_, "", data[:1024])
    if wrong:
        raise ValueError(f"file: {wrong}")
    _clear()
    with tempfile.TemporaryDirectory(dir=gate().settings.data, prefix=PREFIX) as folder:
        path = Path(folder) / "list"
        path.write_bytes(data)
        del data
        with _read(path, format_) as found:
            yield found


def _read(path: Path, format_: Format) -> Gathered:
    """Raises ValueError: the file holds no list, or cannot be kept while it is read."""
    try:
        with lines_of(path, format_, most=UNPACKED) as lines:
            return gather(lines, format_, path.parent)
    except OSError as error:  # the disk is full
        said = (error.strerror or "the disk cannot be used").lower()
        raise ValueError(f"file: it cannot be kept while it is read: {said}") from error
    except ValueError as error:
        raise ValueError(f"file: {str(error).replace(str(path), 'the file')}") from error


def counted(kept: KeptList) -> str:
    """Return how many names are in it, and how many lines were none."""
    said = f"{kept.entries:,} {'name' if kept.entries == 1 else 'names'}"
    if kept.refused:
        said += f", {kept.refused:,} {'line' if kept.refused == 1 else 'lines'} left out"
    return said


def _clear() -> None:
    """Remove what uploads left behind that a power cut ended."""
    now = gate().real().timestamp()
    for folder in gate().settings.data.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if now - folder.stat().st_mtime > STALE:
                shutil.rmtree(folder)


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
        judge(found, before, form.category.data)
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


def judge(found: Gathered, before: Listed | None, category: str, *, quotes: bool = True) -> None:
    """Let a file take the place of the list that is there, or raise.

    quotes: whether the mistake may say what stands on the first bad lines. Fails towards the
    old list: to put something quite different there, it is removed first.

    Raises:
        ValueError: it may not, and why.
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
        first = [f" Line {bad.line}: {bad.message}." for bad in found.first_refused[:3]]
        raise ValueError(f"file: {refused.words}{''.join(first) if quotes else ''}")
