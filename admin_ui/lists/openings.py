"""What it opens, and for whom, when a list no longer counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from admin_ui.lists.listing import Listed
from appliance.policy_file.slot_words import joined


@dataclass(frozen=True, slots=True)
class Opening:
    """For whom the names of a list open. others: lists of the same kind that stay.

    roles: empty where nobody notices.
    """

    roles: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def said(self) -> str:
        """Return it as a sentence."""
        if not self.roles:
            return "Nothing opens: its kind of site is open to everybody, or it names nothing."
        words = f"The names on it open for {joined([who.lower() for who in self.roles])}"
        if self.others:
            return f"{words}, except those that these name too: {joined(list(self.others))}."
        return f"{words}. No other list names sites of this kind."


def opening(one: Listed, every: Iterable[Listed]) -> Opening:
    """Return what switching a list off, or removing it, opens.

    Fails towards asking: where the policy cannot be read, it opens for everybody.
    """
    if one.kept is None or not one.enabled or not one.entries:
        return Opening((), ())
    roles = one.meaning.closed_for if one.meaning.cells else ("everybody",)
    others = tuple(
        other.name for other in every
        if other.id != one.id and other.meaning.id == one.meaning.id and other.enabled
        and other.kept is not None
    )  # fmt: skip
    return Opening(roles, others)
