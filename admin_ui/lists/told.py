"""What every change of a list has in common: said truthfully, and seen when it was overtaken."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from flask import flash

from admin_ui.gate import gate
from admin_ui.lists.listing import Listed


def tell(words: str) -> None:
    """Say on the next page what was done, and whether the running gate has it already."""
    if gate().in_force():
        flash(f"{words} It is in force.", "success")
    else:
        flash(
            f"{words} The gate is putting the names together, which takes a minute or two for a "
            "large list. Until then it works as before.",
            "success",
        )


def mark(one: Listed) -> str:
    """Return a short mark of a list as it is set, by which a form sees that it was changed."""
    return sha256(repr((one.subscription, sorted(one.about.items()))).encode()).hexdigest()[:24]


def changed_meanwhile(form: Any, one: Listed) -> bool:
    """Whether somebody else changed a list since the form was made; the form then says so.

    What was typed stays; sent again, it takes the place of the other's change.
    """
    if form.seen.data == mark(one):
        return False
    form.seen.data = form.seen.raw_data = mark(one)
    form.form_errors.append(
        "Somebody else changed this while the form was open. What you typed is still here: "
        "look at what it says now, then save again to put yours in its place."
    )
    return True


def line(text: str | None) -> str:
    """Return what was typed as one line without blanks around it."""
    return " ".join((text or "").split())


def facts(one: Listed) -> dict[str, object]:
    """Return a list as an audit entry keeps it: enough to add it again."""
    held = one.subscription
    found: dict[str, object] = {
        "name": one.name, "category": one.meaning.id, "licence": one.licence,
        "attribution": one.attribution, "names": one.entries,
    }  # fmt: skip
    if held is not None:
        found |= {"address": held.address, "format": held.format, "every": held.every,
                  "most_change": held.most_change, "preset": held.preset}  # fmt: skip
    return found
