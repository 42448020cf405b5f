"""Signing in on the device at hand, until the end of the school day, and out of it again."""

from __future__ import annotations

from functools import partial
from typing import Final

from flask import abort, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from admin_ui import dates, who
from admin_ui.gate import View, gate
from admin_ui.record import record
from admin_ui.sign_in_here import linking
from admin_ui.sign_in_here.blueprint import blueprint
from admin_ui.sign_in_here.this_device import ThisDevice, this_device
from admin_ui.words import role_name
from appliance.policy.subjects import Person
from appliance.store import sign_ins
from appliance.store.accounts import Account
from appliance.store.sign_ins import PORTAL, SignedIn

__all__ = ["blueprint", "linking"]

MOST: Final = 5  # devices that one person signs in on by this page at a time
_LATER: Final = "It is kept, but not in force yet. Please look again in a minute."


class Form(FlaskForm):
    """Nothing but proof that the page was ours."""


@blueprint.get("/here")
def index() -> str:
    """Say whose this device is, and let somebody use it as themselves."""
    device, account = this_device(), who.account()
    view, person = device.view, _person(device.view, account)
    mine: tuple[SignedIn, ...] = ()
    if person is not None and account is not None:
        with gate().reading() as session:
            mine = _of(session, account, view)
    return render_template(
        "sign_in_here/index.html", form=Form(), device=device, person=person,
        holder=_holder(device), role=partial(role_name, view),
        after=device.as_(person) if person else None,
        until=device.until(person).astimezone(view.zone) if person else None,
        mine_here=not device.made_elsewhere and any(_is(one, device) for one in mine),
        elsewhere=[one for one in mine if not _is(one, device)],
    )  # fmt: skip


@blueprint.post("/here")
def begin() -> AnyResponse:
    """Sign in on this device, with the account that is signed in on these pages."""
    device, account = this_device(), who.me()
    person, at = _person(device.view, account), device.view.at
    if not Form().validate_on_submit():
        abort(400)
    if person is None or device.trouble:
        return _back("error", device.trouble or "Your account is not linked to a person yet")
    if device.as_(person).person != person.id:
        return _back("error", "This device is registered to somebody else")
    until = device.until(person)
    with gate().writing() as session:
        others = [one for one in _of(session, account, device.view) if not _is(one, device)]
        if len(others) >= MOST:
            return _back("error", f"You are signed in on {MOST} devices already. End one first")
        sign_ins.begin(session, SignedIn(
            person=person.id, how=PORTAL, by=account.login, mac=device.mac,
            addresses=(device.address,), starts=at, ends=until,
        ))  # fmt: skip
        record(session, "device.signed_in", person.id, mac=device.mac, device=device.client.device,
               address_of_device=device.address, until=until.isoformat())  # fmt: skip
    words = f"You use this device as yourself until {dates.clock_time(until)}."
    return _back("success", words if gate().in_force() else _LATER)


@blueprint.post("/here/end")
def end() -> AnyResponse:
    """Sign whoever it is out of this device. Anybody who holds it may: it takes rights away."""
    device = this_device()
    if not Form().validate_on_submit():
        abort(400)
    with gate().writing() as session:
        running = sign_ins.running(session, device.view.at)
        ended = [one for one in running if one.how == PORTAL and _is(one, device)]
        for one in ended:
            _end(session, one, device.view)
    if not ended:
        return _back("error", "Nobody is signed in on this device by this page")
    return _back("success", "Nobody is signed in on this device any more."
                 if gate().in_force() else _LATER)  # fmt: skip


@blueprint.post("/here/end/<int:id_>")
def end_elsewhere(id_: int) -> AnyResponse:
    """Sign oneself out of another device."""
    account, view = who.me(), gate().view()
    if not Form().validate_on_submit():
        abort(400)
    with gate().writing() as session:
        found = next((one for one in _of(session, account, view) if one.id == id_), None)
        if found is not None:
            _end(session, found, view)
    if found is None:
        return _back("error", "You are not signed in on that device any more")
    return _back("success", "You are signed out of that device."
                 if gate().in_force() else _LATER)  # fmt: skip


def _end(session: Session, one: SignedIn, view: View) -> None:
    sign_ins.end(session, one.id, at=view.at)
    record(session, "device.signed_out", one.person, mac=one.mac, login=one.by,
           address_of_device=" ".join(one.addresses))  # fmt: skip


def _of(session: Session, account: Account, view: View) -> tuple[SignedIn, ...]:
    running = sign_ins.running(session, view.at)
    return tuple(one for one in running if one.how == PORTAL and one.by == account.login)


def _is(one: SignedIn, device: ThisDevice) -> bool:
    if one.mac or device.mac:
        return one.mac == device.mac
    return device.address in one.addresses


def _person(view: View, account: Account | None) -> Person | None:
    """Return who an account is on the network; None for one that nobody linked yet."""
    wanted = account.person if account is not None else None
    return next((one for one in view.snapshot.contents.people if one.id == wanted), None)


def _holder(device: ThisDevice) -> str:
    people = device.view.snapshot.contents.people
    return next((one.name for one in people if one.id == device.client.person), "")


def _back(category: str, words: str) -> AnyResponse:
    flash(words if words.endswith(".") else f"{words}.", category)
    return redirect(url_for("sign_in_here.index"), 303)
