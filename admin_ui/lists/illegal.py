"""Illegal content: the accredited filter’s task, whether it is there, and licensed lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin_ui import who
from admin_ui.access import TECHNICIAN
from admin_ui.devices.changing import blame
from admin_ui.devices.forms import lines
from admin_ui.gate import gate
from admin_ui.lists import listing, told
from admin_ui.lists.blueprint import blueprint
from admin_ui.lists.forms import TestNamesForm
from admin_ui.record import record
from admin_ui.setup.networks import UPSTREAM
from appliance.store import filter_checks, web_settings
from appliance.store.filter_checks import Expect, FilterTest, Look

OLD: Final = timedelta(hours=26)  # it is asked once a day; from then on nobody knows
SHOWN: Final = 14  # looks in the table


@dataclass(frozen=True, slots=True)
class Seen:
    """Whether the filter is there, as far as is known. level: ok, amber or red."""

    level: str
    word: str
    said: str


@blueprint.get("/lists/illegal")
def illegal() -> str:
    """Who keeps illegal content away, whether that was seen today, and licensed lists."""
    with gate().reading() as session:
        tests, looks = filter_checks.tests(session), filter_checks.history(session, SHOWN)
        asked = filter_checks.asked(session)
        found = [one for one in listing.every(session) if one.illegal]
        upstream = str(web_settings.get(session, UPSTREAM).get("name", ""))
    return render_template(
        "lists/illegal.html", tests=tests, looks=looks, lists=found, upstream=upstream,
        seen=seen(tests, looks, asked, gate().real()),
        may_change=bool(who.me().posts & TECHNICIAN),
    )  # fmt: skip


def seen(
    tests: tuple[FilterTest, ...], looks: tuple[Look, ...], asked: datetime | None, now: datetime
) -> Seen:
    """Return whether the filter is there. Fails towards doubt: silence is never a yes."""
    if not tests:
        return Seen(
            "amber", "Nobody looks.",
            "No test name is set, so the gate cannot tell whether the filter is there.",
        )  # fmt: skip
    last = looks[0] if looks else None
    if last is None or (asked is not None and last.at < asked):
        return Seen("amber", "Being asked.", "Load this page again in a few seconds.")
    if not last.good:
        return Seen("red", "Look at this at once.", last.words)
    if not timedelta() <= now - last.at < OLD:
        said = "Nothing was heard of the filter for more than a day. The gate asks once a day."
        return Seen("amber", "Not known.", said)
    return Seen("ok", "It is there.", last.words)


@blueprint.route("/lists/illegal/test-names", methods=["GET", "POST"])
def test_names() -> str | Response:
    """Set the filter’s own test names, by which the gate sees whether it is there."""
    form: Any = TestNamesForm()
    with gate().reading() as session:
        before = filter_checks.tests(session)
    if request.method == "GET":
        _fill(form, before)
    elif form.validate():
        try:
            with gate().writing() as session:
                kept = _put(session, form)
                record(
                    session, "list.filter_test_names_changed", reason=told.line(form.reason.data),
                    before=[one.name for one in before], after=[one.name for one in kept],
                )  # fmt: skip
        except ValueError as error:
            blame(form, error)
        else:
            said = "The filter is asked now." if kept else "The filter is not asked any more."
            flash(f"The test names are kept. {said}", "success")
            return redirect(url_for("lists.illegal"), 303)
    return render_template("lists/test_names.html", form=form)


@blueprint.post("/lists/illegal/check")
def check_filter() -> Response:
    """Have the filter looked for now."""
    with gate().writing() as session:
        if filter_checks.tests(session):
            filter_checks.ask_now(session, gate().real())
            record(session, "list.filter_check_asked")
            flash("The filter is asked now. Load the page again in a few seconds.", "success")
        else:
            flash("Nothing was asked: set a test name first.", "error")
    return redirect(url_for("lists.illegal"), 303)


def _put(session: Session, form: Any) -> tuple[FilterTest, ...]:
    """Raises ValueError: names the field that is wrong."""
    expect = Expect(form.expect.data)
    addresses = lines(form.addresses.data) if expect is Expect.ADDRESS else ()
    names = dict.fromkeys(lines(form.names.data))
    try:
        kept = filter_checks.put_tests(session, (FilterTest(n, expect, addresses) for n in names))
    except ValueError as error:
        field, _, words = str(error).partition(": ")
        raise ValueError(f"{'addresses' if field == 'addresses' else 'names'}: {words}") from error
    if kept:
        filter_checks.ask_now(session, gate().real())
    return kept


def _fill(form: Any, before: tuple[FilterTest, ...]) -> None:
    form.names.data = "\n".join(one.name for one in before)
    if before:
        by_address = before[0].expect is Expect.ADDRESS
        form.expect.data = (Expect.ADDRESS if by_address else Expect.BLOCKED).value
        form.addresses.data = "\n".join(before[0].addresses)
