"""Self-tests as people read them: roles by name, periods in words, who asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from admin_ui import words
from admin_ui.gate import View
from appliance.doctor.result import SCHEDULE
from appliance.policy_file.slot_words import KINDS
from appliance.store import accounts, doctor
from appliance.store.doctor import Cell, KeptResult, KeptRun

BY_HAND: Final = "hand:"
COMMAND: Final = "command:"
# The level of a result, in the colour and the word that stand for it on these pages.
LEVELS: Final[Mapping[str, tuple[str, str]]] = {
    "good": ("green", "Well"), "note": ("blue", "To know"), "amber": ("orange", "To be looked at"),
    "red": ("red", "Wrong"),
}  # fmt: skip
ITSELF: Final = "The gate itself"


@dataclass(frozen=True, slots=True)
class Line:
    """One role of the matrix. cells: one for each kind of period; None: never tried."""

    role: str
    cells: tuple[Cell | None, ...]


def matrix(session: Session, view: View) -> list[Line]:
    """Return how each role fared last in each kind of period, roles as the policy ranks them."""
    found = {(cell.role, cell.period_kind): cell for cell in doctor.matrix(session)}
    given = {network.role for network in view.snapshot.contents.networks}
    roles = sorted(view.snapshot.contents.roles, key=lambda role: role.rank)
    return [
        Line(role.name, tuple(found.get((role.id, str(kind))) for kind in KINDS))
        for role in roles
        if role.id in given or any((role.id, str(kind)) in found for kind in KINDS)
    ]


def periods() -> list[str]:
    """Return the kinds of period in words, in the order of the day."""
    return [text.capitalize() for text in KINDS.values()]


def period(one: KeptResult) -> str:
    """Return the period that something was tried in: ``Period 1 (lesson)``."""
    kind = next((text for known, text in KINDS.items() if known == one.period_kind), "")
    if not kind or kind == one.period.lower():
        return one.period or kind
    return f"{one.period} ({kind})"


class Who:
    """Says who asked for a run."""

    def __init__(self, session: Session) -> None:
        """Learn the names of the accounts."""
        self._names = {one.login: one.name for one in accounts.list_(session)}

    def __call__(self, run: KeptRun) -> str:
        """Return who, in words."""
        if run.who == SCHEDULE:
            return "By itself, on time"
        if run.who.startswith(COMMAND):
            return f"Command line ({run.who.removeprefix(COMMAND)})"
        login = run.who.removeprefix(BY_HAND)
        by_hand = ", by hand" if run.who.startswith(BY_HAND) else ""
        return f"{self._names.get(login, login)}{by_hand}"


def groups(results: Iterable[KeptResult], view: View) -> list[tuple[str, str, list[KeptResult]]]:
    """Return the results of a run by network: heading, role and period, results ill ones first."""
    found: dict[tuple[str, str], list[KeptResult]] = {}
    for one in results:
        found.setdefault((one.network or (one.role and "Roles") or ITSELF, one.role), []).append(
            one
        )
    merged: dict[str, tuple[str, list[KeptResult]]] = {}
    for (network, role), some in found.items():
        about = f"{words.role_name(view, role)}, {period(some[0])}" if some[0].network else ""
        merged.setdefault(network, (about, []))[1].extend(some)
    order = list(LEVELS)
    return [
        (network, about, sorted(some, key=lambda one: -order.index(one.level)))
        for network, (about, some) in merged.items()
    ]
