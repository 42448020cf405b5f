"""Taking in a licensed list of illegal content. Its names are never shown, nor given out.

They are turned into keyed digests on the way in; no page and no command has them back.
"""

from __future__ import annotations

from typing import Any, Final

from flask import redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin_ui.devices.changing import blame
from admin_ui.gate import gate
from admin_ui.limits import takes_files
from admin_ui.lists import listing, told
from admin_ui.lists.blueprint import blueprint
from admin_ui.lists.forms import LicensedForm
from admin_ui.lists.listing import ABOUT
from admin_ui.lists.meaning import meanings
from admin_ui.lists.uploading import gathered, judge
from admin_ui.record import record
from appliance.policy.ids import id_of
from appliance.policy.model import CategoryClass
from appliance.store import lists, web_settings
from appliance.store.lists import KeptList

ILLEGAL: Final = "illegal"  # the category, where the policy names no other of the class


@blueprint.route("/lists/illegal/file", methods=["GET", "POST"])
@takes_files
def take_licensed() -> str | Response:
    """Take in a licensed list, or a newer one in its place."""
    form: Any = LicensedForm()
    if form.validate_on_submit():
        try:
            kept = _taken(form)
        except ValueError as error:
            blame(form, error)
        else:
            told.tell(f"The list is taken in: {kept.entries:,} names, which nobody can read.")
            return redirect(url_for("lists.illegal"), 303)
    return render_template("lists/licensed.html", form=form)


def _taken(form: Any) -> KeptList:
    """Raises ValueError: names the field that is wrong. It quotes nothing of the file."""
    name = told.line(form.name.data)
    if not id_of(name):
        raise ValueError("name: it needs a letter or a digit")
    id_ = f"licensed-{id_of(name)}"[:60].rstrip("-")
    with gathered(form) as found, gate().writing() as session:
        before, category = listing.find(session, id_), _category(session)
        if before is not None and not (before.kept and before.kept.hashed):
            raise ValueError("name: another list has that name; choose another")
        judge(found, before, category, quotes=False)
        kept = lists.put(
            session, id_, category, found, source="a licensed file", at=gate().real(), hashed=True
        )
        licence = told.line(form.licence.data)
        web_settings.put(session, ABOUT + id_, {"name": name, "licence": licence})
        record(
            session, "list.licensed_taken_in", id_, name=name, licence=licence,
            names_before=before.entries if before else 0, names=kept.entries,
            lines_left_out=kept.refused,
        )  # fmt: skip
    return kept


def _category(session: Session) -> str:
    """Return the category of the class, as the policy calls it."""
    known = [one.id for one in meanings(session).values() if one.kind is CategoryClass.ILLEGAL]
    return ILLEGAL if ILLEGAL in known or not known else known[0]
