"""What every change of the register has in common: said, audited, in force within a second."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from flask import flash
from flask_wtf import FlaskForm

from admin_ui.gate import gate
from appliance.policy.subjects import Device, Group, Network, Person

Thing = Device | Group | Network | Person


def mark(thing: Thing | None) -> str:
    """Return a short mark of a thing as it is now, by which a form sees that it was changed."""
    return sha256(repr(thing).encode()).hexdigest()[:24]


def tell(words: str) -> None:
    """Say on the next page what was done, and whether it is in force."""
    if gate().in_force():
        flash(f"{words} It is in force.", "success")
    else:
        flash(
            f"{words} It is kept, but the gate has not taken it up yet. Look at Home to see how "
            "the gate is.",
            "warning",
        )


def complain(words: str) -> None:
    """Say on the next page why nothing was done."""
    flash(words, "error")


def blame(form: FlaskForm, error: ValueError) -> None:
    """Put a mistake that the store names beside its field; else at the top of the form."""
    field, _, words = str(error).partition(": ")
    known: dict[str, Any] = form._fields
    if field in known and words:
        known[field].errors = [*known[field].errors, _sentence(words)]
    else:
        form.form_errors.append(_sentence(str(error)))


def changed_meanwhile(form: Any, before: Thing | None) -> bool:
    """Whether somebody else changed a thing since the form was made; the form then says so.

    What was typed stays; sent again, it takes the place of the other's change.
    """
    if form.seen.data == mark(before):
        return False
    form.seen.data = form.seen.raw_data = mark(before)
    form.form_errors.append(
        "Somebody else changed this while the form was open. What you typed is still here: "
        "look at what it says now, then save again to put yours in its place."
    )
    return True


def facts(thing: Thing) -> dict[str, Any]:
    """Return a thing as an audit entry keeps it: enough to put it back."""
    found: dict[str, Any] = {}
    for name in thing.__dataclass_fields__:
        value = getattr(thing, name)
        found[name] = list(value) if isinstance(value, tuple) else value
    return found


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
