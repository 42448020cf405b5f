"""A list of staff from a CSV file: looked at first, taken only when it is confirmed."""

from __future__ import annotations

import flask
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from admin_ui.accounts import adding, inviting
from admin_ui.accounts.blueprint import blueprint
from admin_ui.gate import gate
from admin_ui.limits import takes_files
from admin_ui.signin.again import signed_again
from appliance.accounts import staff_list
from appliance.accounts.posts import NAMES
from appliance.accounts.staff_list import Reading
from appliance.store import accounts

REASON = "imported from a list of staff"


@blueprint.route("/accounts/import", methods=["GET", "POST"])
@takes_files
def import_() -> str | AnyResponse | tuple[str, int]:
    """Read a file and show what it would do, with every mistake. Nothing is done yet."""
    if (away := signed_again()) is not None:
        return away
    if request.method == "GET":
        return render_template("accounts/import.html")
    file = request.files.get("file")
    data = file.stream.read(staff_list.LARGEST + 1) if file is not None else b""
    if not data:
        return render_template("accounts/import.html", problem="Choose a CSV file"), 200
    reading = _read(data)
    text = "" if reading.problems else data.decode("utf-8-sig", "replace")
    if not reading.problems and _read(text.encode()) != reading:
        text = data.decode("cp1252", "replace")
    return render_template("accounts/preview.html", reading=reading, text=text, named=NAMES)


@blueprint.post("/accounts/import/confirm")
def import_confirm() -> AnyResponse:
    """Take everybody on the list that was shown, or, where it does not fit any more, nobody."""
    if (away := signed_again(url_for("accounts.import_"))) is not None:
        return away
    reading = _read(request.form.get("text", "").encode())
    if reading.problems or not reading.members:
        flash("The list does not fit any more, so nobody was added. Please load it again.",
              "error")  # fmt: skip
        return redirect(url_for("accounts.import_"), 303)
    invited, later = [], frozenset[str]()
    with gate().writing() as session:
        taken = {word for one in accounts.list_(session) for word in (one.login, one.email)}
        if staff_list.read(request.form.get("text", "").encode(), taken).problems:
            flask.abort(400)  # somebody added one of them meanwhile: nothing is half done
        for member in reading.members:
            posts = [post.value for post in member.posts]
            account, waits = adding.make(session, member.name, member.email, posts, REASON)
            invited.append((account, inviting.invite(session, account)))
            later |= waits
    return inviting.shown_once(invited, adding.waiting_words(later))


def _read(data: bytes) -> Reading:
    with gate().reading() as session:
        everybody = accounts.list_(session)
    taken = {word for one in everybody for word in (one.login, one.email.lower()) if word}
    return staff_list.read(data, taken)
